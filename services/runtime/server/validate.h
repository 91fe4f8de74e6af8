// Checks a request's shape before its handler runs, by the options of its fields. Pure.
#ifndef COMITY_RUNTIME_SERVER_VALIDATE_H_
#define COMITY_RUNTIME_SERVER_VALIDATE_H_

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace comity::server {

// Bounds of fields that state none (comity/type/v1/policy.proto).
inline constexpr int kLongestString = 1024;  // bytes
inline constexpr int kMostEntries = 500;     // of a repeated field or map
inline constexpr int kLongestMapKey = 128;   // bytes
inline constexpr int kDeepest = 16;          // messages within messages
inline constexpr int kLargestPage = 500;
inline constexpr int kLargestJournalPage = 1000;  // of ReadJournal

// OK when every field is known, within its bounds, well-formed, and all required ones are there.
// Errors: INVALID_ARGUMENT with the path of the field; reasons UNKNOWN_FIELD, FIELD_REQUIRED,
// FIELD_TOO_LONG, TOO_MANY_ENTRIES, INVALID_UTF8, CONTROL_CHARACTER, UNKNOWN_ENUM_VALUE,
// INVALID_NAME, PAGE_SIZE_OUT_OF_RANGE, INVALID_TIMESTAMP, INVALID_DATE, INVALID_MONEY,
// INVALID_NUMBER, NESTED_TOO_DEEP. In a request with an `update_mask` the required fields of the
// record itself may be absent. The `requests` of a batch are only counted: each is atomic by
// itself, so whoever runs them validates each, and its fault is its own.
absl::Status Validate(const google::protobuf::Message& request);

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_VALIDATE_H_
