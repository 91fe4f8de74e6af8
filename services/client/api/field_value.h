// Values as people type them, put into messages by descriptor.
#ifndef COMITY_CLIENT_API_FIELD_VALUE_H_
#define COMITY_CLIENT_API_FIELD_VALUE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/type/money.pb.h"

namespace comity::client {

// Sets the field at `path` (`owner`, `external_id.id`, `attributes.x`) from `text`: a date
// 2026-03-01, an instant 2026-03-01T14:05:00Z or a date, money `1200.50 EUR`, an enum's short name
// (`organization`), a name that may leave its collection out (`ana` for persons/ana), JSON for
// other messages and lists. Empty text clears the field.
// Errors: INVALID_ARGUMENT reasons UNKNOWN_FIELD, INVALID_VALUE.
absl::Status SetField(google::protobuf::Message* message, absl::string_view path,
                      absl::string_view text);

// `persons/ana` for `ana` where the field takes names of one collection only; else `text`.
std::string FullName(const google::protobuf::FieldDescriptor& field, absl::string_view text);
// `departments/sales` for `sales`; `settled` stays. Empty stays.
std::string FullLens(absl::string_view text);
// `questions/lead-quality` for `lead-quality`.
std::string FullQuestion(absl::string_view text);
// Completes names in the terms of a filter over `type`: `owner=ana` becomes
// `owner = "persons/ana"`. What is no conjunction of equalities stays as it is.
std::string FullFilter(const google::protobuf::Descriptor& type, absl::string_view filter);

// `1200.50 EUR`, or `1200.50` with `currency` given. INVALID_ARGUMENT reason INVALID_VALUE.
absl::StatusOr<google::type::Money> ParseMoney(absl::string_view text, absl::string_view currency);
// An instant or a day (its start in UTC).
absl::StatusOr<absl::Time> ParseInstant(absl::string_view text);

}  // namespace comity::client

#endif  // COMITY_CLIENT_API_FIELD_VALUE_H_
