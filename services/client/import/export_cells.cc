#include "services/client/import/export_cells.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "comity/type/v1/policy.pb.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "services/client/api/schema.h"
#include "services/client/import/last_said.h"
#include "services/client/import/ledger.h"
#include "services/client/import/number_text.h"
#include "services/client/import/record_paths.h"
#include "services/client/output/format.h"
#include "services/runtime/resource/money.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A map, a list or a message of the house's own, as the JSON that SetField reads.
std::string JsonOf(const Message& record, const FieldDescriptor& field) {
  const std::unique_ptr<Message> alone(record.New());
  const std::unique_ptr<Message> copy = LastSaid::Without(record);
  alone->GetReflection()->SwapFields(copy.get(), alone.get(), {&field});
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(*alone, &json, options).ok()) return "";
  const auto whole = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  const auto part = whole.find(field.name());
  return part == whole.end() ? "" : part->dump();
}

// A fourth decimal where three of them would be taken for a group of digits.
std::string MoneyCell(const Message& record, const std::string& column) {
  const std::string cell = absl::StrReplaceAll(Cell(record, column), {{",", ""}});
  const auto [number, currency] =
      std::pair<std::string, std::string>(absl::StrSplit(cell, absl::MaxSplits(' ', 1)));
  if (resource::MinorDigits(currency) == 3 || !IsGroupedOrNot(number)) return cell;
  return absl::StrCat(number, "0 ", currency);
}

bool HasExternalIds(const Collection& collection) {
  return !collection.has_chosen_ids() &&
         collection.type()->FindFieldByName("external_id") != nullptr;
}

// The collection in which an import finds what the field names by an external id; empty: none, or
// its callers choose the ids, which are the same everywhere.
std::string FoundIn(const FieldDescriptor& field) {
  const auto& names = field.options().GetExtension(type::v1::field).refers_to();
  if (names.size() != 1 || field.is_repeated()) return "";
  const Collection* collection = FindCollection(names[0]);
  return collection != nullptr && HasExternalIds(*collection) ? collection->plural : "";
}

// The last part of a name, which is unique: the names of facts hold those of their subjects.
std::string IdOf(const std::string& name) {
  const Collection* collection = FindCollection(name.substr(0, name.find('/')));
  if (collection == nullptr || !HasExternalIds(*collection)) return name;
  return name.substr(name.rfind('/') + 1);
}

}  // namespace

std::string ExportCell(const Message& record, const std::string& column, bool as_source) {
  if (absl::StartsWith(column, "questions/")) return OwnAnswer(record, column);
  const FieldDescriptor* field =
      record.GetDescriptor()->FindFieldByName(column.substr(0, column.find('.')));
  if (field == nullptr) return "";
  if (IsAmount(*field)) return MoneyCell(record, column);
  if (field->is_repeated()) return JsonOf(record, *field);
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    return record.GetReflection()->GetBool(record, field) ? "true" : "";
  }
  std::string text = TextAt(record, column);
  const bool is_id = field->name() == "name" || field->name() == "subject";
  return as_source && (is_id || !FoundIn(*field).empty()) ? IdOf(text) : text;
}

std::string MapValue(const FieldDescriptor& field, const std::string& column, bool as_source) {
  if (IsAmount(field)) return absl::StrCat("{column: ", column, ", currency: \"*\"}");
  const std::string collection = as_source ? FoundIn(field) : "";
  if (collection.empty()) return column;
  return absl::StrCat("{column: ", column, ", find: ", collection, "}");
}

std::string ExportHeader(const std::vector<std::string>& columns) {
  return ExportLine(columns, columns, /*json_lines=*/false);
}

std::string ExportLine(const std::vector<std::string>& columns,
                       const std::vector<std::string>& cells, bool json_lines) {
  if (!json_lines) {
    std::vector<std::string> written;
    for (const std::string& cell : cells) written.push_back(CsvCell(cell));
    return absl::StrJoin(written, ",");
  }
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (size_t i = 0; i < columns.size(); ++i) {
    if (cells[i].empty()) {
      object[columns[i]] = nullptr;
    } else {
      object[columns[i]] = cells[i];
    }
  }
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace comity::client
