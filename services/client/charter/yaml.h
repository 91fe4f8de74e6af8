// Messages as YAML that people read and edit; runtime/charter/yaml_file.h reads it back.
#ifndef COMITY_CLIENT_CHARTER_YAML_H_
#define COMITY_CLIENT_CHARTER_YAML_H_

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace comity::client {

// What is set, by the field names of the proto, in its order. What could steer a terminal, or not
// be seen, is escaped.
std::string ToYaml(const google::protobuf::Message& message);
// The same without a line break at its end, on one line where that is short enough.
std::string ElementYaml(const google::protobuf::Message& message);
// The value of one field in the same way; empty where it is not set. Text stays on one line.
std::string FieldYaml(const google::protobuf::Message& message,
                      const google::protobuf::FieldDescriptor& field);
// A text as one line of YAML: as it is, or quoted where it has to be.
std::string YamlScalar(absl::string_view text);

}  // namespace comity::client

#endif  // COMITY_CLIENT_CHARTER_YAML_H_
