#include "services/client/commands/story_waits.h"

#include <cstdio>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "comity/gateway/v1/credit_service.pb.h"
#include "comity/gateway/v1/dispute_service.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "services/client/commands/charter_commands.h"
#include "services/client/demo/company.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Milliseconds(250);

// Whether it is so by now.
using Look = absl::StatusOr<bool> (*)(Context& context, StoryNames* names);

absl::StatusOr<bool> NothingUnderWay(Context& context, StoryNames* names) {
  COMITY_ASSIGN_OR_RETURN(const auto known, FetchRevisions(context));
  if (known.revisions().empty() || !known.revisions(0).in_force()) return false;
  const int base = known.revisions(0).revision();
  (*names)["base"] = absl::StrCat(base);
  (*names)["next"] = absl::StrCat(base + 1);
  return true;
}

// What is known of $next.
absl::StatusOr<gateway::v1::CharterRevision> FetchNext(Context& context, StoryNames* names) {
  COMITY_ASSIGN_OR_RETURN(const auto known, FetchRevisions(context));
  for (const auto& revision : known.revisions()) {
    if (absl::StrCat(revision.revision()) == (*names)["next"]) return revision;
  }
  return gateway::v1::CharterRevision();
}

absl::StatusOr<bool> RevisionAnnounced(Context& context, StoryNames* names) {
  COMITY_ASSIGN_OR_RETURN(const auto next, FetchNext(context, names));
  return next.has_effective_time();
}

absl::StatusOr<bool> RevisionInForce(Context& context, StoryNames* names) {
  COMITY_ASSIGN_OR_RETURN(const auto next, FetchNext(context, names));
  return next.in_force();
}

absl::StatusOr<bool> StatementDrawn(Context& context, StoryNames* names) {
  gateway::v1::ListStatementsRequest request;
  request.set_filter(absl::StrCat("opportunity = \"", (*names)["opportunity"], "\""));
  COMITY_ASSIGN_OR_RETURN(const auto drawn,
                          context.caller().Ask<gateway::v1::ListStatementsResponse>(
                              StewardOf("departments/marketing"),
                              "comity.gateway.v1.CreditService/ListStatements", request));
  if (drawn.statements().empty()) return false;
  (*names)["statement"] = drawn.statements(0).name();
  return true;
}

absl::StatusOr<bool> StatementDrawnAnew(Context& context, StoryNames* names) {
  gateway::v1::GetDisputeRequest request;
  request.set_name((*names)["dispute"]);
  COMITY_ASSIGN_OR_RETURN(const auto dispute,
                          context.caller().Ask<gateway::v1::Dispute>(
                              StewardOf("departments/marketing"),
                              "comity.gateway.v1.DisputeService/GetDispute", request));
  (*names)["anew"] = dispute.statement();
  return !dispute.statement().empty();
}

absl::StatusOr<bool> AccountOffered(Context& context, StoryNames* names) {
  gateway::v1::ListHandoversRequest request;
  request.set_filter(absl::StrCat("subject = \"", (*names)["account"], "\""));
  COMITY_ASSIGN_OR_RETURN(const auto offered,
                          context.caller().Ask<gateway::v1::ListHandoversResponse>(
                              StewardOf("departments/support"),
                              "comity.gateway.v1.HandoverService/ListHandovers", request));
  if (offered.handovers().empty()) return false;
  (*names)["onboarding"] = offered.handovers(0).name();
  return true;
}

absl::StatusOr<bool> OfferEscalated(Context& context, StoryNames* names) {
  gateway::v1::GetHandoverRequest request;
  request.set_name((*names)["offer"]);
  COMITY_ASSIGN_OR_RETURN(const auto offer,
                          context.caller().Ask<gateway::v1::Handover>(
                              StewardOf("departments/marketing"),
                              "comity.gateway.v1.HandoverService/GetHandover", request));
  return offer.accept_clock().escalated();
}

struct Wait {
  const char* until;
  Look look;
};

Wait WaitFor(Awaited what) {
  switch (what) {
    case Awaited::kNothing:
      break;
    case Awaited::kNoRevisionUnderWay:
      return {"a revision that was signed before comes into force", NothingUnderWay};
    case Awaited::kStatementDrawn:
      return {"the credit statement is drawn", StatementDrawn};
    case Awaited::kAccountOffered:
      return {"the customer is offered to support", AccountOffered};
    case Awaited::kStatementDrawnAnew:
      return {"the statement is drawn anew", StatementDrawnAnew};
    case Awaited::kOfferEscalated:
      return {"the offer that nobody answers is escalated", OfferEscalated};
    case Awaited::kRevisionAnnounced:
      return {"all services have the new revision", RevisionAnnounced};
    case Awaited::kRevisionInForce:
      return {"the new revision is in force", RevisionInForce};
  }
  return {"", [](Context&, StoryNames*) -> absl::StatusOr<bool> { return true; }};
}

void ShowWaiting(const char* until, absl::Duration waited) {
  if (!ErrorsAreTerminal()) return;
  std::fprintf(stderr, "\r\x1b[Kwaiting until %s, %d s", until,
               static_cast<int>(absl::ToInt64Seconds(waited)));
}

}  // namespace

absl::Status AwaitStory(Context& context, Awaited what, absl::Duration limit, StoryNames* names) {
  const Wait wait = WaitFor(what);
  const absl::Time start = absl::Now();
  while (true) {
    const absl::StatusOr<bool> is_so = wait.look(context, names);
    const absl::Duration waited = absl::Now() - start;
    const bool ends = !is_so.ok() || *is_so || waited > limit;
    if (ends && waited > kBetweenLooks && ErrorsAreTerminal()) std::fprintf(stderr, "\r\x1b[K");
    COMITY_RETURN_IF_ERROR(is_so.status());
    if (*is_so) return absl::OkStatus();
    if (ends) {
      return MakeError(absl::StatusCode::kDeadlineExceeded, "STORY_STANDS_STILL",
                       absl::StrCat("waited ", absl::FormatDuration(limit), " until ", wait.until,
                                    "; `comity workflow list --filter 'state = STUCK'` shows what "
                                    "waits for somebody"));
    }
    ShowWaiting(wait.until, waited);
    absl::SleepFor(kBetweenLooks);
  }
}

}  // namespace comity::client
