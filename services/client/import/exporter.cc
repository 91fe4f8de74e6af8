#include "services/client/import/exporter.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "comity/type/v1/resource.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "services/client/import/last_said.h"
#include "services/client/import/ledger.h"
#include "services/client/import/number_text.h"
#include "services/client/import/record_paths.h"
#include "services/client/output/format.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Facts that a record shows by their time.
constexpr std::pair<const char*, const char*> kShownFacts[] = {
    {"engage_time", "engaged"}, {"sign_time", "signed"}, {"decline_time", "declined"}};

bool IsOutputOnly(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::OUTPUT_ONLY) {
      return true;
    }
  }
  return false;
}

bool IsSettable(const FieldDescriptor& field) {
  return !IsOutputOnly(field) && field.name() != "name" && field.name() != "etag";
}

bool IsMoney(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->full_name() == "google.type.Money";
}

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

std::string OwnAnswer(const Message& record, const std::string& question) {
  const FieldDescriptor* field = record.GetDescriptor()->FindFieldByName("lens_answers");
  if (field == nullptr) return "";
  for (int i = 0; i < record.GetReflection()->FieldSize(record, field); ++i) {
    const auto& answer = static_cast<const type::v1::LensAnswer&>(
        record.GetReflection()->GetRepeatedMessage(record, field, i));
    const bool is_own = answer.basis() == type::v1::ANSWER_BASIS_OWN;
    if (answer.question() == question && is_own) return answer.answer();
  }
  return "";
}

// A fourth decimal where three of them would be taken for a group of digits.
std::string MoneyCell(const Message& record, const std::string& column) {
  const std::string cell = absl::StrReplaceAll(Cell(record, column), {{",", ""}});
  const auto [number, currency] =
      std::pair<std::string, std::string>(absl::StrSplit(cell, absl::MaxSplits(' ', 1)));
  if (resource::MinorDigits(currency) == 3 || !IsGroupedOrNot(number)) return cell;
  return absl::StrCat(number, "0 ", currency);
}

std::string CsvLine(const std::vector<std::string>& cells) {
  std::vector<std::string> written;
  for (const std::string& cell : cells) written.push_back(CsvCell(cell));
  return absl::StrJoin(written, ",");
}

std::string LineOf(const Message& record, const std::vector<std::string>& columns, bool json) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  std::vector<std::string> cells;
  for (const std::string& column : columns) {
    cells.push_back(ExportCell(record, column));
    // Every key in every line: a map's column that a file never has is taken for a mistake.
    if (cells.back().empty()) {
      object[column] = nullptr;
    } else {
      object[column] = cells.back();
    }
  }
  if (!json) return CsvLine(cells);
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool HasVoice(const type::v1::Question& question, const std::string& department) {
  const auto& voices = question.voices();
  return std::find(voices.begin(), voices.end(), department) != voices.end();
}

void AppendFacts(const Descriptor& type, std::string* map) {
  std::string facts;
  for (const auto& [field, kind] : kShownFacts) {
    if (type.FindFieldByName(field) == nullptr) continue;
    absl::StrAppend(&facts, "  - kind: ", kind, "\n    when: {", field, ": \"*\"}\n",
                    "    fields:\n      occur_time: ", field, "\n");
    if (std::string(kind) == "signed") {
      absl::StrAppend(&facts, "      amount: {column: amount, currency: \"*\"}\n");
    }
  }
  if (!facts.empty()) absl::StrAppend(map, "facts:\n", facts);
}

}  // namespace

std::vector<std::string> ExportColumns(const Collection& collection,
                                       const type::v1::Charter& charter) {
  std::vector<std::string> columns = {"name"};
  const Descriptor& type = *collection.type();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!IsSettable(field)) continue;
    if (field.name() == "external_id") {
      columns.insert(columns.end(), {"external_id.source", "external_id.id"});
    } else {
      columns.push_back(field.name());
    }
  }
  for (const auto& [field, kind] : kShownFacts) {
    if (type.FindFieldByName(field) != nullptr) columns.emplace_back(field);
  }
  for (const auto& question : charter.questions()) {
    if (question.collection() == collection.plural) columns.push_back(question.name());
  }
  return columns;
}

std::string ExportCell(const Message& record, const std::string& column) {
  if (absl::StartsWith(column, "questions/")) return OwnAnswer(record, column);
  const FieldDescriptor* field =
      record.GetDescriptor()->FindFieldByName(column.substr(0, column.find('.')));
  if (field == nullptr) return "";
  if (IsMoney(*field)) return MoneyCell(record, column);
  if (field->is_repeated()) return JsonOf(record, *field);
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    return record.GetReflection()->GetBool(record, field) ? "true" : "";
  }
  return TextAt(record, column);
}

std::string ExportMap(const Collection& collection, const type::v1::Charter& charter,
                      const std::string& lens) {
  std::string map =
      absl::StrCat("# By this map an export of comity imports again.\nkind: ", collection.plural,
                   "\nsource: comity\nidentity: name\n");
  std::vector<std::string> judged;
  std::vector<std::string> ignored;
  std::string fields;
  const Descriptor& type = *collection.type();
  for (const std::string& column : ExportColumns(collection, charter)) {
    const FieldDescriptor* field = FieldAt(type, column);
    if (absl::StartsWith(column, "questions/")) {
      for (const auto& question : charter.questions()) {
        if (question.name() != column) continue;
        (HasVoice(question, lens) ? judged : ignored).push_back(column);
      }
    } else if (column != "name" && field != nullptr && !IsOutputOnly(*field)) {
      absl::StrAppend(
          &fields, "  ", column, ": ",
          IsMoney(*field) ? absl::StrCat("{column: ", column, ", currency: \"*\"}") : column, "\n");
    }
  }
  if (!judged.empty()) absl::StrAppend(&map, "department: ", lens, "\n");
  if (!ignored.empty()) absl::StrAppend(&map, "ignore: [", absl::StrJoin(ignored, ", "), "]\n");
  absl::StrAppend(&map, "fields:\n", fields);
  AppendFacts(type, &map);
  for (size_t i = 0; i < judged.size(); ++i) {
    absl::StrAppend(&map, i == 0 ? "judgements:\n" : "", "  - question: ", judged[i],
                    "\n    answer: {column: ", judged[i], "}\n");
  }
  return map;
}

absl::StatusOr<int64_t> Export(Caller& caller, const Identity& as, const Collection& collection,
                               const type::v1::Charter& charter, const ExportOptions& options,
                               std::ostream* output) {
  const std::vector<std::string> columns = ExportColumns(collection, charter);
  if (!options.json_lines) *output << CsvLine(columns) << "\n";
  int64_t count = 0;
  const auto take = [&](const Message& record) {
    *output << LineOf(record, columns, options.json_lines) << "\n";
    ++count;
    return *output ? absl::OkStatus()
                   : InvalidField("FILE_UNWRITABLE", "output", "the export cannot be written");
  };
  COMITY_RETURN_IF_ERROR(ForEach(caller, as, collection, options.filter, options.lens, take));
  if (output->flush()) return count;
  return InvalidField("FILE_UNWRITABLE", "output", "the export cannot be written");
}

}  // namespace comity::client
