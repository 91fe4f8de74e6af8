// comity handover offer, accept, return, withdraw, show, list, agreements.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/commands.h"
#include "services/client/commands/operation.h"
#include "services/client/output/error_text.h"
#include "services/client/output/handover_view.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::Handover;
using google::longrunning::Operation;
using type::v1::Charter;
using type::v1::HandoverAgreement;

constexpr char kHandovers[] = "comity.gateway.v1.HandoverService/";

struct HandoverFlags {
  std::string name;
  std::string agreement;
  std::string subject;
  std::vector<std::string> answers;
  std::string note;
  std::string owner;
  std::string reason;
  bool no_wait = false;
  bool validate_only = false;
};

struct ListFlags {
  std::string filter;
  std::string page_token;
  int page_size = 0;
  bool all = false;
};

std::string Under(absl::string_view collection, const std::string& text) {
  return text.empty() || absl::StrContains(text, '/') ? text : absl::StrCat(collection, "/", text);
}

absl::StatusOr<Charter> FetchCharter(Context& context) {
  return context.caller().Ask<Charter>(context.as(), "comity.gateway.v1.CharterService/GetCharter",
                                       gateway::v1::GetCharterRequest());
}

// The answers in the order of the agreement's checklist.
absl::Status AddAnswers(const Charter& charter, const std::vector<std::string>& answers,
                        gateway::v1::OfferHandoverRequest* request) {
  for (const HandoverAgreement& agreement : charter.handovers()) {
    if (agreement.name() != request->agreement()) continue;
    const auto& items = agreement.checklist();
    const auto given = static_cast<int>(answers.size());
    if (given != items.size()) {
      return InvalidField(
          "USAGE", "--answer",
          absl::StrCat("once for each item of the checklist, in its order; ",
                       given < items.size() ? absl::StrCat("next: ", items.Get(given))
                                            : absl::StrCat("there are ", items.size())));
    }
    for (int i = 0; i < given; ++i) {
      auto* answer = request->add_checklist();
      answer->set_item(items.Get(i));
      answer->set_answer(answers[static_cast<size_t>(i)]);
    }
    return absl::OkStatus();
  }
  return InvalidField("UNKNOWN_AGREEMENT", "agreement",
                      absl::StrCat("the charter has no ", request->agreement(),
                                   "; `comity handover agreements` lists them"));
}

absl::Status RunOffer(Context& context, const HandoverFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::OfferHandoverRequest request;
  request.set_agreement(Under("agreements", flags.agreement));
  request.set_subject(flags.subject);
  request.set_note(flags.note);
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.validate_only);
  COMITY_ASSIGN_OR_RETURN(const Charter charter, FetchCharter(context));
  COMITY_RETURN_IF_ERROR(AddAnswers(charter, flags.answers, &request));
  return context.Run<Handover>(absl::StrCat(kHandovers, "OfferHandover"), request, ShowHandover);
}

absl::Status PrintAccepted(Context& context, const Operation& operation) {
  if (operation.has_error()) return FromRpcStatus(operation.error());
  Handover handover;
  if (operation.response().UnpackTo(&handover)) {
    return context.for_machines() ? context.PrintMessage(handover)
                                  : context.Print(ShowHandover(handover));
  }
  if (context.for_machines()) return context.PrintMessage(operation);
  return context.Print(absl::StrCat(operation.name(), "\n"));
}

absl::Status RunAccept(Context& context, const HandoverFlags& flags) {
  gateway::v1::AcceptHandoverRequest request;
  request.set_name(flags.name);
  request.set_owner(Under("persons", flags.owner));
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.validate_only);
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(Operation operation,
                          context.caller().Ask<Operation>(
                              context.as(), absl::StrCat(kHandovers, "AcceptHandover"), request));
  if (flags.validate_only) {
    return context.for_machines()
               ? context.PrintMessage(Operation())
               : context.Print("checked: it can be accepted; nothing was started\n");
  }
  if (!flags.no_wait) {
    COMITY_ASSIGN_OR_RETURN(operation, Await(context, std::move(operation)));
  }
  return PrintAccepted(context, operation);
}

absl::Status RunReturn(Context& context, const HandoverFlags& flags) {
  gateway::v1::ReturnHandoverRequest request;
  request.set_name(flags.name);
  request.set_reason(flags.reason);
  request.set_note(flags.note);
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.validate_only);
  return context.Run<Handover>(absl::StrCat(kHandovers, "ReturnHandover"), request, ShowHandover);
}

absl::Status RunWithdraw(Context& context, const HandoverFlags& flags) {
  gateway::v1::WithdrawHandoverRequest request;
  request.set_name(flags.name);
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.validate_only);
  return context.Run<Handover>(absl::StrCat(kHandovers, "WithdrawHandover"), request, ShowHandover);
}

// What became of what was promised; where that cannot be read, the names alone.
std::string FetchPromises(Context& context, const Handover& handover) {
  if (handover.promises().empty()) return "";
  lead::v1::GetPromisesRequest request;
  request.set_name(handover.subject());
  const auto known = context.caller().Ask<lead::v1::PromiseSet>(
      context.as(), "comity.lead.v1.OpportunityService/GetPromises", request);
  const std::string why =
      known.ok() ? "" : absl::StrCat("what they say is missing: ", ErrorText(known.status()), "\n");
  return absl::StrCat(ShowPromisesOf(handover, known.value_or(lead::v1::PromiseSet())), why);
}

absl::Status RunShow(Context& context, const HandoverFlags& flags) {
  gateway::v1::GetHandoverRequest request;
  request.set_name(flags.name);
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const Handover handover,
                          context.caller().Ask<Handover>(
                              context.as(), absl::StrCat(kHandovers, "GetHandover"), request));
  if (context.for_machines()) return context.PrintMessage(handover);
  return context.Print(absl::StrCat(ShowHandover(handover), FetchPromises(context, handover)));
}

absl::Status RunList(Context& context, const ListFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::ListHandoversRequest request;
  request.set_filter(flags.filter);
  request.set_page_token(flags.page_token);
  request.set_page_size(flags.page_size == 0 && flags.all ? 500 : flags.page_size);
  COMITY_ASSIGN_OR_RETURN(
      const auto fetched,
      context.FetchList(absl::StrCat(kHandovers, "ListHandovers"), flags.all, &request));
  const auto& reply = static_cast<const gateway::v1::ListHandoversResponse&>(*fetched);
  if (context.for_machines()) return context.PrintMessage(reply);
  COMITY_RETURN_IF_ERROR(context.Print(ShowHandoverList(reply, TerminalWidth())));
  return context.PrintMore(reply);
}

absl::Status RunAgreements(Context& context) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const Charter charter, FetchCharter(context));
  if (!context.for_machines()) return context.Print(ShowAgreements(charter));
  Charter agreements;
  agreements.set_revision(charter.revision());
  *agreements.mutable_handovers() = charter.handovers();
  return context.PrintMessage(agreements);
}

void AddOffer(CLI::App* handover, Context* context) {
  const auto flags = std::make_shared<HandoverFlags>();
  CLI::App* offer =
      handover->add_subcommand("offer", "Offers a record of your department to another one");
  offer->add_option("agreement", flags->agreement, "By which agreement, e.g. qualified-lead")
      ->required();
  offer->add_option("subject", flags->subject, "leads/…, opportunities/…, accounts/… or cases/…")
      ->required();
  offer
      ->add_option("--answer,-a", flags->answers,
                   "Answers the next item of the checklist: once for each, in its order")
      ->allow_extra_args(false);
  offer->add_option("--note", flags->note, "What else there is to say");
  offer->add_flag("--validate-only", flags->validate_only, "Checks and stores nothing");
  offer->footer(
      "Example:\n  comity handover offer qualified-lead leads/0190… --answer 'A CRM for 40 people' "
      "--answer 'Ms Weber, by phone' --answer 'A demonstration next week' --as mia@marketing\n"
      "`comity handover agreements` has each checklist. What was returned can be offered again.");
  offer->callback([=] { context->action = [=] { return RunOffer(*context, *flags); }; });
}

void AddAccept(CLI::App* handover, Context* context) {
  const auto flags = std::make_shared<HandoverFlags>();
  CLI::App* accept =
      handover->add_subcommand("accept", "Accepts an offer: your department is responsible then");
  accept->add_option("handover", flags->name, "handovers/…")->required();
  accept->add_option("--owner", flags->owner,
                     "Who of your department works on it (default: whoever accepts)");
  accept->add_flag("--no-wait", flags->no_wait, "Returns at once, with the workflow's name");
  accept->add_flag("--validate-only", flags->validate_only, "Checks and starts nothing");
  accept->footer("Example:\n  comity handover accept handovers/0190… --owner ana --as sam@sales");
  accept->callback([=] { context->action = [=] { return RunAccept(*context, *flags); }; });
}

void AddReturn(CLI::App* handover, Context* context) {
  const auto flags = std::make_shared<HandoverFlags>();
  CLI::App* back =
      handover->add_subcommand("return", "Returns an offer to the department that made it");
  back->add_option("handover", flags->name, "handovers/…")->required();
  back->add_option("--reason,-r", flags->reason, "One of the agreement's reasons, e.g. no-need")
      ->required();
  back->add_option("--note", flags->note, "What else there is to say");
  back->add_flag("--validate-only", flags->validate_only, "Checks and stores nothing");
  back->footer(
      "Example:\n  comity handover return handovers/0190… --reason incomplete --note 'Who "
      "decides?' "
      "--as ana@sales");
  back->callback([=] { context->action = [=] { return RunReturn(*context, *flags); }; });
}

void AddWithdraw(CLI::App* handover, Context* context) {
  const auto flags = std::make_shared<HandoverFlags>();
  CLI::App* withdraw =
      handover->add_subcommand("withdraw", "Takes back an offer that was not answered");
  withdraw->add_option("handover", flags->name, "handovers/…")->required();
  withdraw->add_flag("--validate-only", flags->validate_only, "Checks and stores nothing");
  withdraw->footer("Example:\n  comity handover withdraw handovers/0190… --as mia@marketing");
  withdraw->callback([=] { context->action = [=] { return RunWithdraw(*context, *flags); }; });
}

void AddShow(CLI::App* handover, Context* context) {
  const auto flags = std::make_shared<HandoverFlags>();
  CLI::App* show = handover->add_subcommand(
      "show",
      "One handover: its checklist, its answer, its clocks, and what became of what was promised");
  show->add_option("handover", flags->name, "handovers/…")->required();
  show->footer("Example:\n  comity handover show handovers/0190…");
  show->callback([=] { context->action = [=] { return RunShow(*context, *flags); }; });
}

void AddList(CLI::App* handover, Context* context) {
  const auto flags = std::make_shared<ListFlags>();
  CLI::App* list = handover->add_subcommand("list", "Handovers, the latest first");
  list->add_option("--filter", flags->filter,
                   "By state, from, to, subject, awaits and escalated_to");
  list->add_option("--page-size", flags->page_size, "Entries a page, at most 500 (default 50)");
  list->add_option("--page-token", flags->page_token, "Goes on where an earlier page ended");
  list->add_flag("--all", flags->all, "Every page");
  list->footer(
      "Examples:\n  comity handover list --filter 'to = departments/sales AND state = OFFERED'\n"
      "  comity handover list --filter 'subject = leads/0190…' -o json\n"
      "Filters: state, from, to, subject, awaits (the department to answer or act next), "
      "escalated_to (the department that is told that it is late); combined by AND.");
  list->callback([=] { context->action = [=] { return RunList(*context, *flags); }; });
}

}  // namespace

void AddHandoverCommands(CLI::App* app, Context* context) {
  CLI::App* handover =
      app->add_subcommand("handover", "Work that passes from one department to another");
  handover->require_subcommand(1);
  AddOffer(handover, context);
  AddAccept(handover, context);
  AddReturn(handover, context);
  AddWithdraw(handover, context);
  AddShow(handover, context);
  AddList(handover, context);
  CLI::App* agreements = handover->add_subcommand(
      "agreements", "Who hands over what to whom, by which checklist and within which time");
  agreements->footer("Example:\n  comity handover agreements");
  agreements->callback([=] { context->action = [=] { return RunAgreements(*context); }; });
}

}  // namespace comity::client
