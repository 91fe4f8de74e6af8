// What an entry about a dispute tells.
#include "absl/strings/match.h"
#include "services/gateway/timeline/told.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway::timeline {
namespace {

// Its clocks' notes are called by their side: `answer-breached`, `decide-warned`.
bool IsOfAnswering(const std::string& type) { return absl::StartsWith(type, "answer-"); }
bool IsOfDeciding(const std::string& type) { return absl::StartsWith(type, "decide-"); }

void TellOutcome(const v1::DisputeOutcome& outcome, v1::TimelineEvent* event) {
  event->set_verdict(outcome.verdict());
  event->set_answer(outcome.answer());
  event->set_reason(outcome.reason());
}

void TellTime(const v1::DisputeClock& clock, v1::TimelineEvent* event) {
  if (clock.has_due_time()) *event->mutable_due_time() = clock.due_time();
}

// The arbiter who was asked last.
void TellHearing(const v1::Dispute& dispute, v1::TimelineEvent* event) {
  if (dispute.hearings().empty()) return;
  const v1::DisputeHearing& hearing = dispute.hearings(dispute.hearings_size() - 1);
  event->set_arbiter(hearing.arbiter());
  TellTime(hearing.clock(), event);
}

void TellDecision(const v1::Dispute& dispute, v1::TimelineEvent* event) {
  const v1::DisputeHearing* const decision = DecisionIn(dispute);
  if (decision == nullptr) return;
  event->set_arbiter(decision->arbiter());
  TellOutcome(decision->outcome(), event);
  TellTime(dispute.appeal_clock(), event);
}

void TellEnd(const v1::Dispute& dispute, v1::TimelineEvent* event) {
  if (!dispute.has_outcome()) return;
  TellOutcome(dispute.outcome(), event);
  const v1::DisputeHearing* const decision = DecisionIn(dispute);
  const bool is_decided = dispute.state() == v1::DISPUTE_STATE_FINAL && decision != nullptr;
  if (is_decided) event->set_arbiter(decision->arbiter());
}

// Those that were noted by it.
void TellDeeds(const journal::v1::Entry& entry, const v1::Dispute& dispute,
               v1::TimelineEvent* event) {
  for (const v1::DisputeRemedy& remedy : dispute.remedies()) {
    const bool is_noted = remedy.has_note_time() && resource::ToTime(remedy.note_time()) ==
                                                        resource::ToTime(entry.occur_time());
    if (is_noted) event->add_deeds(remedy.done_by());
  }
}

void TellClock(const v1::Dispute& dispute, v1::TimelineEvent* event) {
  event->set_kind(v1::TIMELINE_EVENT_KIND_CLOCK);
  if (IsOfAnswering(event->type())) return TellTime(dispute.answer_clock(), event);
  // One that is over was followed by another hearing, if there was anybody left.
  for (const v1::DisputeHearing& hearing : dispute.hearings()) {
    const bool is_meant =
        event->type() == "decide-breached" ? hearing.clock().breached() : hearing.clock().warned();
    if (!is_meant) continue;
    event->set_arbiter(hearing.arbiter());
    event->set_to(hearing.arbiter());
    TellTime(hearing.clock(), event);
  }
}

}  // namespace

const v1::DisputeHearing* DecisionIn(const v1::Dispute& dispute) {
  const v1::DisputeHearing* decision = nullptr;
  for (const v1::DisputeHearing& hearing : dispute.hearings()) {
    if (hearing.has_outcome()) decision = &hearing;
  }
  return decision;
}

void TellDispute(const journal::v1::Entry& entry, const v1::Dispute& dispute,
                 v1::TimelineEvent* event) {
  event->set_kind(v1::TIMELINE_EVENT_KIND_DISPUTE);
  event->set_dispute_kind(dispute.kind());
  event->set_record(dispute.about());
  event->set_question(dispute.question());
  event->set_disputed(dispute.disputed());
  event->set_from(dispute.department());
  *event->mutable_others() = dispute.others();
  const std::string& type = entry.type();
  if (IsOfAnswering(type) || IsOfDeciding(type)) return TellClock(dispute, event);
  if (type == "opened") {
    event->set_reason(dispute.reason());
    TellTime(dispute.answer_clock(), event);
  } else if (type == "decided") {
    TellDecision(dispute, event);
  } else if (type == "agreement-offered" || type == "agreed-to") {
    TellOutcome(dispute.agreement().outcome(), event);
  } else if (type == "fulfilled") {
    TellDeeds(entry, dispute, event);
  } else if (type == "appealed") {
    event->set_reason(dispute.appeal().reason());
    TellHearing(dispute, event);
  } else if (type == "submitted" || type == "submitted-unanswered" || type == "passed-on") {
    TellHearing(dispute, event);
  } else {
    TellEnd(dispute, event);
  }
}

}  // namespace comity::gateway::timeline
