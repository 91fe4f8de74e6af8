// comity inbox: what waits for the department that one acts for.
#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "comity/gateway/v1/credit_service.pb.h"
#include "comity/gateway/v1/dispute_service.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/gateway/v1/inbox.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "services/client/commands/commands.h"
#include "services/client/output/inbox_view.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr int kPage = 500;

// Every page. What the department has no right to read is empty, and `missing` says why.
template <typename Response, typename Request>
absl::StatusOr<Response> Fetch(Context& context, const char* method, const std::string& filter,
                               std::string* missing) {
  Request request;
  request.set_filter(filter);
  request.set_page_size(kPage);
  const auto list = context.FetchList(method, /*all=*/true, &request);
  if (missing != nullptr && Reason(list.status()) == "RIGHT_REQUIRED") {
    *missing = std::string(list.status().message());
    return Response();
  }
  COMITY_RETURN_IF_ERROR(list.status());
  return static_cast<const Response&>(**list);
}

absl::Status AddHandovers(Context& context, gateway::v1::Inbox* inbox) {
  using gateway::v1::ListHandoversRequest;
  using gateway::v1::ListHandoversResponse;
  COMITY_ASSIGN_OR_RETURN(
      const auto list,
      (Fetch<ListHandoversResponse, ListHandoversRequest>(
          context, "comity.gateway.v1.HandoverService/ListHandovers",
          absl::StrCat("awaits = ", inbox->department()), inbox->mutable_handovers_missing())));
  *inbox->mutable_handovers() = list.handovers();
  COMITY_ASSIGN_OR_RETURN(const auto escalated,
                          (Fetch<ListHandoversResponse, ListHandoversRequest>(
                              context, "comity.gateway.v1.HandoverService/ListHandovers",
                              absl::StrCat("escalated_to = ", inbox->department()),
                              inbox->mutable_handovers_missing())));
  *inbox->mutable_escalated() = escalated.handovers();
  return absl::OkStatus();
}

absl::Status AddStatements(Context& context, gateway::v1::Inbox* inbox) {
  using gateway::v1::ListStatementsRequest;
  using gateway::v1::ListStatementsResponse;
  COMITY_ASSIGN_OR_RETURN(const auto list,
                          (Fetch<ListStatementsResponse, ListStatementsRequest>(
                              context, "comity.gateway.v1.CreditService/ListStatements",
                              "state = DRAWN", inbox->mutable_statements_missing())));
  for (const auto& statement : list.statements()) {
    const bool waits = AwaitsWord(statement, inbox->department()) ||
                       AwaitsAcceptance(statement, inbox->department());
    if (waits) *inbox->add_statements() = statement;
  }
  return absl::OkStatus();
}

absl::Status AddDisputes(Context& context, gateway::v1::Inbox* inbox) {
  using gateway::v1::ListDisputesRequest;
  using gateway::v1::ListDisputesResponse;
  COMITY_ASSIGN_OR_RETURN(
      const auto list,
      (Fetch<ListDisputesResponse, ListDisputesRequest>(
          context, "comity.gateway.v1.DisputeService/ListDisputes",
          absl::StrCat("awaits = ", inbox->department()), inbox->mutable_disputes_missing())));
  *inbox->mutable_disputes() = list.disputes();
  return absl::OkStatus();
}

// About which kinds of subject the silence of the department assents after a term.
std::set<std::string> WhereSilenceAssents(const type::v1::Charter& charter,
                                          const std::string& department) {
  std::set<std::string> collections;
  for (const type::v1::Question& question : charter.questions()) {
    const auto& voices = question.voices();
    const bool has_voice = std::find(voices.begin(), voices.end(), department) != voices.end();
    if (has_voice && question.settlement().silence_hours() > 0) {
      collections.insert(question.collection());
    }
  }
  return collections;
}

absl::Status AddJudgements(Context& context, const type::v1::Charter& charter,
                           gateway::v1::Inbox* inbox) {
  for (const std::string& collection : WhereSilenceAssents(charter, inbox->department())) {
    judgement::v1::ListAwaitedJudgementsRequest request;
    request.set_parent(absl::StrCat(collection, "/-"));
    request.set_page_size(kPage);
    const auto list = context.FetchList(
        "comity.judgement.v1.JudgementService/ListAwaitedJudgements", /*all=*/true, &request);
    if (Reason(list.status()) == "RIGHT_REQUIRED") {
      inbox->set_judgements_missing(std::string(list.status().message()));
      continue;
    }
    COMITY_RETURN_IF_ERROR(list.status());
    inbox->mutable_judgements()->MergeFrom(
        static_cast<const judgement::v1::ListAwaitedJudgementsResponse&>(**list).awaited());
  }
  return absl::OkStatus();
}

absl::Status AddProposals(Context& context, const type::v1::Charter& charter,
                          gateway::v1::Inbox* inbox) {
  using gateway::v1::ListProposalsRequest;
  using gateway::v1::ListProposalsResponse;
  COMITY_ASSIGN_OR_RETURN(const auto list,
                          (Fetch<ListProposalsResponse, ListProposalsRequest>(
                              context, "comity.gateway.v1.CharterService/ListProposals",
                              "state = OPEN", /*missing=*/nullptr)));
  for (const auto& proposal : list.proposals()) {
    if (AwaitsWord(proposal, inbox->department(), charter.arbiter(), absl::Now())) {
      *inbox->add_proposals() = proposal;
    }
  }
  return absl::OkStatus();
}

absl::Status AddDelegations(Context& context, gateway::v1::Inbox* inbox) {
  using gateway::v1::ListDelegationsRequest;
  using gateway::v1::ListDelegationsResponse;
  COMITY_ASSIGN_OR_RETURN(
      const auto list,
      (Fetch<ListDelegationsResponse, ListDelegationsRequest>(
          context, "comity.gateway.v1.CharterService/ListDelegations",
          absl::StrCat("department = ", inbox->department()), /*missing=*/nullptr)));
  for (const auto& delegation : list.delegations()) {
    if (delegation.state() == gateway::v1::CHARTER_DELEGATION_STATE_STANDING) {
      *inbox->add_delegations() = delegation;
    }
  }
  return absl::OkStatus();
}

absl::Status RunInbox(Context& context) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::Inbox inbox;
  inbox.set_department(context.as().department);
  COMITY_ASSIGN_OR_RETURN(const auto charter,
                          context.caller().Ask<type::v1::Charter>(
                              context.as(), "comity.gateway.v1.CharterService/GetCharter",
                              gateway::v1::GetCharterRequest()));
  COMITY_RETURN_IF_ERROR(AddHandovers(context, &inbox));
  COMITY_RETURN_IF_ERROR(AddProposals(context, charter, &inbox));
  COMITY_RETURN_IF_ERROR(AddDelegations(context, &inbox));
  COMITY_RETURN_IF_ERROR(AddJudgements(context, charter, &inbox));
  COMITY_RETURN_IF_ERROR(AddStatements(context, &inbox));
  COMITY_RETURN_IF_ERROR(AddDisputes(context, &inbox));
  if (context.for_machines()) return context.PrintMessage(inbox);
  return context.Print(ShowInbox(inbox, absl::Now(), TerminalWidth()));
}

}  // namespace

void AddInboxCommand(CLI::App* app, Context* context) {
  CLI::App* inbox = app->add_subcommand("inbox",
                                        "What waits for your department: offers, work, proposals, "
                                        "credit statements, disputes, awaited judgements, by "
                                        "their clocks");
  inbox->footer("Example:\n  comity inbox --as ana@sales");
  inbox->callback([=] { context->action = [=] { return RunInbox(*context); }; });
}

}  // namespace comity::client
