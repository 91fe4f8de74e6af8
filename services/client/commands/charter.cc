// comity charter show: what words mean and who may do what.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/client/commands/commands.h"
#include "services/client/output/table.h"
#include "services/client/output/terminal.h"

namespace comity::client {
namespace {

using type::v1::Charter;

template <typename Names>
std::string Departments(const Names& names) {
  return absl::StrJoin(names, ", ", [](std::string* out, const std::string& name) {
    absl::StrAppend(out, absl::StripPrefix(name, "departments/"));
  });
}

std::string ShowQuestion(const type::v1::Question& question, int width) {
  std::string text = absl::StrCat("\n", absl::StripPrefix(question.name(), "questions/"), " (",
                                  question.collection(), "): ", question.text(),
                                  "\n  voices: ", Departments(question.voices()), "; decided by ",
                                  absl::StripPrefix(question.decider(), "departments/"), "\n");
  Table table({{"ANSWER"}, {"CRITERIA"}, {"LEAVES THE LIST OF"}, {"BY FACT"}});
  for (const auto& answer : question.answers()) {
    table.AddRow({answer.id(), answer.criteria(), Departments(answer.leaves_working_list_of()),
                  answer.decided_by_fact()});
  }
  return absl::StrCat(text, table.Render(width));
}

std::string ShowAccess(const Charter& charter, int width) {
  Table table({{"DEPARTMENT"}, {"COLLECTION"}, {"READ"}, {"UPDATE"}, {"RECORD"}, {"JOURNAL"}});
  for (const auto& access : charter.access()) {
    table.AddRow({std::string(absl::StripPrefix(access.department(), "departments/")),
                  access.collection(), access.read() ? "yes" : "", access.update() ? "yes" : "",
                  absl::StrJoin(access.record(), ", "), access.read_journal() ? "yes" : ""});
  }
  return table.Render(width);
}

std::string ShowCharter(const Charter& charter) {
  const int width = TerminalWidth();
  std::string text =
      absl::StrCat("Charter revision ", charter.revision(),
                   charter.provisional() ? ", provisional: signed by no department yet\n" : "\n",
                   "Departments: ", Departments(charter.departments()), "\n");
  for (const auto& question : charter.questions()) text += ShowQuestion(question, width);
  absl::StrAppend(&text, "\nMetrics\n");
  for (const auto& metric : charter.metrics()) {
    absl::StrAppend(&text, "  ", metric.name(), ": ", metric.text(), "\n");
  }
  return absl::StrCat(text, "\nAccess\n", ShowAccess(charter, width));
}

}  // namespace

void AddCharterCommand(CLI::App* app, Context* context) {
  CLI::App* charter = app->add_subcommand("charter", "The agreement between the departments");
  charter->require_subcommand(1);
  CLI::App* show =
      charter->add_subcommand("show", "Questions, answers, metrics and access in force");
  show->footer("Example:\n  comity charter show");
  show->callback([=] {
    context->action = [=] {
      return context->Run<Charter>("comity.gateway.v1.CharterService/GetCharter",
                                   gateway::v1::GetCharterRequest(), ShowCharter);
    };
  });
}

}  // namespace comity::client
