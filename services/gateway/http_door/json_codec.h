// JSON ↔ messages, by descriptor. Pure.
#ifndef COMITY_GATEWAY_HTTP_DOOR_JSON_CODEC_H_
#define COMITY_GATEWAY_HTTP_DOOR_JSON_CODEC_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace comity::gateway {

// A message of a generated type. Errors: INVALID_ARGUMENT reason UNKNOWN_FIELD, naming the field,
// or MALFORMED_JSON.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> FromJson(
    const google::protobuf::Descriptor* type, const std::string& json);

// The JSON of a serialised message; default values are left out. Errors: INTERNAL.
absl::StatusOr<std::string> ToJson(const google::protobuf::Descriptor* type,
                                   const std::string& serialised);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_JSON_CODEC_H_
