// Values as people read them. Times are shown in UTC, as reports count them.
#ifndef COMITY_CLIENT_OUTPUT_FORMAT_H_
#define COMITY_CLIENT_OUTPUT_FORMAT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"

namespace comity::client {

std::string FormatCount(int64_t count);                           // 1,234
std::string FormatMoney(const google::type::Money& money);        // 1,234.50 EUR
std::string FormatTime(const google::protobuf::Timestamp& time);  // 2026-03-01 14:05
std::string FormatDate(const google::type::Date& date);           // 2026-03-01
std::string FormatPercent(double share);                          // 64.4 %
// The value at `path` (`owner`, `external_id.id`, `amount`) as a table's cell; empty if unset.
std::string Cell(const google::protobuf::Message& message, absl::string_view path);
// `ana` of persons/ana, `sales` of departments/sales, `first-line` of teams/first-line; all else as
// it is.
std::string ShortName(absl::string_view name);
// The value's short form: `organization` for ACCOUNT_KIND_ORGANIZATION.
std::string ShortEnum(const google::protobuf::EnumValueDescriptor& value);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_FORMAT_H_
