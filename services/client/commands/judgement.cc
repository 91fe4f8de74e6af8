// comity judge, withdraw, standing, judgements.
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/commands.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using judgement::v1::Judgement;

constexpr char kService[] = "comity.judgement.v1.JudgementService/";

struct JudgeFlags {
  std::string subject;
  std::string question;
  std::string answer;
  std::string reason;
  std::string note;
  std::string lens;
  std::string occurred;
  std::vector<std::string> evidence;
  int page_size = 0;
  bool validate_only = false;
};

std::string Without(absl::string_view name, absl::string_view collection) {
  return std::string(absl::StripPrefix(name, collection));
}

std::string AnswerText(const Judgement& judgement) {
  return judgement.answer().empty() ? "withdrawn" : judgement.answer();
}

Table JudgementTable() {
  return Table({{"DEPARTMENT"}, {"ANSWER"}, {"SINCE"}, {"BY"}, {"REASON"}, {"NOTE"}});
}

std::vector<std::string> JudgementCells(const Judgement& judgement) {
  const auto& since = judgement.has_occur_time() ? judgement.occur_time() : judgement.record_time();
  return {Without(judgement.department(), "departments/"),
          AnswerText(judgement),
          FormatTime(since),
          ShowActor(judgement.actor()),
          judgement.reason(),
          judgement.note()};
}

std::string ShowOne(const Judgement& judgement) {
  return absl::StrCat(Without(judgement.department(), "departments/"), ": ",
                      Without(judgement.question(), "questions/"), " of ", judgement.subject(),
                      " is ", AnswerText(judgement), " (", judgement.name(), ")\n");
}

std::string SettledLine(const judgement::v1::Standing& standing) {
  const std::string& settled = standing.settled().answer();
  std::string line = "settled: ";
  absl::StrAppend(&line, !standing.explanation().empty() ? standing.explanation()
                         : settled.empty()               ? "undecided"
                                                         : settled);
  const std::string& mine = standing.lens_answer().answer();
  if (mine != settled)
    absl::StrAppend(&line, "\nthrough this lens: ", mine.empty() ? "undecided" : mine);
  return line + "\n";
}

std::string ShowStandings(const judgement::v1::GetStandingResponse& reply) {
  std::string text;
  for (const auto& standing : reply.standings()) {
    absl::StrAppend(&text, text.empty() ? "" : "\n", Without(standing.question(), "questions/"),
                    "\n");
    if (standing.judgements_size() > 0) {
      Table table = JudgementTable();
      for (const Judgement& judgement : standing.judgements()) {
        table.AddRow(JudgementCells(judgement));
      }
      absl::StrAppend(&text, table.Render(TerminalWidth()));
    }
    absl::StrAppend(&text, SettledLine(standing));
  }
  absl::StrAppend(&text, "\nBy charter revision ", reply.charter_revision(),
                  reply.provisional() ? ", provisional: signed by no department yet\n" : "\n");
  return text;
}

std::string ShowJudgements(const judgement::v1::ListJudgementsResponse& reply) {
  Table table({{"QUESTION"}, {"DEPARTMENT"}, {"ANSWER"}, {"SINCE"}, {"BY"}, {"REASON"}, {"NAME"}});
  for (const Judgement& judgement : reply.judgements()) {
    std::vector<std::string> cells = JudgementCells(judgement);
    cells.insert(cells.begin(), Without(judgement.question(), "questions/"));
    cells.back() = judgement.name();
    table.AddRow(std::move(cells));
  }
  return table.Render(TerminalWidth());
}

absl::Status RunJudge(Context& context, const JudgeFlags& flags) {
  judgement::v1::JudgeRequest request;
  Judgement* judgement = request.mutable_judgement();
  judgement->set_subject(flags.subject);
  judgement->set_question(FullQuestion(flags.question));
  judgement->set_answer(flags.answer);
  judgement->set_reason(flags.reason);
  judgement->set_note(flags.note);
  for (const std::string& item : flags.evidence) judgement->add_evidence(item);
  COMITY_RETURN_IF_ERROR(SetField(judgement, "occur_time", flags.occurred));
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.validate_only);
  return context.Run<Judgement>(absl::StrCat(kService, "Judge"), request, ShowOne);
}

absl::Status RunWithdraw(Context& context, const JudgeFlags& flags) {
  judgement::v1::WithdrawRequest request;
  request.set_name(flags.subject);
  request.set_reason(flags.reason);
  request.set_request_id(RandomRequestId());
  return context.Run<Judgement>(absl::StrCat(kService, "Withdraw"), request, ShowOne);
}

absl::Status RunStanding(Context& context, const JudgeFlags& flags) {
  judgement::v1::GetStandingRequest request;
  request.set_subject(flags.subject);
  request.set_question(FullQuestion(flags.question));
  request.set_lens(FullLens(flags.lens));
  return context.Run<judgement::v1::GetStandingResponse>(absl::StrCat(kService, "GetStanding"),
                                                         request, ShowStandings);
}

absl::Status RunJudgements(Context& context, const JudgeFlags& flags) {
  judgement::v1::ListJudgementsRequest request;
  request.set_parent(flags.subject);
  request.set_page_size(flags.page_size == 0 ? 500 : flags.page_size);
  return context.Run<judgement::v1::ListJudgementsResponse>(
      absl::StrCat(kService, "ListJudgements"), request, ShowJudgements);
}

void AddJudge(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<JudgeFlags>();
  CLI::App* judge = app->add_subcommand("judge", "Judges a subject for your department");
  judge->add_option("subject", flags->subject, "leads/…, opportunities/…, accounts/… or cases/…")
      ->required();
  judge->add_option("--question,-q", flags->question, "e.g. lead-quality")->required();
  judge->add_option("--answer,-a", flags->answer, "An answer of the charter, e.g. qualified")
      ->required();
  judge->add_option("--reason,-r", flags->reason, "Why, as a code, e.g. budget-confirmed");
  judge->add_option("--note", flags->note, "Why, in words");
  judge->add_option("--evidence", flags->evidence, "A fact, judgement or link it rests on")
      ->allow_extra_args(false);
  judge->add_option("--occurred", flags->occurred, "Since when, e.g. 2026-03-01 (default: now)");
  judge->add_flag("--validate-only", flags->validate_only, "Checks and stores nothing");
  judge->footer(
      "Example:\n  comity judge leads/0190… --question lead-quality --answer qualified "
      "--reason budget-confirmed --as mia@marketing");
  judge->callback([=] { context->action = [=] { return RunJudge(*context, *flags); }; });
}

void AddWithdraw(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<JudgeFlags>();
  CLI::App* withdraw = app->add_subcommand("withdraw", "Withdraws your department's judgement");
  withdraw->add_option("judgement", flags->subject, "leads/…/judgements/…")->required();
  withdraw->add_option("--reason,-r", flags->reason, "Why, as a code");
  withdraw->footer(
      "Example:\n  comity withdraw leads/0190…/judgements/0190… --reason mistaken\n"
      "`comity judgements leads/0190…` names them.");
  withdraw->callback([=] { context->action = [=] { return RunWithdraw(*context, *flags); }; });
}

void AddStanding(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<JudgeFlags>();
  CLI::App* standing =
      app->add_subcommand("standing", "What each department holds about a subject, side by side");
  standing->add_option("subject", flags->subject, "e.g. leads/…")->required();
  standing->add_option("--question,-q", flags->question, "Only this one, e.g. lead-quality");
  standing->add_option("--lens", flags->lens, "Whose view (default: your department)");
  standing->footer("Example:\n  comity standing leads/0190… --question lead-quality");
  standing->callback([=] { context->action = [=] { return RunStanding(*context, *flags); }; });
}

void AddJudgements(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<JudgeFlags>();
  CLI::App* list = app->add_subcommand(
      "judgements", "Every judgement of a subject, the replaced and withdrawn ones too");
  list->add_option("subject", flags->subject, "e.g. leads/…")->required();
  list->add_option("--page-size", flags->page_size, "At most 500");
  list->footer("Example:\n  comity judgements opportunities/0190…");
  list->callback([=] { context->action = [=] { return RunJudgements(*context, *flags); }; });
}

}  // namespace

void AddJudgementCommands(CLI::App* app, Context* context) {
  AddJudge(app, context);
  AddWithdraw(app, context);
  AddStanding(app, context);
  AddJudgements(app, context);
}

}  // namespace comity::client
