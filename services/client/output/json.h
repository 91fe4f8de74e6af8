// The API's JSON.
#ifndef COMITY_CLIENT_OUTPUT_JSON_H_
#define COMITY_CLIENT_OUTPUT_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace comity::client {

// Proto3 JSON with line breaks, ended by one; `compact`: on one line.
std::string ToJson(const google::protobuf::Message& message, bool compact = false);
// INVALID_ARGUMENT reason USAGE: what is wrong with it.
absl::Status FromJson(absl::string_view json, google::protobuf::Message* message);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_JSON_H_
