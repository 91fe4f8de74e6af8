#include "services/gateway/handover/handover_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/runtime/calendar/calendar.h"
#include "services/runtime/calendar/clock.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr double kWarnFraction = 0.8;
constexpr int kLooksForDeeds = 10;  // during the time to act

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

absl::StatusOr<v1::HandoverClock> StartClock(const type::v1::Charter& charter,
                                             const std::string& calendar_name, absl::Time at,
                                             double hours) {
  const auto& calendars = charter.calendars();
  const auto found = std::find_if(calendars.begin(), calendars.end(), [&](const auto& calendar) {
    return calendar.name() == calendar_name;
  });
  if (found == calendars.end()) return Internal("an agreement's calendar is not in its charter");
  COMITY_ASSIGN_OR_RETURN(const auto calendar, calendar::Calendar::Make(*found));
  const calendar::Clock counted = calendar::StartClock(at, absl::Hours(1) * hours, kWarnFraction);
  v1::HandoverClock clock;
  *clock.mutable_start_time() = resource::FromTime(at);
  COMITY_ASSIGN_OR_RETURN(const absl::Time warn, calendar::WarningDue(calendar, counted));
  *clock.mutable_warn_time() = resource::FromTime(warn);
  COMITY_ASSIGN_OR_RETURN(const absl::Time due, calendar::Due(calendar, counted));
  *clock.mutable_due_time() = resource::FromTime(due);
  return clock;
}

bool Runs(const v1::HandoverClock& clock) {
  return clock.has_start_time() && !clock.has_stop_time();
}

void NoteClock(absl::Time now, const char* side, v1::HandoverClock* clock,
               std::vector<HandoverEvent>* events) {
  if (!Runs(*clock)) return;
  if (!clock->warned() && now >= TimeOf(clock->warn_time())) {
    clock->set_warned(true);
    events->push_back({absl::StrCat(side, "-warned"), TimeOf(clock->warn_time())});
  }
  if (!clock->breached() && now >= TimeOf(clock->due_time())) {
    clock->set_breached(true);
    events->push_back({absl::StrCat(side, "-breached"), TimeOf(clock->due_time())});
  }
}

absl::Time NextEvent(const v1::HandoverClock& clock) {
  if (!Runs(clock) || clock.breached()) return absl::InfiniteFuture();
  return TimeOf(clock.warned() ? clock.due_time() : clock.warn_time());
}

// Also where it stands: what stopped it may be voided before its time is over. After that nobody is
// in a hurry; what is forgotten for years must not be asked for each hour.
absl::Time NextLookForDeeds(const v1::HandoverClock& clock, absl::Time now) {
  const absl::Time start = TimeOf(clock.start_time());
  const absl::Time due = TimeOf(clock.due_time());
  const absl::Duration step = std::max((due - start) / kLooksForDeeds, absl::Microseconds(1));
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
  *handover.mutable_create_time() = resource::FromTime(now);
  *handover.mutable_update_time() = resource::FromTime(now);
  COMITY_ASSIGN_OR_RETURN(*handover.mutable_accept_clock(),
                          StartClock(charter, agreement.calendar(), now, agreement.accept_hours()));
  return handover;
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
                          StartClock(charter, agreement.calendar(), now, agreement.act_hours()));
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

absl::Time NextLook(const v1::Handover& handover, absl::Time now) {
  absl::Time next = NextEvent(handover.accept_clock());
  if (!handover.has_act_clock()) return next;
  next = std::min(next, NextEvent(handover.act_clock()));
  return std::min(next, NextLookForDeeds(handover.act_clock(), now));
}

}  // namespace comity::gateway
