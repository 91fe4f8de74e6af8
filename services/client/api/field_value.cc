#include "services/client/api/field_value.h"

#include <algorithm>
#include <regex>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "comity/type/v1/policy.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/type/date.pb.h"
#include "nlohmann/json.hpp"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status Invalid(const FieldDescriptor& field, absl::string_view text,
                     absl::string_view expected) {
  return InvalidField("INVALID_VALUE", field.name(),
                      absl::StrCat("`", text, "` is not ", expected));
}

std::string FieldNames(const google::protobuf::Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return absl::StrJoin(names, ", ");
}

// `text` must be one value and nothing behind it: put into an object, `[], "owner": "x"` would set
// another field as well.
absl::Status SetFromJson(Message* message, const FieldDescriptor& field, absl::string_view text) {
  if (!nlohmann::json::accept(text.begin(), text.end())) {
    return Invalid(field, text, "JSON of this field");
  }
  const std::string json = absl::StrCat("{\"", field.name(), "\":", text, "}");
  message->GetReflection()->ClearField(message, &field);
  std::unique_ptr<Message> parsed(message->New());
  if (!google::protobuf::util::JsonStringToMessage(json, parsed.get()).ok()) {
    return Invalid(field, text, "JSON of this field");
  }
  message->MergeFrom(*parsed);
  return absl::OkStatus();
}

// The value with this name, long (`CASE_STATE_OPEN`) or short (`open`); null: none.
const google::protobuf::EnumValueDescriptor* FindEnumValue(
    const google::protobuf::EnumDescriptor& type, absl::string_view text) {
  const std::string wanted = absl::StrReplaceAll(absl::AsciiStrToLower(text), {{"_", "-"}});
  for (int i = 0; i < type.value_count(); ++i) {
    const auto* value = type.value(i);
    if (ShortEnum(*value) == wanted || value->name() == text) return value;
  }
  return nullptr;
}

absl::Status SetEnum(Message* message, const FieldDescriptor& field, absl::string_view text) {
  const google::protobuf::EnumDescriptor& type = *field.enum_type();
  if (const auto* value = FindEnumValue(type, text)) {
    message->GetReflection()->SetEnum(message, &field, value);
    return absl::OkStatus();
  }
  std::vector<std::string> choices;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) choices.push_back(ShortEnum(*type.value(i)));
  }
  return Invalid(field, text, absl::StrCat("one of ", absl::StrJoin(choices, ", ")));
}

absl::Status SetMessage(Message* message, const FieldDescriptor& field, absl::string_view text) {
  const std::string& type = field.message_type()->full_name();
  Message* value = message->GetReflection()->MutableMessage(message, &field);
  if (type == "google.type.Money") {
    COMITY_ASSIGN_OR_RETURN(*static_cast<google::type::Money*>(value), ParseMoney(text, ""));
    return absl::OkStatus();
  }
  if (type == "google.type.Date") {
    absl::CivilDay day;
    if (!absl::ParseCivilTime(text, &day)) return Invalid(field, text, "a date like 2026-03-01");
    auto* date = static_cast<google::type::Date*>(value);
    date->set_year(static_cast<int>(day.year()));
    date->set_month(day.month());
    date->set_day(day.day());
    return absl::OkStatus();
  }
  if (type == "google.protobuf.Timestamp") {
    COMITY_ASSIGN_OR_RETURN(const absl::Time time, ParseInstant(text));
    const int64_t micros = absl::ToUnixMicros(time);
    auto* timestamp = static_cast<google::protobuf::Timestamp*>(value);
    timestamp->set_seconds(absl::ToUnixSeconds(time));
    timestamp->set_nanos(static_cast<int>((micros - timestamp->seconds() * 1000000) * 1000));
    return absl::OkStatus();
  }
  return SetFromJson(message, field, text);
}

absl::Status SetScalar(Message* message, const FieldDescriptor& field, absl::string_view text) {
  const google::protobuf::Reflection* reflection = message->GetReflection();
  int64_t number = 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      reflection->SetString(message, &field, FullName(field, text));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(message, field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessage(message, field, text);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return Invalid(field, text, "true or false");
      reflection->SetBool(message, &field, text == "true");
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT32:
      if (!absl::SimpleAtoi(text, &number) || number > INT32_MAX || number < INT32_MIN) {
        return Invalid(field, text, "a whole number");
      }
      reflection->SetInt32(message, &field, static_cast<int32_t>(number));
      return absl::OkStatus();
    default:
      return SetFromJson(message, field, text);
  }
}

absl::Status SetMapEntry(Message* message, const FieldDescriptor& field, absl::string_view key,
                         absl::string_view text) {
  const google::protobuf::Reflection* reflection = message->GetReflection();
  for (int i = 0; i < reflection->FieldSize(*message, &field); ++i) {
    Message* entry = reflection->MutableRepeatedMessage(message, &field, i);
    if (Cell(*entry, "key") == key) return SetField(entry, "value", text);
  }
  Message* entry = reflection->AddMessage(message, &field);
  COMITY_RETURN_IF_ERROR(SetField(entry, "key", key));
  return SetField(entry, "value", text);
}

// `lines.0.product`: item 0, which may be the next one.
absl::Status SetItem(Message* message, const FieldDescriptor& field, absl::string_view path,
                     absl::string_view rest, absl::string_view text) {
  const google::protobuf::Reflection* reflection = message->GetReflection();
  const std::vector<std::string> parts = absl::StrSplit(rest, absl::MaxSplits('.', 1));
  const int size = reflection->FieldSize(*message, &field);
  int index = 0;
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || parts.size() != 2 ||
      !absl::SimpleAtoi(parts[0], &index) || index < 0 || index > size) {
    return InvalidField("UNKNOWN_FIELD", path, "a part of a list is named like lines.0.product");
  }
  if (index == size) reflection->AddMessage(message, &field);
  return SetField(reflection->MutableRepeatedMessage(message, &field, index), parts[1], text);
}

std::string FullFilterValue(const FieldDescriptor& field, absl::string_view text) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return FullName(field, text);
  const auto* value = FindEnumValue(*field.enum_type(), text);
  return value == nullptr ? std::string(text) : value->name();
}

constexpr size_t kMostUnitDigits = 15;
constexpr size_t kNanoDigits = 9;

// The digits `text` begins with, taken off it; empty if there are none, or more than `most`.
std::string TakeDigits(absl::string_view* text, size_t most) {
  size_t size = 0;
  while (size < text->size() && absl::ascii_isdigit((*text)[size])) ++size;
  if (size > most) return "";
  const std::string digits(text->substr(0, size));
  text->remove_prefix(size);
  return digits;
}

bool IsCurrency(absl::string_view code) {
  return code.size() == 3 && std::all_of(code.begin(), code.end(), absl::ascii_isupper);
}

}  // namespace

absl::Status SetField(Message* message, absl::string_view path, absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(parts[0]);
  if (field == nullptr) {
    return InvalidField(
        "UNKNOWN_FIELD", path,
        absl::StrCat("no such field; there are ", FieldNames(*message->GetDescriptor())));
  }
  if (parts.size() == 2) {
    if (field->is_map()) return SetMapEntry(message, *field, parts[1], text);
    if (field->is_repeated()) return SetItem(message, *field, path, parts[1], text);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      return InvalidField("UNKNOWN_FIELD", path, absl::StrCat(parts[0], " has no parts"));
    }
    return SetField(message->GetReflection()->MutableMessage(message, field), parts[1], text);
  }
  if (text.empty()) {
    message->GetReflection()->ClearField(message, field);
    return absl::OkStatus();
  }
  if (!field->is_repeated()) return SetScalar(message, *field, text);
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !absl::StartsWith(text, "[")) {
    message->GetReflection()->ClearField(message, field);
    for (absl::string_view item : absl::StrSplit(text, ',')) {
      message->GetReflection()->AddString(message, field,
                                          FullName(*field, absl::StripAsciiWhitespace(item)));
    }
    return absl::OkStatus();
  }
  return SetFromJson(message, *field, text);
}

std::string FullName(const FieldDescriptor& field, absl::string_view text) {
  const auto& policy = field.options().GetExtension(type::v1::field);
  if (policy.refers_to_size() != 1 || text.empty() || absl::StrContains(text, '/')) {
    return std::string(text);
  }
  return absl::StrCat(policy.refers_to(0), "/", text);
}

std::string FullLens(absl::string_view text) {
  if (text.empty() || text == "settled" || absl::StrContains(text, '/')) return std::string(text);
  return absl::StrCat("departments/", text);
}

std::string FullQuestion(absl::string_view text) {
  if (text.empty() || absl::StrContains(text, '/')) return std::string(text);
  return absl::StrCat("questions/", text);
}

std::string FullFilter(const google::protobuf::Descriptor& type, absl::string_view filter) {
  static const auto* term =
      new std::regex(R"rx(^\s*([A-Za-z_.]+)\s*=\s*(?:"([^"\\]*)"|([^\s"()]+))\s*(?:AND\b)?)rx");
  std::string rest(filter);
  std::vector<std::string> terms;
  std::smatch match;
  while (std::regex_search(rest, match, *term)) {
    std::string value = match[2].matched ? match[2].str() : match[3].str();
    const FieldDescriptor* field = type.FindFieldByName(match[1].str());
    if (field != nullptr) value = FullFilterValue(*field, value);
    terms.push_back(absl::StrCat(match[1].str(), " = \"", value, "\""));
    rest = match.suffix().str();
  }
  if (!absl::StripAsciiWhitespace(rest).empty()) return std::string(filter);
  return absl::StrJoin(terms, " AND ");
}

absl::StatusOr<google::type::Money> ParseMoney(absl::string_view text, absl::string_view currency) {
  const auto invalid = [&] {
    return InvalidField("INVALID_VALUE", "amount",
                        absl::StrCat("`", text, "` is not an amount like 1200.50 EUR"));
  };
  absl::string_view rest = absl::StripAsciiWhitespace(text);
  const int sign = absl::ConsumePrefix(&rest, "-") ? -1 : 1;
  const std::string whole = TakeDigits(&rest, kMostUnitDigits);
  std::string fraction = "0";
  if (absl::ConsumePrefix(&rest, ".")) fraction = TakeDigits(&rest, kNanoDigits);
  rest = absl::StripLeadingAsciiWhitespace(rest);
  if (whole.empty() || fraction.empty() || !(rest.empty() || IsCurrency(rest))) return invalid();
  if (!rest.empty() && !currency.empty() && rest != currency) return invalid();
  const std::string code(rest.empty() ? currency : rest);
  if (code.empty()) return invalid();
  fraction.resize(kNanoDigits, '0');
  int64_t units = 0;
  int32_t nanos = 0;
  if (!absl::SimpleAtoi(whole, &units) || !absl::SimpleAtoi(fraction, &nanos)) return invalid();
  google::type::Money money;
  money.set_currency_code(code);
  money.set_units(sign * units);
  money.set_nanos(sign * nanos);
  return money;
}

absl::StatusOr<absl::Time> ParseInstant(absl::string_view text) {
  absl::Time time;
  std::string problem;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &problem)) return time;
  absl::CivilDay day;
  if (absl::ParseCivilTime(text, &day)) return absl::FromCivil(day, absl::UTCTimeZone());
  return InvalidField("INVALID_VALUE", "time",
                      absl::StrCat("`", text,
                                   "` is neither a day like 2026-03-01 nor an instant "
                                   "like 2026-03-01T14:05:00Z"));
}

}  // namespace comity::client
