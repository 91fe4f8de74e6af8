#include "services/client/output/record_view.h"

#include <algorithm>
#include <functional>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "services/client/import/last_said.h"
#include "services/client/output/format.h"
#include "services/client/output/table.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::vector<const Message*> Items(const Message& parent, absl::string_view field_name) {
  std::vector<const Message*> items;
  const FieldDescriptor* field = parent.GetDescriptor()->FindFieldByName(std::string(field_name));
  if (field == nullptr) return items;
  for (int i = 0; i < parent.GetReflection()->FieldSize(parent, field); ++i) {
    items.push_back(&parent.GetReflection()->GetRepeatedMessage(parent, field, i));
  }
  return items;
}

std::vector<const type::v1::LensAnswer*> AnswersOf(const Message& record) {
  std::vector<const type::v1::LensAnswer*> answers;
  for (const Message* item : Items(record, "lens_answers")) {
    answers.push_back(static_cast<const type::v1::LensAnswer*>(item));
  }
  return answers;
}

std::string Title(absl::string_view path) {
  return absl::StrReplaceAll(absl::AsciiStrToUpper(path), {{"_", " "}, {"DISPLAY ", ""}});
}

// `STAGE` for questions/opportunity-stage: the record's kind is known in its list.
std::string QuestionTitle(absl::string_view question) {
  question = absl::StripPrefix(question, "questions/");
  for (const char* kind : {"lead-", "opportunity-", "account-", "case-"}) {
    question = absl::StripPrefix(question, kind);
  }
  return absl::AsciiStrToUpper(question);
}

// Persons and teams by their ids, times by their day.
std::string ShortCell(const std::string& cell, absl::string_view path) {
  if (absl::EndsWith(path, "_time")) return cell.substr(0, cell.find(' '));
  for (const char* collection : {"persons/", "teams/"}) {
    if (absl::StartsWith(cell, collection)) return std::string(absl::StripPrefix(cell, collection));
  }
  return cell;
}

std::vector<std::string> QuestionsOf(const std::vector<const Message*>& records) {
  std::vector<std::string> questions;
  for (const Message* record : records) {
    for (const auto* answer : AnswersOf(*record)) {
      if (std::find(questions.begin(), questions.end(), answer->question()) == questions.end()) {
        questions.push_back(answer->question());
      }
    }
  }
  return questions;
}

std::string AnswerTo(const Message& record, const std::string& question) {
  for (const auto* answer : AnswersOf(record)) {
    if (answer->question() == question) return ShowAnswer(*answer);
  }
  return "";
}

const FieldDescriptor* NameField(const google::protobuf::Descriptor& type) {
  const FieldDescriptor* name = type.FindFieldByName("name");
  return name == nullptr || name->type() != FieldDescriptor::TYPE_STRING ? nullptr : name;
}

void AddFields(const Message& message, const std::string& prefix, Table* table) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const std::string path = absl::StrCat(prefix, field->name());
    if (field->name() == "lens_answers") continue;
    if (IsWhole(*field) && field->is_repeated()) {
      for (int item = 0; item < reflection->FieldSize(message, field); ++item) {
        AddFields(reflection->GetRepeatedMessage(message, field, item),
                  absl::StrCat(path, ".", item, "."), table);
      }
    } else if (IsWhole(*field)) {
      if (!reflection->HasField(message, field)) continue;
      AddFields(reflection->GetMessage(message, field), absl::StrCat(path, "."), table);
    } else if (const std::string cell = Cell(message, field->name()); !cell.empty()) {
      table->AddRow({path, cell});
    }
  }
}

}  // namespace

bool IsWhole(const FieldDescriptor& field) {
  if (field.message_type() == nullptr || field.is_map()) return false;
  const std::string& name = field.message_type()->full_name();
  return absl::StartsWith(name, "comity.") && name != "comity.type.v1.ExternalId" &&
         name != "comity.type.v1.Actor";
}

const std::vector<std::string>& ColumnsOf(absl::string_view collection) {
  static const auto* columns = new std::map<std::string, std::vector<std::string>>{
      {"leads", {"name", "given_name", "family_name", "organization", "source", "owner"}},
      {"opportunities",
       {"name", "display_name", "amount", "expected_close_date", "sign_time", "owner"}},
      {"campaigns", {"name", "display_name", "channel", "start_date", "end_date", "budget"}},
      {"products", {"name", "display_name", "series", "list_price"}},
      {"accounts", {"name", "display_name", "kind", "sector", "country", "owner"}},
      {"contacts", {"name", "given_name", "family_name", "job_title", "email_address", "account"}},
      {"relationships", {"name", "account", "kind", "other_party", "start_date", "end_date"}},
      {"cases", {"name", "title", "account", "team", "owner", "state", "open_time"}},
      {"persons", {"name", "display_name", "team", "office", "manager"}},
      {"teams", {"name", "display_name", "department"}},
      {"departments", {"name", "display_name"}}};
  static const auto* none = new std::vector<std::string>{"name"};
  const auto found = columns->find(std::string(collection));
  return found == columns->end() ? *none : found->second;
}

std::string ShowAnswer(const type::v1::LensAnswer& answer) {
  if (answer.answer().empty()) return "";
  switch (answer.basis()) {
    case type::v1::ANSWER_BASIS_SETTLED:
      return absl::StrCat("(", answer.answer(), ")");
    case type::v1::ANSWER_BASIS_FACT:
      return absl::StrCat(answer.answer(), "!");
    default:
      return answer.answer();
  }
}

std::string ShowActor(const type::v1::Actor& actor) {
  if (actor.person().empty()) return actor.workload();
  return absl::StrCat(ShortName(actor.person()), "@", ShortName(actor.department()));
}

std::optional<std::string> NameLines(const Message& message) {
  if (NameField(*message.GetDescriptor()) != nullptr) {
    const std::string name = Cell(message, "name");
    return name.empty() ? name : name + "\n";
  }
  const FieldDescriptor* records = message.GetDescriptor()->FindFieldByNumber(1);
  if (records == nullptr || !records->is_repeated() || records->message_type() == nullptr ||
      NameField(*records->message_type()) == nullptr) {
    return std::nullopt;
  }
  std::string lines;
  for (const Message* record : Items(message, records->name())) {
    absl::StrAppend(&lines, Cell(*record, "name"), "\n");
  }
  return lines;
}

std::string RecordTable(const Message& response, absl::string_view records, int width,
                        Questions shown) {
  const std::vector<const Message*> items = Items(response, records);
  const std::vector<std::string> questions = QuestionsOf(items);
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> cells(items.size());
  // What no record says takes no room.
  const auto add_column = [&](Column column, bool may_be_left_out,
                              const std::function<std::string(const Message&)>& cell_of) {
    std::vector<std::string> column_cells;
    for (const Message* item : items) column_cells.push_back(cell_of(*item));
    const bool empty = std::all_of(column_cells.begin(), column_cells.end(),
                                   [](const std::string& cell) { return cell.empty(); });
    if (empty && may_be_left_out && !items.empty()) return;
    columns.push_back(std::move(column));
    for (size_t i = 0; i < items.size(); ++i) cells[i].push_back(std::move(column_cells[i]));
  };
  for (const std::string& path : ColumnsOf(records)) {
    const bool amount = path == "amount" || path == "list_price" || path == "budget";
    add_column({Title(path), amount, path == "name"}, true, [&](const Message& item) {
      return path == "name" ? Cell(item, path) : ShortCell(Cell(item, path), path);
    });
  }
  for (const std::string& question : questions) {
    add_column({QuestionTitle(question)}, shown == Questions::kAnswered,
               [&](const Message& item) { return AnswerTo(item, question); });
  }
  Table table(std::move(columns));
  for (auto& row : cells) table.AddRow(std::move(row));
  return table.Render(width);
}

std::string RecordDetail(const Message& whole, int width) {
  const std::unique_ptr<Message> known = LastSaid::Without(whole);
  const Message& record = *known;
  Table table({{"FIELD"}, {"VALUE"}});
  const std::string withdrawn = Cell(record, "withdraw_time");
  AddFields(record, "", &table);
  for (const auto* answer : AnswersOf(record)) {
    const std::string shown = ShowAnswer(*answer);
    table.AddRow({answer->question(), shown.empty() ? "undecided" : shown});
  }
  // Whatever else it says was so until then.
  const std::string first =
      withdrawn.empty() ? ""
                        : absl::StrCat("WITHDRAWN ", withdrawn,
                                       ": the workflow that made it was undone; it is in no list "
                                       "and no number, and stays in the history\n");
  return absl::StrCat(first, table.Render(width));
}

}  // namespace comity::client
