#include "services/client/output/record_view.h"

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
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

}  // namespace

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
      {"cases", {"name", "title", "account", "team", "owner", "open_time", "resolve_time"}},
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
  return absl::StrCat(absl::StripPrefix(actor.person(), "persons/"), "@",
                      absl::StripPrefix(actor.department(), "departments/"));
}

std::string RecordTable(const Message& response, absl::string_view records, int width) {
  const std::vector<const Message*> items = Items(response, records);
  const std::vector<std::string>& paths = ColumnsOf(records);
  const std::vector<std::string> questions = QuestionsOf(items);
  std::vector<Column> columns;
  for (const std::string& path : paths) {
    const bool amount = path == "amount" || path == "list_price" || path == "budget";
    columns.push_back({Title(path), amount, path == "name"});
  }
  for (const std::string& question : questions) {
    columns.push_back({absl::AsciiStrToUpper(absl::StripPrefix(question, "questions/"))});
  }
  Table table(std::move(columns));
  for (const Message* item : items) {
    std::vector<std::string> cells;
    for (const std::string& path : paths) cells.push_back(Cell(*item, path));
    for (const std::string& question : questions) cells.push_back(AnswerTo(*item, question));
    table.AddRow(std::move(cells));
  }
  return table.Render(width);
}

std::string RecordDetail(const Message& record, int width) {
  Table table({{"FIELD"}, {"VALUE"}});
  for (int i = 0; i < record.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = record.GetDescriptor()->field(i);
    if (field->name() == "lens_answers") continue;
    const std::string cell = Cell(record, field->name());
    if (!cell.empty()) table.AddRow({field->name(), cell});
  }
  for (const auto* answer : AnswersOf(record)) {
    const std::string shown = ShowAnswer(*answer);
    table.AddRow({answer->question(), shown.empty() ? "undecided" : shown});
  }
  return table.Render(width);
}

}  // namespace comity::client
