#include "services/client/output/inbox_view.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/client/charter/proposal_text.h"
#include "services/client/output/dispute_view.h"
#include "services/client/output/format.h"
#include "services/client/output/table.h"
#include "services/runtime/resource/columns.h"

namespace comity::client {
namespace {

using gateway::v1::CharterProposal;
using gateway::v1::CreditStatement;
using gateway::v1::Handover;

// One thing that waits.
struct Waiting {
  absl::Time due = absl::InfiniteFuture();
  std::string what;
  std::string about;
  std::string from;
  std::string name;
  std::string clock;
};

bool Holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string ClockWord(const gateway::v1::HandoverClock& clock, absl::Time now) {
  if (clock.has_pause_time() && !clock.breached()) return "paused";
  if (clock.breached() || now >= resource::ToTime(clock.due_time())) return "over";
  return clock.warned() || now >= resource::ToTime(clock.warn_time()) ? "nearly over" : "";
}

Waiting WaitingFor(const Handover& handover, absl::Time now) {
  const bool is_accepted = handover.state() == gateway::v1::HANDOVER_STATE_ACCEPTED;
  const auto& clock = is_accepted ? handover.act_clock() : handover.accept_clock();
  Waiting waiting;
  waiting.due = resource::ToTime(clock.due_time());
  waiting.what = is_accepted ? "to act" : "to answer";
  waiting.about = handover.subject();
  waiting.from = ShortName(handover.from());
  waiting.name = handover.name();
  waiting.clock = ClockWord(clock, now);
  return waiting;
}

// It waits for another department, which is late: this one was told.
Waiting EscalatedOf(const Handover& handover, absl::Time now) {
  Waiting waiting = WaitingFor(handover, now);
  waiting.what = handover.state() == gateway::v1::HANDOVER_STATE_ACCEPTED
                     ? absl::StrCat(ShortName(handover.to()), " is to act")
                     : absl::StrCat(ShortName(handover.to()), " is to answer");
  waiting.clock = "escalated";
  return waiting;
}

Waiting WaitingFor(const CharterProposal& proposal, const std::string& department) {
  Waiting waiting;
  waiting.what = Holds(Awaited(proposal), department) ? "to sign" : "to decide";
  waiting.about = proposal.title();
  waiting.from = ShortName(proposal.author().department());
  waiting.name = proposal.name();
  // After that, the arbiter may decide without its word.
  if (proposal.has_arbiter_time()) waiting.due = resource::ToTime(proposal.arbiter_time());
  return waiting;
}

// By then; who says nothing has nothing against it.
Waiting WaitingFor(const CreditStatement& statement) {
  Waiting waiting;
  waiting.what = "to acknowledge";
  waiting.about = statement.opportunity();
  waiting.name = statement.name();
  if (statement.has_term_end_time()) waiting.due = resource::ToTime(statement.term_end_time());
  return waiting;
}

// What others have accepted already: without its word it does not count.
Waiting WaitingForAcceptance(const CreditStatement& statement) {
  Waiting waiting = WaitingFor(statement);
  waiting.what = "to accept late touches";
  return waiting;
}

// The words tell a dispute from all else that waits.
Waiting WaitingFor(const gateway::v1::Dispute& dispute, const std::string& department) {
  const DisputeTask task = TaskOf(dispute, department);
  Waiting waiting;
  waiting.what = absl::StrCat("dispute ", task.what);
  waiting.about = dispute.subject();
  waiting.from = ShortName(dispute.department());
  waiting.name = dispute.name();
  if (task.clock == nullptr) return waiting;
  waiting.due = resource::ToTime(task.clock->due_time());
  waiting.clock = task.clock->warned() ? "nearly over" : "";
  return waiting;
}

// By then; whoever says nothing assents to what the others hold.
Waiting WaitingFor(const judgement::v1::AwaitedJudgement& awaited) {
  Waiting waiting;
  waiting.due = resource::ToTime(awaited.due_time());
  waiting.what = "to judge";
  waiting.about = awaited.subject();
  waiting.name = awaited.question();
  return waiting;
}

// Until then somebody else may sign.
Waiting EndOf(const gateway::v1::CharterDelegation& delegation) {
  Waiting waiting;
  waiting.due = resource::ToTime(delegation.expire_time());
  waiting.what = "delegation ends";
  waiting.about = absl::StrCat(ShortName(delegation.delegate()), " signs for ",
                               ShortName(delegation.steward()));
  waiting.from = ShortName(delegation.department());
  waiting.name = delegation.name();
  return waiting;
}

std::string DueText(absl::Time due) {
  return due == absl::InfiniteFuture() ? "" : FormatTime(resource::FromTime(due));
}

std::string MissingText(absl::string_view what, const std::string& why) {
  return why.empty() ? "" : absl::StrCat("without ", what, ": ", why, "\n");
}

std::string HowTo(const std::vector<Waiting>& all) {
  static const auto* const commands = new std::map<std::string, std::string>{
      {"to answer", "comity handover accept handovers/…, or return"},
      {"dispute to be answered", "comity dispute show disputes/…, then comity dispute answer …"},
      {"dispute to be agreed", "comity dispute show disputes/…, then comity dispute agree …"},
      {"dispute to be decided", "comity dispute show disputes/…, then comity dispute decide …"},
      {"dispute may be appealed", "comity dispute show disputes/…, then comity dispute appeal …"},
      {"dispute to act on",
       "judge, correct or accept as the outcome says, then comity dispute fulfil disputes/…"},
      {"to act",
       "comity fact record …: the first fact of your department about it stops the clock"},
      {"delegation ends",
       "until then the delegate signs by comity charter sign … --as-delegate; a steward ends it by "
       "comity charter revoke …"},
      {"to sign", "comity charter proposal …, then comity charter sign|refuse …"},
      {"to acknowledge",
       "comity credit show credit-statements/…, then, by a steward, comity credit acknowledge …"},
      {"to accept late touches",
       "comity credit show credit-statements/…, then, by a steward, comity credit accept-touch …"},
      {"to judge",
       "comity standing …, then comity judge …: after its time, silence assents to what the others "
       "hold"},
      {"to decide", "comity charter proposal …, then comity charter sign --decide …"}};
  std::string text;
  for (const auto& [what, command] : *commands) {
    const bool waits = std::any_of(all.begin(), all.end(),
                                   [&what = what](const auto& each) { return each.what == what; });
    if (waits) absl::StrAppend(&text, what, ": ", command, "\n");
  }
  return text;
}

}  // namespace

bool AwaitsWord(const CharterProposal& proposal, const std::string& department,
                const std::string& arbiter, absl::Time now) {
  if (proposal.state() != gateway::v1::CHARTER_PROPOSAL_STATE_OPEN) return false;
  if (department == arbiter && proposal.has_arbiter_time() &&
      now >= resource::ToTime(proposal.arbiter_time())) {
    return true;
  }
  const auto& refusals = proposal.refusals();
  const bool refused = std::any_of(refusals.begin(), refusals.end(), [&](const auto& refusal) {
    return refusal.actor().department() == department;
  });
  return !refused && Holds(Awaited(proposal), department);
}

bool AwaitsWord(const CreditStatement& statement, const std::string& department) {
  if (statement.state() != gateway::v1::CREDIT_STATE_DRAWN) return false;
  const auto& asked = statement.departments();
  const auto& said = statement.acknowledgements();
  return std::find(asked.begin(), asked.end(), department) != asked.end() &&
         std::none_of(said.begin(), said.end(),
                      [&](const auto& each) { return each.department() == department; });
}

bool AwaitsAcceptance(const CreditStatement& statement, const std::string& department) {
  if (statement.state() != gateway::v1::CREDIT_STATE_DRAWN) return false;
  const auto& all = statement.late_acceptances();
  return std::any_of(all.begin(), all.end(), [&](const auto& each) {
    const auto& awaits = each.awaits();
    return std::find(awaits.begin(), awaits.end(), department) != awaits.end();
  });
}

std::string ShowInbox(const gateway::v1::Inbox& inbox, absl::Time now, int width) {
  std::vector<Waiting> all;
  for (const Handover& handover : inbox.handovers()) all.push_back(WaitingFor(handover, now));
  for (const Handover& handover : inbox.escalated()) all.push_back(EscalatedOf(handover, now));
  for (const CharterProposal& proposal : inbox.proposals()) {
    all.push_back(WaitingFor(proposal, inbox.department()));
  }
  for (const CreditStatement& statement : inbox.statements()) {
    if (AwaitsWord(statement, inbox.department())) all.push_back(WaitingFor(statement));
    if (AwaitsAcceptance(statement, inbox.department())) {
      all.push_back(WaitingForAcceptance(statement));
    }
  }
  for (const auto& dispute : inbox.disputes()) {
    all.push_back(WaitingFor(dispute, inbox.department()));
  }
  for (const auto& awaited : inbox.judgements()) all.push_back(WaitingFor(awaited));
  for (const auto& delegation : inbox.delegations()) all.push_back(EndOf(delegation));
  std::stable_sort(all.begin(), all.end(),
                   [](const Waiting& a, const Waiting& b) { return a.due < b.due; });
  Table table(
      {{"DUE", false, true}, {"CLOCK"}, {"WHAT"}, {"ABOUT"}, {"FROM"}, {"NAME", false, true}});
  for (const Waiting& each : all) {
    table.AddRow({DueText(each.due), each.clock, each.what, each.about, each.from, each.name});
  }
  const std::string missing =
      absl::StrCat(MissingText("handovers", inbox.handovers_missing()),
                   MissingText("credit statements", inbox.statements_missing()),
                   MissingText("disputes", inbox.disputes_missing()),
                   MissingText("awaited judgements", inbox.judgements_missing()));
  if (all.empty()) {
    return absl::StrCat("Nothing waits for ", ShortName(inbox.department()), ".\n", missing);
  }
  return absl::StrCat(table.Render(width), "\n", HowTo(all), missing);
}

}  // namespace comity::client
