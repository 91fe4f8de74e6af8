#include "services/client/output/format.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "services/runtime/resource/money.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string Grouped(absl::string_view digits) {
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(',');
    text.push_back(digits[i]);
  }
  return text;
}

std::string MessageCell(const Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (type == "google.type.Money")
    return FormatMoney(static_cast<const google::type::Money&>(message));
  if (type == "google.type.Date")
    return FormatDate(static_cast<const google::type::Date&>(message));
  if (type == "google.protobuf.Timestamp") {
    return FormatTime(static_cast<const google::protobuf::Timestamp&>(message));
  }
  if (type == "comity.type.v1.ExternalId") {
    return absl::StrCat(Cell(message, "source"), ":", Cell(message, "id"));
  }
  // Anything else by its fields: `product=products/gtx-pro, quantity=2`.
  std::vector<std::string> parts;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const std::string& name = message.GetDescriptor()->field(i)->name();
    const std::string cell = Cell(message, name);
    if (!cell.empty()) parts.push_back(absl::StrCat(name, "=", cell));
  }
  return absl::StrJoin(parts, ", ");
}

std::string OneValue(const Message& message, const FieldDescriptor* field, int index) {
  const google::protobuf::Reflection* r = message.GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? r->GetRepeatedString(message, field, index) : r->GetString(message, field);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(many ? r->GetRepeatedInt32(message, field, index)
                               : r->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(many ? r->GetRepeatedInt64(message, field, index)
                               : r->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? r->GetRepeatedBool(message, field, index) : r->GetBool(message, field)) ? "yes"
                                                                                             : "";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(many ? r->GetRepeatedDouble(message, field, index)
                               : r->GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value =
          many ? r->GetRepeatedEnum(message, field, index) : r->GetEnum(message, field);
      return value->number() == 0 ? "" : ShortEnum(*value);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (!many && !r->HasField(message, field)) return "";
      return MessageCell(many ? r->GetRepeatedMessage(message, field, index)
                              : r->GetMessage(message, field));
    default:
      return "";
  }
}

std::string MapCell(const Message& message, const FieldDescriptor* field) {
  const google::protobuf::Reflection* r = message.GetReflection();
  std::vector<std::string> parts;
  for (int i = 0; i < r->FieldSize(message, field); ++i) {
    const Message& entry = r->GetRepeatedMessage(message, field, i);
    parts.push_back(absl::StrCat(Cell(entry, "key"), "=", Cell(entry, "value")));
  }
  std::sort(parts.begin(), parts.end());  // a map has no order of its own
  return absl::StrJoin(parts, ", ");
}

// `lines.0.product`.
std::string CellOfItem(const Message& message, const FieldDescriptor* field,
                       absl::string_view path) {
  const std::vector<std::string> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const google::protobuf::Reflection* r = message.GetReflection();
  int index = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &index) || index < 0 ||
      index >= r->FieldSize(message, field)) {
    return "";
  }
  return Cell(r->GetRepeatedMessage(message, field, index), parts[1]);
}

std::string CellOfEntry(const Message& message, const FieldDescriptor* field,
                        absl::string_view key) {
  const google::protobuf::Reflection* r = message.GetReflection();
  for (int i = 0; i < r->FieldSize(message, field); ++i) {
    const Message& entry = r->GetRepeatedMessage(message, field, i);
    if (Cell(entry, "key") == key) return Cell(entry, "value");
  }
  return "";
}

}  // namespace

std::string FormatCount(int64_t count) {
  return count < 0 ? absl::StrCat("-", Grouped(absl::StrCat(-count)))
                   : Grouped(absl::StrCat(count));
}

std::string FormatMoney(const google::type::Money& money) {
  const bool negative = money.units() < 0 || money.nanos() < 0;
  // As many digits as the currency has, and more only where the amount does.
  const int known = resource::MinorDigits(money.currency_code());
  const size_t digits = known < 0 ? 2 : static_cast<size_t>(known);
  std::string fraction = absl::StrFormat("%09d", std::abs(money.nanos()));
  while (fraction.size() > digits && fraction.back() == '0') fraction.pop_back();
  return absl::StrCat(negative ? "-" : "", Grouped(absl::StrCat(std::abs(money.units()))),
                      fraction.empty() ? "" : ".", fraction, " ", money.currency_code());
}

std::string FormatTime(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

std::string FormatDate(const google::type::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

std::string FormatPercent(double share) { return absl::StrFormat("%.1f %%", share * 100); }

std::string ShortName(absl::string_view name) {
  for (const char* collection : {"persons/", "departments/", "teams/"}) {
    if (absl::ConsumePrefix(&name, collection)) break;
  }
  return std::string(name);
}

std::string ShortEnum(const google::protobuf::EnumValueDescriptor& value) {
  // ACCOUNT_KIND_ of AccountKind: every value of the house carries its type's name.
  std::string prefix;
  for (const char c : value.type()->name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(c));
  }
  prefix.push_back('_');
  const std::string rest(absl::StripPrefix(value.name(), prefix));
  return absl::StrReplaceAll(absl::AsciiStrToLower(rest), {{"_", "-"}});
}

std::string Cell(const Message& message, absl::string_view path) {
  const std::vector<std::string> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(parts[0]);
  if (field == nullptr) return "";
  const google::protobuf::Reflection* r = message.GetReflection();
  if (parts.size() == 2) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return "";
    if (field->is_map()) return CellOfEntry(message, field, parts[1]);
    if (field->is_repeated()) return CellOfItem(message, field, parts[1]);
    return Cell(r->GetMessage(message, field), parts[1]);
  }
  if (field->is_map()) return MapCell(message, field);
  if (!field->is_repeated()) return OneValue(message, field, 0);
  std::vector<std::string> values;
  for (int i = 0; i < r->FieldSize(message, field); ++i)
    values.push_back(OneValue(message, field, i));
  const bool are_messages = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  return absl::StrJoin(values, are_messages ? "; " : ", ");
}

}  // namespace comity::client
