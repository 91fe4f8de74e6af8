// Files that people write: YAML with the field names of a message.
#ifndef COMITY_RUNTIME_CHARTER_YAML_FILE_H_
#define COMITY_RUNTIME_CHARTER_YAML_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace comity::charter {

// Fills `message` from the text of the file at `path`. INVALID_ARGUMENT with `reason`, naming path
// and problem.
absl::Status YamlToMessage(const std::string& text, const std::string& path,
                           absl::string_view reason, google::protobuf::Message* message);
// The whole file, read once: it may be a pipe. INVALID_ARGUMENT with `reason`.
absl::StatusOr<std::string> ReadYamlFile(const std::string& path, absl::string_view reason);
// Fills `message` from the file at `path`. INVALID_ARGUMENT with `reason`, naming path and problem.
absl::Status YamlFileToMessage(const std::string& path, absl::string_view reason,
                               google::protobuf::Message* message);

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_YAML_FILE_H_
