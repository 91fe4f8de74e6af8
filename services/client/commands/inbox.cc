// comity inbox: what waits for the department that one acts for.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/gateway/v1/inbox.pb.h"
#include "services/client/commands/commands.h"
#include "services/client/output/inbox_view.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr int kPage = 500;

// A department without the right to handovers has none that wait for it.
absl::Status AddHandovers(Context& context, gateway::v1::Inbox* inbox) {
  gateway::v1::ListHandoversRequest request;
  request.set_filter(absl::StrCat("awaits = ", inbox->department()));
  request.set_page_size(kPage);
  const auto list = context.FetchList("comity.gateway.v1.HandoverService/ListHandovers",
                                      /*all=*/true, &request);
  if (Reason(list.status()) == "RIGHT_REQUIRED") {
    inbox->set_handovers_missing(std::string(list.status().message()));
    return absl::OkStatus();
  }
  COMITY_RETURN_IF_ERROR(list.status());
  *inbox->mutable_handovers() =
      static_cast<const gateway::v1::ListHandoversResponse&>(**list).handovers();
  return absl::OkStatus();
}

absl::Status AddProposals(Context& context, gateway::v1::Inbox* inbox) {
  COMITY_ASSIGN_OR_RETURN(const auto charter,
                          context.caller().Ask<type::v1::Charter>(
                              context.as(), "comity.gateway.v1.CharterService/GetCharter",
                              gateway::v1::GetCharterRequest()));
  gateway::v1::ListProposalsRequest request;
  request.set_filter("state = OPEN");
  request.set_page_size(kPage);
  COMITY_ASSIGN_OR_RETURN(const auto list,
                          context.FetchList("comity.gateway.v1.CharterService/ListProposals",
                                            /*all=*/true, &request));
  const auto& reply = static_cast<const gateway::v1::ListProposalsResponse&>(*list);
  for (const auto& proposal : reply.proposals()) {
    if (AwaitsWord(proposal, inbox->department(), charter.arbiter(), absl::Now())) {
      *inbox->add_proposals() = proposal;
    }
  }
  return absl::OkStatus();
}

absl::Status RunInbox(Context& context) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::Inbox inbox;
  inbox.set_department(context.as().department);
  COMITY_RETURN_IF_ERROR(AddHandovers(context, &inbox));
  COMITY_RETURN_IF_ERROR(AddProposals(context, &inbox));
  if (context.for_machines()) return context.PrintMessage(inbox);
  return context.Print(ShowInbox(inbox, absl::Now(), TerminalWidth()));
}

}  // namespace

void AddInboxCommand(CLI::App* app, Context* context) {
  CLI::App* inbox = app->add_subcommand(
      "inbox", "What waits for your department: offers, work, proposals, with their clocks");
  inbox->footer("Example:\n  comity inbox --as ana@sales");
  inbox->callback([=] { context->action = [=] { return RunInbox(*context); }; });
}

}  // namespace comity::client
