#include "services/client/import/exporter.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/client/api/field_value.h"
#include "services/client/import/held_reader.h"
#include "services/client/import/record_paths.h"
#include "services/client/output/text.h"
#include "services/runtime/fact/fact_component.h"
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

bool IsSettable(const FieldDescriptor& field) {
  return !IsSetByServices(field) && field.name() != "name" && field.name() != "etag";
}

bool HasVoice(const type::v1::Question& question, const std::string& department) {
  const auto& voices = question.voices();
  return std::find(voices.begin(), voices.end(), department) != voices.end();
}

// A case as it was opened: its events, which come after it, make it what it is.
absl::Status ReadAsOpened(Caller& caller, const Identity& as, Held* held) {
  COMITY_ASSIGN_OR_RETURN(const auto facts, ReadFacts(caller, as, TextAt(*held->record, "name")));
  for (const fact::v1::Fact& fact : fact::Standing(facts)) {
    if (fact.kind() != fact::v1::FACT_KIND_OPENED) continue;
    COMITY_RETURN_IF_ERROR(SetField(held->record.get(), "team", fact.team()));
    COMITY_RETURN_IF_ERROR(SetField(held->record.get(), "owner", fact.owner()));
  }
  return absl::OkStatus();
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

absl::Status OutputUnwritable() {
  return InvalidField("FILE_UNWRITABLE", "output", "the export cannot be written");
}

std::string SourceText(const std::string& as_source) {
  if (as_source.empty()) return "comity";
  return absl::StrCat(
      "\"", Escaped(absl::StrReplaceAll(as_source, {{"\\", "\\\\"}, {"\"", "\\\""}})), "\"");
}

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

std::string ExportMap(const Collection& collection, const type::v1::Charter& charter,
                      const std::string& lens, const std::string& as_source) {
  const bool makes = !as_source.empty();
  std::string map = absl::StrCat(
      "# By this map an export of comity imports again",
      makes ? ".\n# Judgements have a file of their own: comity export judgements" : ".",
      "\nkind: ", collection.plural, "\nsource: ", SourceText(as_source), "\nidentity: name\n");
  std::vector<std::string> judged;
  std::vector<std::string> ignored;
  std::string fields;
  const Descriptor& type = *collection.type();
  for (const std::string& column : ExportColumns(collection, charter)) {
    const FieldDescriptor* field = FieldAt(type, column);
    if (absl::StartsWith(column, "questions/")) {
      for (const auto& question : charter.questions()) {
        if (question.name() != column) continue;
        (HasVoice(question, lens) && !makes ? judged : ignored).push_back(column);
      }
    } else if (makes && absl::StartsWith(column, "external_id.")) {
      ignored.push_back(column);
    } else if (column != "name" && field != nullptr && !IsSetByServices(*field)) {
      absl::StrAppend(&fields, "  ", column, ": ", MapValue(*field, column, makes), "\n");
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
  if (!options.json_lines) *output << ExportHeader(columns) << "\n";
  const bool makes = !options.as_source.empty();
  int64_t count = 0;
  const auto take = [&](const Message& record) {
    std::vector<std::string> cells;
    for (const std::string& column : columns) {
      cells.push_back(ExportCell(record, column, makes));
    }
    *output << ExportLine(columns, cells, options.json_lines) << "\n";
    ++count;
    return *output ? absl::OkStatus() : OutputUnwritable();
  };
  if (makes && collection.plural == "cases") {
    COMITY_RETURN_IF_ERROR(ForEachHeld(
        caller, as, collection, options.filter, options.lens,
        [&](Held* held) { return ReadAsOpened(caller, as, held); },
        [&](const Held& held) { return take(*held.record); }));
  } else {
    COMITY_RETURN_IF_ERROR(ForEach(caller, as, collection, options.filter, options.lens, take));
  }
  if (output->flush()) return count;
  return OutputUnwritable();
}

}  // namespace comity::client
