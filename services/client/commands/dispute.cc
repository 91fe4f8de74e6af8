// comity dispute open, answer, agree, withdraw, decide, appeal, fulfil, show, list.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/gateway/v1/dispute_service.pb.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/dispute_commands.h"
#include "services/client/output/dispute_view.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::Dispute;
using gateway::v1::DisputeEvidence;
using gateway::v1::DisputeOutcome;

constexpr char kDisputes[] = "comity.gateway.v1.DisputeService/";

struct DisputeFlags {
  std::string name;
  std::string question;
  std::string reason;
  std::string note;
  std::vector<std::string> evidence;
  std::string verdict;
  std::string answer;
  std::vector<std::string> split;
  int number = 0;
  bool validate_only = false;
};

struct DisputeListFlags {
  std::string filter;
  std::string page_token;
  int page_size = 0;
  bool all = false;
};

std::string InCollection(absl::string_view collection, const std::string& text) {
  return text.empty() || absl::StrContains(text, '/') ? text : absl::StrCat(collection, "/", text);
}

// `lead:1234` or `lead:1234:what it shows`.
absl::Status AddEvidence(const std::vector<std::string>& texts,
                         google::protobuf::RepeatedPtrField<DisputeEvidence>* evidence) {
  for (const std::string& text : texts) {
    const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 2));
    int64_t position = 0;
    if (parts.size() < 2 || !absl::SimpleAtoi(parts[1], &position)) {
      return InvalidField("USAGE", "--evidence",
                          absl::StrCat("`", text, "`: SERVICE:POSITION[:WORDS], e.g. lead:1234"));
    }
    DisputeEvidence* each = evidence->Add();
    each->set_service(parts[0]);
    each->set_position(position);
    if (parts.size() == 3) each->set_words(parts[2]);
  }
  return absl::OkStatus();
}

// `sales=6000`, in basis points.
absl::Status AddSplit(const std::vector<std::string>& texts, DisputeOutcome* outcome) {
  for (const std::string& text : texts) {
    const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
    int points = 0;
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &points)) {
      return InvalidField("USAGE", "--split",
                          absl::StrCat("`", text, "`: DEPARTMENT=BASIS_POINTS, e.g. sales=6000"));
    }
    auto* share = outcome->add_split();
    share->set_department(InCollection("departments", parts[0]));
    share->set_basis_points(points);
  }
  return absl::OkStatus();
}

absl::StatusOr<DisputeOutcome> OutcomeOf(const DisputeFlags& flags) {
  DisputeOutcome outcome;
  outcome.set_verdict(flags.verdict == "upheld"   ? gateway::v1::DISPUTE_VERDICT_UPHELD
                      : flags.verdict == "partly" ? gateway::v1::DISPUTE_VERDICT_PARTLY
                                                  : gateway::v1::DISPUTE_VERDICT_DISMISSED);
  outcome.set_reason(flags.reason);
  outcome.set_note(flags.note);
  outcome.set_answer(flags.answer);
  COMITY_RETURN_IF_ERROR(AddSplit(flags.split, &outcome));
  return outcome;
}

template <typename Request>
absl::Status Send(Context& context, const char* method, const DisputeFlags& flags,
                  Request request) {
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.validate_only);
  return context.Run<Dispute>(absl::StrCat(kDisputes, method), request, ShowDispute);
}

// A request that names the dispute.
template <typename Request>
Request About(const DisputeFlags& flags) {
  Request request;
  request.set_name(flags.name);
  return request;
}

absl::Status RunOpen(Context& context, const DisputeFlags& flags) {
  gateway::v1::OpenDisputeRequest request;
  request.set_about(flags.name);
  request.set_question(InCollection("questions", flags.question));
  request.set_reason(flags.reason);
  request.set_note(flags.note);
  COMITY_RETURN_IF_ERROR(AddEvidence(flags.evidence, request.mutable_evidence()));
  return Send(context, "OpenDispute", flags, std::move(request));
}

absl::Status RunAnswer(Context& context, const DisputeFlags& flags) {
  auto request = About<gateway::v1::AnswerDisputeRequest>(flags);
  request.set_note(flags.note);
  COMITY_RETURN_IF_ERROR(AddEvidence(flags.evidence, request.mutable_evidence()));
  return Send(context, "AnswerDispute", flags, std::move(request));
}

absl::Status RunWithdrawDispute(Context& context, const DisputeFlags& flags) {
  return Send(context, "WithdrawDispute", flags, About<gateway::v1::WithdrawDisputeRequest>(flags));
}

// With a verdict an outcome is offered, else the one that was is agreed to.
absl::Status RunAgree(Context& context, const DisputeFlags& flags) {
  if (!flags.verdict.empty()) {
    auto request = About<gateway::v1::ProposeAgreementRequest>(flags);
    COMITY_ASSIGN_OR_RETURN(*request.mutable_outcome(), OutcomeOf(flags));
    return Send(context, "ProposeAgreement", flags, std::move(request));
  }
  if (flags.number == 0) {
    return InvalidField("USAGE", "--number",
                        "which agreement: `comity dispute show` has its number; or offer one by "
                        "--verdict and --reason");
  }
  auto request = About<gateway::v1::AgreeDisputeRequest>(flags);
  request.set_number(flags.number);
  return Send(context, "AgreeDispute", flags, std::move(request));
}

absl::Status RunDecide(Context& context, const DisputeFlags& flags) {
  auto request = About<gateway::v1::DecideDisputeRequest>(flags);
  COMITY_ASSIGN_OR_RETURN(*request.mutable_outcome(), OutcomeOf(flags));
  return Send(context, "DecideDispute", flags, std::move(request));
}

absl::Status RunAppeal(Context& context, const DisputeFlags& flags) {
  auto request = About<gateway::v1::AppealDisputeRequest>(flags);
  request.set_reason(flags.reason);
  request.set_note(flags.note);
  return Send(context, "AppealDispute", flags, std::move(request));
}

absl::Status RunFulfil(Context& context, const DisputeFlags& flags) {
  return Send(context, "FulfilDispute", flags, About<gateway::v1::FulfilDisputeRequest>(flags));
}

absl::Status RunShowDispute(Context& context, const DisputeFlags& flags) {
  return context.Run<Dispute>(absl::StrCat(kDisputes, "GetDispute"),
                              About<gateway::v1::GetDisputeRequest>(flags), ShowDispute);
}

absl::Status RunListDisputes(Context& context, const DisputeListFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::ListDisputesRequest request;
  request.set_filter(flags.filter);
  request.set_page_token(flags.page_token);
  request.set_page_size(flags.page_size == 0 && flags.all ? 500 : flags.page_size);
  COMITY_ASSIGN_OR_RETURN(
      const auto fetched,
      context.FetchList(absl::StrCat(kDisputes, "ListDisputes"), flags.all, &request));
  const auto& reply = static_cast<const gateway::v1::ListDisputesResponse&>(*fetched);
  if (context.for_machines()) return context.PrintMessage(reply);
  COMITY_RETURN_IF_ERROR(context.Print(ShowDisputeList(reply, TerminalWidth())));
  return context.PrintMore(reply);
}

using DisputeRun = absl::Status (*)(Context& context, const DisputeFlags& flags);

// A command about one dispute, which its flags are added to.
struct DisputeCommand {
  CLI::App* app;
  std::shared_ptr<DisputeFlags> flags;
};
DisputeCommand AddOne(CLI::App* dispute, Context* context, const char* verb, const char* help,
                      DisputeRun run) {
  const auto flags = std::make_shared<DisputeFlags>();
  CLI::App* command = dispute->add_subcommand(verb, help);
  command->add_option("dispute", flags->name, "disputes/…")->required();
  command->callback([=] { context->action = [=] { return run(*context, *flags); }; });
  return {command, flags};
}

void AddReason(const DisputeCommand& command, bool required) {
  command.app
      ->add_option("--reason,-r", command.flags->reason, "Why: a code, e.g. criteria-not-met")
      ->required(required);
  command.app->add_option("--note", command.flags->note, "Why, in words");
}
void AddEvidenceFlag(const DisputeCommand& command) {
  command.app
      ->add_option("--evidence,-e", command.flags->evidence,
                   "An entry of a journal: SERVICE:POSITION[:WORDS]; repeatable")
      ->allow_extra_args(false);
}
void AddCheck(const DisputeCommand& command) {
  command.app->add_flag("--validate-only", command.flags->validate_only,
                        "Checks and stores nothing");
}
void AddOutcome(const DisputeCommand& command, bool required) {
  command.app->add_option("--verdict", command.flags->verdict, "upheld, partly or dismissed")
      ->check(CLI::IsMember({"upheld", "partly", "dismissed"}))
      ->required(required);
  AddReason(command, required);
  command.app->add_option("--answer", command.flags->answer,
                          "Of a judgement or settled answer: what is to be judged instead");
  command.app
      ->add_option("--split", command.flags->split,
                   "Of a credit statement: DEPARTMENT=BASIS_POINTS, 10000 together; repeatable")
      ->allow_extra_args(false);
}

void AddOpen(CLI::App* dispute, Context* context) {
  const auto flags = std::make_shared<DisputeFlags>();
  CLI::App* open = dispute->add_subcommand("open", "Objects formally to what another one has said");
  open->add_option("about", flags->name,
                   "leads/…/judgements/…, …/facts/…, credit-statements/…, a returned handovers/…; "
                   "or a record, with --question")
      ->required();
  open->add_option("--question,-q", flags->question,
                   "Of a record: to whose settled answer, e.g. lead-quality");
  const DisputeCommand command{open, flags};
  AddReason(command, /*required=*/true);
  AddEvidenceFlag(command);
  AddCheck(command);
  open->callback([=] { context->action = [=] { return RunOpen(*context, *flags); }; });
  open->footer(
      "Examples:\n  comity dispute open credit-statements/0190… --reason touch-missed --note 'The "
      "fair' --evidence lead:1234 --as mia@marketing\n"
      "  comity dispute open leads/0190… --question lead-quality --reason criteria-not-met\n"
      "`comity history` shows the positions of entries.");
}

void AddSides(CLI::App* dispute, Context* context) {
  const DisputeCommand answer =
      AddOne(dispute, context, "answer", "Answers for your department", RunAnswer);
  answer.app->add_option("--note", answer.flags->note, "What there is to say")->required();
  AddEvidenceFlag(answer);
  AddCheck(answer);
  answer.app->footer(
      "Example:\n  comity dispute answer disputes/0190… --note 'It was not our fair' --as "
      "ana@sales");
  const DisputeCommand agree = AddOne(dispute, context, "agree",
                                      "Offers an outcome, or agrees to the one offered", RunAgree);
  AddOutcome(agree, /*required=*/false);
  agree.app->add_option("--number", agree.flags->number, "Agrees to the agreement of that number");
  AddCheck(agree);
  agree.app->footer(
      "Examples:\n  comity dispute agree disputes/0190… --verdict partly --reason shared --split "
      "sales=7000 --split marketing=3000 --as sam@sales\n"
      "  comity dispute agree disputes/0190… --number 1 --as max@marketing\nA steward's to do.");
  const DisputeCommand withdraw = AddOne(
      dispute, context, "withdraw", "Takes back a dispute of your department", RunWithdrawDispute);
  AddCheck(withdraw);
  withdraw.app->footer("Example:\n  comity dispute withdraw disputes/0190… --as mia@marketing");
}

void AddDecisions(CLI::App* dispute, Context* context) {
  const DisputeCommand decide =
      AddOne(dispute, context, "decide", "Decides, as the arbiter that is asked", RunDecide);
  AddOutcome(decide, /*required=*/true);
  AddCheck(decide);
  decide.app->footer(
      "Examples:\n  comity dispute decide disputes/0190… --verdict upheld --reason touch-counts "
      "--split sales=5000 --split marketing=5000 --as max@management\n"
      "  comity dispute decide disputes/0190… --verdict upheld --reason no-need --answer nurture\n"
      "A steward's to do, who belongs to no party.");
  const DisputeCommand appeal =
      AddOne(dispute, context, "appeal", "Asks the next arbiter, once", RunAppeal);
  AddReason(appeal, /*required=*/true);
  AddCheck(appeal);
  appeal.app->footer(
      "Example:\n  comity dispute appeal disputes/0190… --reason evidence-overlooked --as "
      "ana@sales");
  const DisputeCommand fulfil =
      AddOne(dispute, context, "fulfil", "Says that what follows the outcome was done", RunFulfil);
  AddCheck(fulfil);
  fulfil.app->footer(
      "Example:\n  comity dispute fulfil disputes/0190… --as ana@sales\n"
      "By your department's own judgement, correction or acceptance, which must be there.");
}

void AddReading(CLI::App* dispute, Context* context) {
  const DisputeCommand show =
      AddOne(dispute, context, "show", "One dispute, and its precedents", RunShowDispute);
  show.app->footer("Example:\n  comity dispute show disputes/0190…");
  const auto flags = std::make_shared<DisputeListFlags>();
  CLI::App* list = dispute->add_subcommand("list", "Disputes, the latest first");
  list->add_option("--filter", flags->filter,
                   "By state, open, kind, department, subject, question and awaits");
  list->add_option("--page-size", flags->page_size, "Entries a page, at most 500 (default 50)");
  list->add_option("--page-token", flags->page_token, "Goes on where an earlier page ended");
  list->add_flag("--all", flags->all, "Every page");
  list->footer(
      "Examples:\n  comity dispute list --filter 'open = true'\n"
      "  comity dispute list --filter 'awaits = departments/sales' -o json\n"
      "Filters are combined by AND.");
  list->callback([=] { context->action = [=] { return RunListDisputes(*context, *flags); }; });
}

}  // namespace

void AddDisputeCommands(CLI::App* app, Context* context) {
  CLI::App* dispute = app->add_subcommand(
      "dispute",
      "Formal objections: to a judgement, a settled answer, a fact, a credit statement, "
      "a return");
  dispute->require_subcommand(1);
  AddOpen(dispute, context);
  AddSides(dispute, context);
  AddDecisions(dispute, context);
  AddReading(dispute, context);
}

}  // namespace comity::client
