#include "services/runtime/resource/columns.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "nlohmann/json.hpp"
#include "services/runtime/resource/money.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using storage::Value;

constexpr int64_t kMicros = 1'000'000;
constexpr int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01
constexpr int64_t kLastSecond = 253'402'300'799;   // 9999-12-31

// The message that holds the column's field; null where one on the way is not set.
const Message* Holder(const BoundColumn& column, const Message& record) {
  const Message* holder = &record;
  for (size_t i = 0; i + 1 < column.path.size(); ++i) {
    if (!holder->GetReflection()->HasField(*holder, column.path[i])) return nullptr;
    holder = &holder->GetReflection()->GetMessage(*holder, column.path[i]);
  }
  return holder;
}

Message* MutableHolder(const BoundColumn& column, Message* record) {
  for (size_t i = 0; i + 1 < column.path.size(); ++i) {
    record = record->GetReflection()->MutableMessage(record, column.path[i]);
  }
  return record;
}

// The field as a message of type M; null where it is not set.
template <typename M>
const M* Part(const BoundColumn& column, const Message* holder) {
  const FieldDescriptor* field = column.path.back();
  if (holder == nullptr || !holder->GetReflection()->HasField(*holder, field)) return nullptr;
  return static_cast<const M*>(&holder->GetReflection()->GetMessage(*holder, field));
}

template <typename M>
M* MutablePart(const BoundColumn& column, Message* record) {
  Message* holder = MutableHolder(column, record);
  return static_cast<M*>(holder->GetReflection()->MutableMessage(holder, column.path.back()));
}

std::string TextOf(const BoundColumn& column, const Message* holder) {
  if (holder == nullptr) return "";
  return holder->GetReflection()->GetString(*holder, column.path.back());
}

int64_t IntOf(const BoundColumn& column, const Message* holder) {
  if (holder == nullptr) return 0;
  const auto* reflection = holder->GetReflection();
  const FieldDescriptor* field = column.path.back();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->GetInt32(*holder, field);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection->GetInt64(*holder, field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->GetEnumValue(*holder, field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(*holder, field) ? 1 : 0;
    default:
      Defect(absl::StrCat("column ", column.column.column, " is no integer"));
  }
}

void SetInt(const BoundColumn& column, int64_t value, Message* record) {
  if (value == 0) return;
  Message* holder = MutableHolder(column, record);
  const auto* reflection = holder->GetReflection();
  const FieldDescriptor* field = column.path.back();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->SetInt32(holder, field, static_cast<int32_t>(value));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection->SetInt64(holder, field, value);
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->SetEnumValue(holder, field, static_cast<int>(value));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->SetBool(holder, field, true);
    default:
      Defect(absl::StrCat("column ", column.column.column, " is no integer"));
  }
}

int DaysIn(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

absl::StatusOr<Value> DateValue(const BoundColumn& column, const Message* holder) {
  const auto* date = Part<google::type::Date>(column, holder);
  if (date == nullptr) return Value();
  if (date->year() < 1 || date->year() > 9999 || date->month() < 1 || date->month() > 12 ||
      date->day() < 1 || date->day() > DaysIn(date->year(), date->month())) {
    return InvalidField("DATE_INVALID", column.api_path, "is a whole date: year, month and day");
  }
  return Value(int64_t{date->year()} * 10000 + date->month() * 100 + date->day());
}

absl::StatusOr<Value> TimeValue(const BoundColumn& column, const Message* holder) {
  const auto* time = Part<google::protobuf::Timestamp>(column, holder);
  if (time == nullptr) return Value();
  if (time->seconds() < kFirstSecond || time->seconds() > kLastSecond || time->nanos() < 0 ||
      time->nanos() > 999'999'999) {
    return InvalidField("TIMESTAMP_INVALID", column.api_path, "lies in the years 1 to 9999");
  }
  return Value(ToMicros(*time));
}

absl::Status MoneyValues(const BoundColumn& column, const Message* holder,
                         std::vector<Value>* values) {
  const auto* money = Part<google::type::Money>(column, holder);
  if (money == nullptr) {
    values->resize(values->size() + 2);
    return absl::OkStatus();
  }
  const absl::StatusOr<int64_t> minor = ToMinorUnits(*money);
  if (!minor.ok()) {
    return InvalidField(Reason(minor.status()), column.api_path, minor.status().message());
  }
  values->emplace_back(*minor);
  values->emplace_back(money->currency_code());
  return absl::OkStatus();
}

absl::StatusOr<Value> ReferenceValue(const BoundColumn& column, const std::string& name) {
  if (name.empty()) return Value();
  absl::StatusOr<std::string> id = IdOf(name, column.column.collection);
  if (!id.ok()) return InvalidField("INVALID_NAME", column.api_path, id.status().message());
  return Value(*std::move(id));
}

// A message of the record's type with this one field set: its bytes hold one message or many alike.
std::string MessageBytes(const BoundColumn& column, const Message& record) {
  const FieldDescriptor* field = column.path.back();
  const auto* reflection = record.GetReflection();
  const std::unique_ptr<Message> wrapper(record.New());
  if (field->is_repeated()) {
    for (int i = 0; i < reflection->FieldSize(record, field); ++i) {
      reflection->AddMessage(wrapper.get(), field)
          ->CopyFrom(reflection->GetRepeatedMessage(record, field, i));
    }
  } else if (reflection->HasField(record, field)) {
    reflection->MutableMessage(wrapper.get(), field)
        ->CopyFrom(reflection->GetMessage(record, field));
  }
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream output(&stream);
  output.SetSerializationDeterministic(true);
  wrapper->SerializePartialToCodedStream(&output);
  output.Trim();
  return bytes;
}

std::string AttributesJson(const BoundColumn& column, const Message& record) {
  const FieldDescriptor* field = column.path.back();
  const auto* reflection = record.GetReflection();
  const int size = reflection->FieldSize(record, field);
  if (size == 0) return "{}";
  const FieldDescriptor* key = field->message_type()->map_key();
  const FieldDescriptor* value = field->message_type()->map_value();
  nlohmann::json json = nlohmann::json::object();
  for (int i = 0; i < size; ++i) {
    const Message& entry = reflection->GetRepeatedMessage(record, field, i);
    json[entry.GetReflection()->GetString(entry, key)] =
        entry.GetReflection()->GetString(entry, value);
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

absl::Status AttributesFrom(const BoundColumn& column, const std::string& text, Message* record) {
  if (text.empty() || text == "{}") return absl::OkStatus();
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return Internal("stored attributes do not parse");
  const FieldDescriptor* field = column.path.back();
  const FieldDescriptor* key = field->message_type()->map_key();
  const FieldDescriptor* value = field->message_type()->map_value();
  for (const auto& [name, item] : json.items()) {
    if (!item.is_string()) return Internal("a stored attribute is no text");
    Message* entry = record->GetReflection()->AddMessage(record, field);
    entry->GetReflection()->SetString(entry, key, name);
    entry->GetReflection()->SetString(entry, value, item.get<std::string>());
  }
  return absl::OkStatus();
}

void MoneyFrom(const BoundColumn& column, const storage::Rows& row, int index, Message* record) {
  if (row.IsNull(index)) return;
  *MutablePart<google::type::Money>(column, record) =
      FromMinorUnits(row.Int(index), row.Bytes(index + 1));
}

void DateFrom(const BoundColumn& column, int64_t value, Message* record) {
  auto* date = MutablePart<google::type::Date>(column, record);
  date->set_year(static_cast<int32_t>(value / 10000));
  date->set_month(static_cast<int32_t>(value / 100 % 100));
  date->set_day(static_cast<int32_t>(value % 100));
}

void TextFrom(const BoundColumn& column, std::string text, Message* record) {
  if (text.empty()) return;
  Message* holder = MutableHolder(column, record);
  holder->GetReflection()->SetString(holder, column.path.back(), std::move(text));
}

absl::StatusOr<Value> OneValue(const BoundColumn& column, const Message& record) {
  const Message* holder = Holder(column, record);
  switch (column.column.type) {
    case ColumnType::kText:
    case ColumnType::kName: {
      std::string text = TextOf(column, holder);
      return text.empty() && column.null_if_empty ? Value() : Value(std::move(text));
    }
    case ColumnType::kInt:
      return Value(IntOf(column, holder));
    case ColumnType::kTimestamp:
      return TimeValue(column, holder);
    case ColumnType::kDate:
      return DateValue(column, holder);
    case ColumnType::kReference:
      return ReferenceValue(column, TextOf(column, holder));
    case ColumnType::kMessage:
      return Value(MessageBytes(column, record));
    case ColumnType::kAttributes:
      return Value(AttributesJson(column, record));
    case ColumnType::kMoney:
      break;
  }
  Defect("money has two columns");
}

}  // namespace

BoundColumn Bind(const Column& column, const std::string& singular,
                 const google::protobuf::Descriptor* descriptor) {
  BoundColumn bound{column, {}, absl::StrCat(singular, ".", column.field)};
  for (const absl::string_view part : absl::StrSplit(column.field, '.')) {
    const FieldDescriptor* field =
        descriptor == nullptr ? nullptr : descriptor->FindFieldByName(std::string(part));
    if (field == nullptr) Defect(absl::StrCat("no field ", bound.api_path));
    bound.path.push_back(field);
    descriptor = field->message_type();
  }
  return bound;
}

std::vector<std::string> SqlNames(const BoundColumn& column) {
  if (column.column.type != ColumnType::kMoney) return {column.column.column};
  return {column.column.column, column.column.column + "_currency"};
}

absl::Status ToValues(const BoundColumn& column, const Message& record,
                      std::vector<Value>* values) {
  if (column.column.type == ColumnType::kMoney) {
    return MoneyValues(column, Holder(column, record), values);
  }
  COMITY_ASSIGN_OR_RETURN(Value value, OneValue(column, record));
  values->push_back(std::move(value));
  return absl::OkStatus();
}

absl::StatusOr<Value> ToFilterValue(const BoundColumn& column, const std::string& text) {
  if (column.column.type == ColumnType::kReference) {
    const absl::StatusOr<Value> value = ReferenceValue(column, text);
    if (!value.ok()) return InvalidField("FILTER_INVALID", "filter", value.status().message());
    return value;
  }
  if (column.column.type == ColumnType::kInt) {
    const google::protobuf::EnumDescriptor* type = column.path.back()->enum_type();
    const auto* value = type == nullptr ? nullptr : type->FindValueByName(text);
    if (value == nullptr) {
      std::vector<std::string> names;
      for (int i = 0; type != nullptr && i < type->value_count(); ++i) {
        names.push_back(type->value(i)->name());
      }
      return InvalidField(
          "FILTER_INVALID", "filter",
          absl::StrCat("no such value: ", text, "; there are ", absl::StrJoin(names, ", ")));
    }
    return Value(int64_t{value->number()});
  }
  return text.empty() && column.null_if_empty ? Value() : Value(text);
}

absl::Status FromRow(const BoundColumn& column, const storage::Rows& row, int* index,
                     Message* record) {
  const int at = (*index)++;
  switch (column.column.type) {
    case ColumnType::kText:
    case ColumnType::kName:
      TextFrom(column, row.Bytes(at), record);
      break;
    case ColumnType::kInt:
      SetInt(column, row.Int(at), record);
      break;
    case ColumnType::kTimestamp:
      if (!row.IsNull(at)) {
        *MutablePart<google::protobuf::Timestamp>(column, record) = FromMicros(row.Int(at));
      }
      break;
    case ColumnType::kDate:
      if (!row.IsNull(at)) DateFrom(column, row.Int(at), record);
      break;
    case ColumnType::kMoney:
      ++*index;
      MoneyFrom(column, row, at, record);
      break;
    case ColumnType::kReference:
      if (!row.IsNull(at)) {
        TextFrom(column, MakeName(column.column.collection, row.Bytes(at)), record);
      }
      break;
    case ColumnType::kMessage:
      if (!record->MergeFromString(row.Bytes(at))) return Internal("stored bytes do not parse");
      break;
    case ColumnType::kAttributes:
      return AttributesFrom(column, row.Bytes(at), record);
  }
  return absl::OkStatus();
}

int64_t ToMicros(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() * kMicros + timestamp.nanos() / 1000;
}

google::protobuf::Timestamp FromMicros(int64_t micros) {
  int64_t seconds = micros / kMicros;
  int64_t rest = micros % kMicros;
  if (rest < 0) {
    rest += kMicros;
    --seconds;
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(rest * 1000));
  return timestamp;
}

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixMicros(ToMicros(timestamp));
}

google::protobuf::Timestamp FromTime(absl::Time time) {
  return FromMicros(absl::ToUnixMicros(time));
}

void Defect(absl::string_view what) {
  std::fprintf(stderr, "defect in a resource: %s\n", std::string(what).c_str());
  std::abort();
}

}  // namespace comity::resource
