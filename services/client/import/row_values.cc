// How the cells of a row are read as values of fields.
#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/client/api/field_value.h"
#include "services/client/import/number_text.h"
#include "services/client/import/row_planner.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsNumber(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE;
}

}  // namespace

std::string RowPlanner::Joined(const ValueSpec& spec) const {
  std::vector<std::string> parts;
  for (const std::string& column : spec.columns) {
    std::string text = Trimmed(CellOf(column));
    if (!IsBlank(text) && !spec.blanks.contains(text)) parts.push_back(std::move(text));
  }
  return absl::StrJoin(parts, spec.join);
}

std::string RowPlanner::TextOf(const ValueSpec& spec) const {
  std::string text = Joined(spec);
  if (spec.split.empty()) return text;
  const std::vector<std::string> parts = absl::StrSplit(text, spec.split);
  const int size = static_cast<int>(parts.size());
  const int place = spec.part > 0 ? spec.part - 1 : size + spec.part;
  return place >= 0 && place < size ? Trimmed(parts[static_cast<size_t>(place)]) : "";
}

std::set<std::string> RowPlanner::TextsOf(const DateSource& source) {
  std::set<std::string> texts;
  if (source.value.others != OtherValues::kKeep) return texts;
  ForEachPart(source.each, source.split, [&] {
    std::string text = TextOf(source.value);
    if (!text.empty() && !source.value.values.contains(text)) texts.insert(std::move(text));
  });
  return texts;
}

std::string RowPlanner::Translated(const ValueSpec& spec, const Value& value) {
  const auto translated = spec.values.find(value.text);
  if (translated != spec.values.end()) return translated->second;
  if (spec.others == OtherValues::kKeep) return value.text;
  if (spec.others == OtherValues::kRefuse) {
    Refuse(value.column, value.cell, "VALUE_UNKNOWN", "`values` does not name it");
  }
  return "";
}

RowPlanner::Value RowPlanner::Read(const ValueSpec& spec) {
  if (spec.columns.empty()) return {spec.constant, spec.constant, ""};
  const size_t problems = plan_.problems.size();
  Value value{TextOf(spec), CellOf(spec.columns[0]), spec.columns[0]};
  if (!value.text.empty()) {
    value.is_cells = !spec.values.contains(value.text);
    value.is_plain = value.is_cells && IsPlain(spec);
    value.text = Translated(spec, value);
  }
  const bool says_why = plan_.problems.size() > problems;
  if (value.text.empty() && spec.required && !says_why) RefuseBlank(value);
  return value;
}

void RowPlanner::RefuseBlank(const Value& value) {
  Refuse(value.column, value.cell, "VALUE_MISSING", "a value is needed here");
}

bool RowPlanner::IsPlain(const ValueSpec& spec) const {
  if (row_.plain.empty() || spec.columns.size() != 1 || !spec.split.empty()) return false;
  return row_.plain[planner_.columns_.at(spec.columns[0])];
}

bool RowPlanner::SetValue(const ValueSpec& spec, const Value& value, const std::string& path,
                          Message* message) {
  std::string text = value.text;
  const FieldDescriptor* field = FieldAt(*message->GetDescriptor(), path);
  const std::string type =
      field->message_type() == nullptr ? "" : field->message_type()->full_name();
  if (type == "google.protobuf.Timestamp" || type == "google.type.Date") {
    WrittenDate date;
    if (!ReadTime(spec, value, &date)) return false;
    if (date.is_skipped && type != "google.type.Date") {
      Refuse(value.column, value.cell, "TIME_SKIPPED",
             absl::StrCat("there was no such time in ", map_.zone.name(),
                          ": the clocks were put forward over it"));
      return false;
    }
    text = type == "google.type.Date" ? absl::FormatCivilTime(date.day)
                                      : absl::FormatTime(absl::RFC3339_full, date.time, map_.zone);
  } else if (type == "google.type.Money" || IsNumber(*field)) {
    if (!ReadNumber(spec, value, type == "google.type.Money", &text)) return false;
  }
  const absl::Status status = SetField(message, path, text);
  if (status.ok()) return true;
  const bool may_be_grouped = map_.decimal == 0 && absl::StrContains(value.text, ',') &&
                              (type == "google.type.Money" || IsNumber(*field));
  Refuse(value.column, value.cell, Reason(status),
         absl::StrCat(status.message(),
                      may_be_grouped ? "; the map's `decimal` says how numbers are written" : ""));
  return false;
}

// As the map's decimal sign and currency have it.
bool RowPlanner::ReadNumber(const ValueSpec& spec, const Value& value, bool is_money,
                            std::string* text) {
  PricedText amount{value.text, ""};
  if (is_money && !spec.currency.empty()) {
    amount = SplitCurrency(value.text);
    if (!TakeCurrency(spec, value, &amount.currency)) return false;
  }
  const std::string behind = amount.currency.empty() ? "" : " " + amount.currency;
  if (map_.decimal == 0 || !value.is_cells || value.is_plain) {
    const bool is_doubtful = is_money && map_.decimal == 0;
    if (is_doubtful && !IsClear(value, amount.number, amount.currency)) return false;
    *text = absl::StrCat(amount.number, behind);
    return true;
  }
  const std::optional<std::string> plain = PlainNumber(amount.number, map_.decimal);
  if (plain.has_value()) {
    *text = absl::StrCat(*plain, behind);
    return true;
  }
  Refuse(value.column, value.cell, "INVALID_VALUE",
         absl::StrCat("no number whose decimal sign is `", std::string(1, map_.decimal), "`"));
  return false;
}

// The map's currency; a cell may say the same one, or the one that it is in where the map leaves it
// to the cells.
bool RowPlanner::TakeCurrency(const ValueSpec& spec, const Value& value, std::string* currency) {
  if (spec.currency == kCurrencyInCell) return true;
  if (!currency->empty() && *currency != spec.currency) {
    Refuse(value.column, value.cell, "INVALID_VALUE",
           absl::StrCat("is in ", *currency, ", and by the map all are in ", spec.currency));
    return false;
  }
  *currency = spec.currency;
  return true;
}

// Where nothing says how numbers are written, an amount must not be two of them.
bool RowPlanner::IsClear(const Value& value, absl::string_view number, absl::string_view currency) {
  constexpr int kDigitsOfAGroup = 3;
  if (value.is_plain || !value.is_cells || !IsGroupedOrNot(number)) return true;
  const bool has_three = resource::MinorDigits(currency) == kDigitsOfAGroup;
  if (has_three && !absl::StrContains(number, ',')) return true;
  Refuse(value.column, value.cell, "NUMBER_AMBIGUOUS",
         "its sign may be of thousands or of decimals: say which by `decimal: \".\"` or "
         "`decimal: \",\"` in the map");
  return false;
}

// In the map's zone, unless the value itself says another.
bool RowPlanner::ReadTime(const ValueSpec& spec, const Value& value, WrittenDate* date) {
  std::string problem;
  for (const std::string& format : spec.formats) {
    const auto read = ReadDateAs(value.text, format, map_.zone, &problem);
    if (!read.has_value()) continue;
    *date = *read;
    return true;
  }
  if (!spec.formats.empty()) {
    Refuse(value.column, value.cell, "DATE_INVALID",
           absl::StrCat("not of the form ", absl::StrJoin(spec.formats, " or "), ": ", problem));
    return false;
  }
  // What the map itself says is written year first, whatever the file does.
  const auto told =
      value.is_cells ? planner_.orders_.find(DateNameOf(spec)) : planner_.orders_.end();
  const DateOrder order = told == planner_.orders_.end() ? DateOrder::kYearFirst : told->second;
  const std::optional<WrittenDate> read = ReadWrittenDate(value.text, order, map_.zone);
  if (read.has_value()) {
    *date = *read;
    return true;
  }
  Refuse(value.column, value.cell, "DATE_INVALID", absl::StrCat("no date as ", NameOf(order)));
  return false;
}

}  // namespace comity::client
