// Rules of single values, for Validate. Pure.
#ifndef COMITY_RUNTIME_SERVER_VALIDATE_VALUE_H_
#define COMITY_RUNTIME_SERVER_VALIDATE_VALUE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace comity::server {

// Valid UTF-8 without control characters except newline and tab. `path` names the field in errors.
absl::Status ValidateText(absl::string_view text, const std::string& path);

// The ranges of google.protobuf.Timestamp, google.type.Date and google.type.Money; OK for messages
// of other types.
absl::Status ValidateKnownType(const google::protobuf::Message& message, const std::string& path);

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_VALIDATE_VALUE_H_
