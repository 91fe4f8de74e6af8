#include "services/gateway/handover/handover_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/gateway/handover/handover_clock.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr int kLooksForDeeds = 10;  // during the time to act
constexpr int kMostPromises = 200;  // that are named in a handover

absl::Time TimeOf(const google::protobuf::Timestamp& stamp) { return resource::ToTime(stamp); }

std::string StateText(v1::HandoverState state) {
  std::string name = v1::HandoverState_Name(state);
  return absl::AsciiStrToLower(absl::StripPrefix(name, "HANDOVER_STATE_"));
}

absl::Status CheckOpen(const v1::Handover& handover) {
  if (handover.state() == v1::HANDOVER_STATE_OFFERED) return absl::OkStatus();
  return PreconditionFailed(
      "HANDOVER_NOT_OPEN", handover.name(),
      absl::StrCat("it is ", StateText(handover.state()), " by ", handover.answered_by().person()));
}

absl::Status CheckItems(const type::v1::HandoverAgreement& agreement,
                        const v1::OfferHandoverRequest& request) {
  std::set<std::string> open(agreement.checklist().begin(), agreement.checklist().end());
  for (const v1::ChecklistAnswer& answer : request.checklist()) {
    if (absl::StripAsciiWhitespace(answer.answer()).empty()) continue;  // that is no answer
    if (open.erase(answer.item()) == 1) continue;
    return InvalidField("CHECKLIST_ITEM_UNKNOWN", "checklist",
                        absl::StrCat("`", answer.item(), "` is no item of ", agreement.name(),
                                     ", or was answered already"));
  }
  if (open.empty()) return absl::OkStatus();
  return InvalidField("CHECKLIST_INCOMPLETE", "checklist",
                      absl::StrCat(agreement.name(), " asks: ", *open.begin()));
}

bool AwaitsEscalation(const v1::HandoverClock& clock) {
  return clock.has_escalate_time() && !clock.escalated();
}

void NoteClock(absl::Time now, const char* side, v1::HandoverClock* clock,
               std::vector<HandoverEvent>* events) {
  if (!Runs(*clock)) return;
  if (clock->has_pause_time()) now = std::min(now, TimeOf(clock->pause_time()));
  if (!clock->warned() && now >= TimeOf(clock->warn_time())) {
    clock->set_warned(true);
    events->push_back({absl::StrCat(side, "-warned"), TimeOf(clock->warn_time())});
  }
  if (!clock->breached() && now >= TimeOf(clock->due_time())) {
    clock->set_breached(true);
    events->push_back({absl::StrCat(side, "-breached"), TimeOf(clock->due_time())});
  }
  if (AwaitsEscalation(*clock) && now >= TimeOf(clock->escalate_time())) {
    clock->set_escalated(true);
    events->push_back({absl::StrCat(side, "-escalated"), TimeOf(clock->escalate_time())});
  }
}

absl::Time NextEvent(const v1::HandoverClock& clock) {
  if (!Runs(clock) || clock.has_pause_time()) return absl::InfiniteFuture();
  if (!clock.warned()) return TimeOf(clock.warn_time());
  if (!clock.breached()) return TimeOf(clock.due_time());
  return AwaitsEscalation(clock) ? TimeOf(clock.escalate_time()) : absl::InfiniteFuture();
}

absl::Duration StepOfLooks(const v1::HandoverClock& clock) {
  return std::max((TimeOf(clock.due_time()) - TimeOf(clock.start_time())) / kLooksForDeeds,
                  absl::Microseconds(1));
}

// While it is paused: what ends that is looked for ever more seldom.
absl::Time NextLookForEndOfPause(const v1::HandoverClock& clock, absl::Time now) {
  if (!Runs(clock) || !clock.has_pause_time()) return absl::InfiniteFuture();
  return now + std::max(StepOfLooks(clock), (now - TimeOf(clock.pause_time())) / kLooksForDeeds);
}

// Also where it stands: what stopped it may be voided before its time is over. After that nobody is
// in a hurry; what is forgotten for years must not be asked for each hour.
absl::Time NextLookForDeeds(const v1::HandoverClock& clock, absl::Time now) {
  const absl::Time start = TimeOf(clock.start_time());
  const absl::Time due = TimeOf(clock.due_time());
  const absl::Duration step = StepOfLooks(clock);
  if (now >= due) {
    return Runs(clock) ? now + std::max(step, (now - start) / kLooksForDeeds)
                       : absl::InfiniteFuture();
  }
  absl::Duration rest;
  const int64_t looks = absl::IDivDuration(now - start, step, &rest);
  return start + step * (std::max<int64_t>(looks, 0) + 1);
}

}  // namespace

const type::v1::HandoverAgreement* FindAgreement(const type::v1::Charter& charter,
                                                 const std::string& name) {
  const auto& agreements = charter.handovers();
  const auto found = std::find_if(agreements.begin(), agreements.end(),
                                  [&](const auto& agreement) { return agreement.name() == name; });
  return found == agreements.end() ? nullptr : &*found;
}

std::string ServiceOfSubject(const std::string& subject) {
  const std::string collection = resource::CollectionOf(subject);
  if (collection == "leads" || collection == "opportunities") return "lead";
  if (collection == "accounts") return "account";
  if (collection == "cases") return "support";
  return "";
}

absl::Status CheckOffer(const type::v1::HandoverAgreement& agreement, const std::string& department,
                        const v1::OfferHandoverRequest& request) {
  if (agreement.from() != department) {
    return PermissionDenied("AGREEMENT_NOT_OWN", absl::StrCat("by ", agreement.name(), " ",
                                                              agreement.from(), " offers"));
  }
  const std::string collection = resource::CollectionOf(request.subject());
  if (agreement.collection() != collection || ServiceOfSubject(request.subject()).empty()) {
    return InvalidField("COLLECTION_DIFFERS", "subject",
                        absl::StrCat(agreement.name(), " is about ", agreement.collection()));
  }
  return CheckItems(agreement, request);
}

absl::StatusOr<v1::Handover> BeginHandover(const type::v1::Charter& charter,
                                           const type::v1::HandoverAgreement& agreement,
                                           const v1::OfferHandoverRequest& request,
                                           absl::Time now) {
  v1::Handover handover;
  handover.set_agreement(agreement.name());
  handover.set_charter_revision(charter.revision());
  handover.set_subject(request.subject());
  handover.set_from(agreement.from());
  handover.set_to(agreement.to());
  handover.set_state(v1::HANDOVER_STATE_OFFERED);
  *handover.mutable_checklist() = request.checklist();
  handover.set_note(request.note());
  handover.set_escalate_to(agreement.escalate_to());
  *handover.mutable_create_time() = resource::FromTime(now);
  *handover.mutable_update_time() = resource::FromTime(now);
  COMITY_ASSIGN_OR_RETURN(*handover.mutable_accept_clock(),
                          StartClock(charter, agreement, now, agreement.accept_hours()));
  return handover;
}

void TakePromises(const lead::v1::PromiseSet& promises, v1::Handover* handover) {
  handover->set_more_promises(promises.more());
  for (const lead::v1::Promise& promise : promises.promises()) {
    if (promise.state() != lead::v1::PROMISE_STATE_OPEN) continue;
    if (handover->promises_size() == kMostPromises) return handover->set_more_promises(true);
    handover->add_promises(promise.name());
  }
}

absl::Status CheckMayAnswer(const v1::Handover& handover, const std::string& department) {
  if (handover.to() == department) return CheckOpen(handover);
  return PermissionDenied("NOT_OWN_DEPARTMENT", absl::StrCat("it is offered to ", handover.to(),
                                                             ", which accepts or returns it"));
}

absl::Status CheckMayWithdraw(const v1::Handover& handover, const std::string& department) {
  if (handover.from() == department) return CheckOpen(handover);
  return PermissionDenied("NOT_OWN_DEPARTMENT", absl::StrCat("it is an offer of ", handover.from(),
                                                             ", which alone takes it back"));
}

absl::Status CheckReturnReason(const type::v1::HandoverAgreement& agreement,
                               const std::string& reason) {
  std::string known;
  for (const type::v1::ReturnReason& other : agreement.return_reasons()) {
    if (other.id() == reason) return absl::OkStatus();
    absl::StrAppend(&known, known.empty() ? "" : ", ", other.id());
  }
  return InvalidField("RETURN_REASON_UNKNOWN", "reason",
                      absl::StrCat(agreement.name(), " is returned for: ", known));
}

void Answer(v1::HandoverState state, const type::v1::Actor& actor, absl::Time now,
            v1::Handover* handover) {
  handover->set_state(state);
  *handover->mutable_answered_by() = actor;
  *handover->mutable_answer_time() = resource::FromTime(now);
  *handover->mutable_accept_clock()->mutable_stop_time() = resource::FromTime(now);
}

bool IsHeldBy(const v1::Handover& handover, const std::string& workflow) {
  return handover.state() == v1::HANDOVER_STATE_ACCEPTING && handover.workflow() == workflow;
}

void Reopen(v1::Handover* handover) {
  handover->set_state(v1::HANDOVER_STATE_OFFERED);
  handover->clear_answered_by();
  handover->clear_answer_time();
  handover->clear_owner();
  handover->mutable_accept_clock()->clear_stop_time();
}

absl::Status CompleteAcceptance(const type::v1::Charter& charter,
                                const type::v1::HandoverAgreement& agreement, int64_t version,
                                absl::Time now, v1::Handover* handover) {
  handover->set_state(v1::HANDOVER_STATE_ACCEPTED);
  handover->set_subject_version(version);
  if (agreement.act_hours() <= 0) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(*handover->mutable_act_clock(),
                          StartClock(charter, agreement, now, agreement.act_hours()));
  return absl::OkStatus();
}

std::vector<HandoverEvent> NoteClocks(absl::Time now, v1::Handover* handover) {
  std::vector<HandoverEvent> events;
  if (handover->has_accept_clock()) {
    NoteClock(now, "accept", handover->mutable_accept_clock(), &events);
  }
  return events;
}

std::vector<HandoverEvent> NoteDeed(std::optional<absl::Time> acted, absl::Time now,
                                    v1::Handover* handover) {
  std::vector<HandoverEvent> events;
  if (!handover->has_act_clock()) return events;
  v1::HandoverClock* const clock = handover->mutable_act_clock();
  // Who acts while the record is still being passed on has acted at once.
  if (acted.has_value()) acted = std::max(*acted, TimeOf(clock->start_time()));
  if (!Runs(*clock)) {
    if (acted.has_value() && *acted == TimeOf(clock->stop_time())) return events;
    clock->clear_stop_time();
    events.push_back({"deed-voided", now});
  }
  NoteClock(std::min(acted.value_or(now), now), "act", clock, &events);
  if (!acted.has_value()) return events;
  *clock->mutable_stop_time() = resource::FromTime(*acted);
  events.push_back({"acted", *acted});
  return events;
}

bool AwaitsDeed(const v1::Handover& handover) { return Runs(handover.act_clock()); }

std::string Awaits(const v1::Handover& handover) {
  const bool is_offered = handover.state() == v1::HANDOVER_STATE_OFFERED;
  return is_offered || AwaitsDeed(handover) ? handover.to() : "";
}

std::string EscalatedTo(const v1::Handover& handover) {
  const bool is_offered = handover.state() == v1::HANDOVER_STATE_OFFERED;
  const bool is_escalated = (is_offered && handover.accept_clock().escalated()) ||
                            (AwaitsDeed(handover) && handover.act_clock().escalated());
  return is_escalated ? handover.escalate_to() : "";
}

absl::Time NextLook(const v1::Handover& handover, absl::Time now) {
  absl::Time next = std::min(NextEvent(handover.accept_clock()),
                             NextLookForEndOfPause(handover.accept_clock(), now));
  if (!handover.has_act_clock()) return next;
  next = std::min(next, NextEvent(handover.act_clock()));
  return std::min(next, NextLookForDeeds(handover.act_clock(), now));
}

}  // namespace comity::gateway
