// A charter as a file that is exported, edited and proposed.
#ifndef COMITY_CLIENT_CHARTER_CHARTER_FILE_H_
#define COMITY_CLIENT_CHARTER_CHARTER_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "comity/type/v1/charter.pb.h"

namespace comity::client {

// YAML, section by section, which ReadCharterFile reads back to the same document.
std::string CharterYaml(const type::v1::Charter& document);
// Reads YAML, or JSON, once: the file may be a pipe. INVALID_ARGUMENT reasons FILE_UNREADABLE, and
// CHARTER_INVALID naming file and line, e.g. of a field that is none, or stands twice.
absl::StatusOr<type::v1::Charter> ReadCharterFile(const std::string& path);

}  // namespace comity::client

#endif  // COMITY_CLIENT_CHARTER_CHARTER_FILE_H_
