// Files that people write: YAML with the field names of a message.
#ifndef COMITY_RUNTIME_CHARTER_YAML_FILE_H_
#define COMITY_RUNTIME_CHARTER_YAML_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace comity::charter {

// Fills `message` from the file at `path`. INVALID_ARGUMENT with `reason`, naming path and problem.
absl::Status YamlFileToMessage(const std::string& path, absl::string_view reason,
                               google::protobuf::Message* message);

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_YAML_FILE_H_
