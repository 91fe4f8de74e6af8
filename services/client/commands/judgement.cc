// comity judge, withdraw, standing, judgements.
#include <map>
#include <memory>
#include <set>

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

constexpr int kPage = 500;
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

// What each department holds now on each question: the latest, unless that is a withdrawal.
std::set<std::string> NamesThatStand(const judgement::v1::ListJudgementsResponse& all) {
  std::map<std::pair<std::string, std::string>, const Judgement*> latest;
  for (const Judgement& judgement : all.judgements()) {
    const Judgement*& last = latest[{judgement.question(), judgement.department()}];
    if (last == nullptr || judgement.subject_version() > last->subject_version()) {
      last = &judgement;
    }
  }
  std::set<std::string> names;
  for (const auto& [whose, judgement] : latest) {
    if (!judgement->answer().empty()) names.insert(judgement->name());
  }
  return names;
}

std::string ShowJudgements(const judgement::v1::ListJudgementsResponse& all) {
  const std::set<std::string> standing = NamesThatStand(all);
  Table table({{"QUESTION"},
               {"DEPARTMENT"},
               {"ANSWER"},
               {"STANDS"},
               {"SINCE"},
               {"BY"},
               {"REASON"},
               {"NAME", false, true}});
  for (const Judgement& judgement : all.judgements()) {
    std::vector<std::string> cells = JudgementCells(judgement);
    cells.insert(cells.begin(), Without(judgement.question(), "questions/"));
    cells.insert(cells.begin() + 3, standing.contains(judgement.name()) ? "yes" : "");
    cells.back() = judgement.withdraws().empty()
                       ? judgement.name()
                       : absl::StrCat("withdraws ", judgement.withdraws());
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
  request.set_page_size(kPage);
  COMITY_RETURN_IF_ERROR(context.Connect());
  // All of them: which stand is told by the later ones.
  judgement::v1::ListJudgementsResponse all;
  do {
    COMITY_ASSIGN_OR_RETURN(auto page,
                            context.caller().Ask<judgement::v1::ListJudgementsResponse>(
                                context.as(), absl::StrCat(kService, "ListJudgements"), request));
    request.set_page_token(page.next_page_token());
    page.clear_next_page_token();
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  return context.for_machines() ? context.PrintMessage(all) : context.Print(ShowJudgements(all));
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
