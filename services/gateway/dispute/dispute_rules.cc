#include "services/gateway/dispute/dispute_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/gateway/dispute/dispute_clock.h"
#include "services/gateway/dispute/dispute_outcome.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

using Names = std::vector<std::string>;

template <typename List>
bool Holds(const List& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::string StateText(const v1::Dispute& dispute) {
  const std::string name = v1::DisputeState_Name(dispute.state());
  return absl::AsciiStrToLower(absl::StripPrefix(name, "DISPUTE_STATE_"));
}

absl::Status NotOpen(const v1::Dispute& dispute) {
  return PreconditionFailed("DISPUTE_NOT_OPEN", dispute.name(),
                            absl::StrCat("it is ", StateText(dispute)));
}

absl::Status NotAParty(const std::string& department) {
  return PermissionDenied("NOT_A_PARTY", absl::StrCat(department, " is no party of it"));
}

bool WasHeard(const v1::Dispute& dispute, const std::string& arbiter) {
  const auto& hearings = dispute.hearings();
  return std::any_of(hearings.begin(), hearings.end(),
                     [&](const auto& hearing) { return hearing.arbiter() == arbiter; });
}

// The first that is no party and was not asked yet; empty: nobody is left.
std::string NextArbiter(const type::v1::Charter& charter, const v1::Dispute& dispute) {
  for (const std::string& arbiter : charter.disputes().arbiters()) {
    if (!IsParty(dispute, arbiter) && !WasHeard(dispute, arbiter)) return arbiter;
  }
  return "";
}

bool IsUndecided(const v1::Dispute& dispute) {
  return dispute.state() == v1::DISPUTE_STATE_OPENED ||
         dispute.state() == v1::DISPUTE_STATE_SUBMITTED;
}

v1::DisputeHearing* LastHearing(v1::Dispute* dispute) {
  return dispute->mutable_hearings(dispute->hearings_size() - 1);
}

// The next arbiter is asked, who is there.
absl::Status Submit(const DisputeTurn& turn, bool appeal, v1::Dispute* dispute) {
  v1::DisputeHearing hearing;
  hearing.set_arbiter(NextArbiter(turn.charter, *dispute));
  hearing.set_appeal(appeal);
  COMITY_ASSIGN_OR_RETURN(
      *hearing.mutable_clock(),
      StartDisputeClock(turn.charter, turn.now, turn.charter.disputes().decide_hours()));
  *dispute->add_hearings() = std::move(hearing);
  if (dispute->has_answer_clock()) StopClock(turn.now, dispute->mutable_answer_clock());
  dispute->set_state(v1::DISPUTE_STATE_SUBMITTED);
  return absl::OkStatus();
}

// What is to be done by it: nobody does it for another. A statement is drawn anew here.
void AddRemedies(v1::Dispute* dispute) {
  if (!HasEffect(*dispute) || !Grants(dispute->outcome())) return;
  if (dispute->kind() == v1::DISPUTE_KIND_CREDIT_STATEMENT) return;
  for (const std::string& other : dispute->others()) {
    dispute->add_remedies()->set_department(other);
  }
}

DisputeEvents End(v1::DisputeState state, absl::Time now, v1::Dispute* dispute) {
  dispute->set_state(state);
  *dispute->mutable_end_time() = resource::FromTime(now);
  if (dispute->has_answer_clock()) StopClock(now, dispute->mutable_answer_clock());
  for (auto& hearing : *dispute->mutable_hearings()) StopClock(now, hearing.mutable_clock());
  if (dispute->has_appeal_clock()) StopClock(now, dispute->mutable_appeal_clock());
  if (!HasEffect(*dispute)) dispute->clear_outcome();
  AddRemedies(dispute);
  return {{StateText(*dispute), now}};
}

// What becomes of it where the arbiter that was asked has not decided in time.
absl::StatusOr<DisputeEvents> PassOn(const DisputeTurn& turn, v1::Dispute* dispute) {
  if (!NextArbiter(turn.charter, *dispute).empty()) {
    COMITY_RETURN_IF_ERROR(Submit(turn, LastHearing(dispute)->appeal(), dispute));
    return DisputeEvents{{"passed-on", turn.now}};
  }
  const v1::DisputeHearing* earlier = LastDecision(*dispute);
  if (earlier == nullptr) return End(v1::DISPUTE_STATE_LAPSED, turn.now, dispute);
  *dispute->mutable_outcome() = earlier->outcome();
  return End(v1::DISPUTE_STATE_FINAL, turn.now, dispute);
}

bool AllHaveAnswered(const v1::Dispute& dispute) {
  const auto& others = dispute.others();
  return std::all_of(others.begin(), others.end(),
                     [&](const auto& other) { return HasAnswered(dispute, other); });
}

DisputeEvents Noted(const char* side, absl::Time now, v1::DisputeClock* clock) {
  DisputeEvents events;
  for (auto& [what, time] : NoteClock(now, clock)) {
    events.push_back({absl::StrCat(side, "-", what), time});
  }
  return events;
}

void Join(DisputeEvents more, DisputeEvents* events) {
  for (DisputeEvent& event : more) events->push_back(std::move(event));
}

absl::Status CheckPartyMayAgree(const DisputeTurn& turn, const v1::Dispute& dispute) {
  if (!IsParty(dispute, turn.actor.department())) return NotAParty(turn.actor.department());
  return IsUndecided(dispute) ? absl::OkStatus() : NotOpen(dispute);
}

// Once all parties have, it ends.
absl::StatusOr<DisputeEvents> AfterAgreeing(absl::Time now, DisputeEvents events,
                                            v1::Dispute* dispute) {
  for (const std::string& party : PartiesOf(*dispute)) {
    if (!Holds(dispute->agreement().agreed(), party)) return events;
  }
  *dispute->mutable_outcome() = dispute->agreement().outcome();
  Join(End(v1::DISPUTE_STATE_AGREED, now, dispute), &events);
  return events;
}

absl::Status CheckMayDecide(const DisputeTurn& turn, const v1::Dispute& dispute) {
  const std::string asked = dispute.hearings().empty()
                                ? NextArbiter(turn.charter, dispute)
                                : dispute.hearings(dispute.hearings_size() - 1).arbiter();
  if (asked != turn.actor.department()) {
    return PermissionDenied("NOT_ARBITER", absl::StrCat(asked, " decides it"));
  }
  if (dispute.state() == v1::DISPUTE_STATE_SUBMITTED) return absl::OkStatus();
  return PreconditionFailed("DISPUTE_NOT_SUBMITTED", dispute.name(),
                            absl::StrCat("it is ", StateText(dispute)));
}

absl::Status CheckObject(const DisputeTurn& turn, const DisputeObject& object,
                         const v1::Dispute& dispute) {
  if (!turn.charter.has_disputes()) {
    return PreconditionFailed("NO_DISPUTE_RULES", "charter",
                              "the charter does not say who decides disputes, and by when");
  }
  if (!object.parties.empty() && !Holds(object.parties, turn.actor.department())) {
    return NotAParty(turn.actor.department());
  }
  if (dispute.others().empty()) {
    return PreconditionFailed("NO_OTHER_SIDE", object.about,
                              "a dispute is with another department: there is none");
  }
  if (!NextArbiter(turn.charter, dispute).empty()) return absl::OkStatus();
  return PreconditionFailed("NO_ARBITER", "charter", "every arbiter of the charter is a party");
}

}  // namespace

absl::StatusOr<v1::Dispute> BeginDispute(const DisputeTurn& turn, const DisputeObject& object,
                                         const v1::OpenDisputeRequest& request) {
  v1::Dispute dispute;
  dispute.set_kind(object.kind);
  dispute.set_about(object.about);
  dispute.set_subject(object.subject);
  dispute.set_question(object.question);
  dispute.set_disputed(object.disputed);
  dispute.set_department(turn.actor.department());
  for (const std::string& other :
       std::set<std::string>(object.others.begin(), object.others.end())) {
    if (other != turn.actor.department()) dispute.add_others(other);
  }
  COMITY_RETURN_IF_ERROR(CheckObject(turn, object, dispute));
  dispute.set_state(v1::DISPUTE_STATE_OPENED);
  dispute.set_reason(request.reason());
  dispute.set_note(request.note());
  *dispute.mutable_evidence() = request.evidence();
  *dispute.mutable_opened_by() = turn.actor;
  *dispute.mutable_create_time() = resource::FromTime(turn.now);
  *dispute.mutable_update_time() = resource::FromTime(turn.now);
  dispute.set_charter_revision(turn.charter.revision());
  if (object.amount.has_value()) *dispute.mutable_amount() = *object.amount;
  COMITY_ASSIGN_OR_RETURN(
      *dispute.mutable_answer_clock(),
      StartDisputeClock(turn.charter, turn.now, turn.charter.disputes().answer_hours()));
  return dispute;
}

absl::StatusOr<DisputeEvents> Answer(const DisputeTurn& turn, const v1::AnswerDisputeRequest& said,
                                     v1::Dispute* dispute) {
  const std::string& department = turn.actor.department();
  if (!Holds(dispute->others(), department)) return NotAParty(department);
  if (!IsUndecided(*dispute)) return NotOpen(*dispute);
  if (HasAnswered(*dispute, department)) {
    return PreconditionFailed("DISPUTE_ANSWERED", dispute->name(),
                              absl::StrCat(department, " has answered it"));
  }
  v1::DisputeAnswer& answer = *dispute->add_answers();
  answer.set_department(department);
  *answer.mutable_actor() = turn.actor;
  *answer.mutable_time() = resource::FromTime(turn.now);
  answer.set_note(said.note());
  *answer.mutable_evidence() = said.evidence();
  answer.set_late(dispute->answer_clock().breached());
  DisputeEvents events = {{"answered", turn.now}};
  if (dispute->state() != v1::DISPUTE_STATE_OPENED || !AllHaveAnswered(*dispute)) return events;
  COMITY_RETURN_IF_ERROR(Submit(turn, /*appeal=*/false, dispute));
  events.push_back({"submitted", turn.now});
  return events;
}

absl::StatusOr<DisputeEvents> Withdraw(const DisputeTurn& turn, v1::Dispute* dispute) {
  if (dispute->department() != turn.actor.department()) {
    return PermissionDenied(
        "NOT_OWN_DEPARTMENT",
        absl::StrCat("it is a dispute of ", dispute->department(), ", which alone takes it back"));
  }
  if (!IsUndecided(*dispute) || LastDecision(*dispute) != nullptr) return NotOpen(*dispute);
  return End(v1::DISPUTE_STATE_WITHDRAWN, turn.now, dispute);
}

absl::StatusOr<DisputeEvents> Propose(const DisputeTurn& turn, const v1::DisputeOutcome& outcome,
                                      v1::Dispute* dispute) {
  COMITY_RETURN_IF_ERROR(CheckPartyMayAgree(turn, *dispute));
  COMITY_RETURN_IF_ERROR(CheckOutcome(turn.charter, *dispute, outcome));
  v1::DisputeAgreement agreement;
  agreement.set_number(dispute->agreement().number() + 1);
  *agreement.mutable_proposed_by() = turn.actor;
  *agreement.mutable_time() = resource::FromTime(turn.now);
  *agreement.mutable_outcome() = outcome;
  agreement.add_agreed(turn.actor.department());
  *dispute->mutable_agreement() = std::move(agreement);
  return DisputeEvents{{"agreement-offered", turn.now}};
}

absl::StatusOr<DisputeEvents> Agree(const DisputeTurn& turn, int number, v1::Dispute* dispute) {
  if (!IsParty(*dispute, turn.actor.department())) return NotAParty(turn.actor.department());
  const bool is_same = dispute->has_agreement() && dispute->agreement().number() == number;
  const bool has_said = Holds(dispute->agreement().agreed(), turn.actor.department());
  if (is_same && has_said) return DisputeEvents();
  COMITY_RETURN_IF_ERROR(CheckPartyMayAgree(turn, *dispute));
  if (!dispute->has_agreement()) {
    return PreconditionFailed("NO_AGREEMENT_OFFERED", dispute->name(), "nobody has offered one");
  }
  if (!is_same) {
    return PreconditionFailed(
        "AGREEMENT_DIFFERS", dispute->name(),
        absl::StrCat("offered is now number ", dispute->agreement().number()));
  }
  dispute->mutable_agreement()->add_agreed(turn.actor.department());
  return AfterAgreeing(turn.now, {{"agreed-to", turn.now}}, dispute);
}

absl::StatusOr<DisputeEvents> Decide(const DisputeTurn& turn, const v1::DisputeOutcome& outcome,
                                     v1::Dispute* dispute) {
  COMITY_RETURN_IF_ERROR(CheckMayDecide(turn, *dispute));
  COMITY_RETURN_IF_ERROR(CheckOutcome(turn.charter, *dispute, outcome));
  v1::DisputeHearing* hearing = LastHearing(dispute);
  *hearing->mutable_outcome() = outcome;
  *hearing->mutable_decided_by() = turn.actor;
  *hearing->mutable_decide_time() = resource::FromTime(turn.now);
  StopClock(turn.now, hearing->mutable_clock());
  *dispute->mutable_outcome() = outcome;
  // What was offered before it has to be agreed to anew, also by whoever offered it.
  if (dispute->has_agreement()) dispute->mutable_agreement()->clear_agreed();
  DisputeEvents events = {{"decided", turn.now}};
  if (hearing->appeal() || NextArbiter(turn.charter, *dispute).empty()) {
    Join(End(v1::DISPUTE_STATE_FINAL, turn.now, dispute), &events);
    return events;
  }
  dispute->set_state(v1::DISPUTE_STATE_DECIDED);
  COMITY_ASSIGN_OR_RETURN(
      *dispute->mutable_appeal_clock(),
      StartDisputeClock(turn.charter, turn.now, turn.charter.disputes().appeal_hours()));
  return events;
}

absl::StatusOr<DisputeEvents> Appeal(const DisputeTurn& turn, const v1::AppealDisputeRequest& said,
                                     v1::Dispute* dispute) {
  if (!IsParty(*dispute, turn.actor.department())) return NotAParty(turn.actor.department());
  if (dispute->state() != v1::DISPUTE_STATE_DECIDED) {
    return PreconditionFailed("DISPUTE_NOT_APPEALABLE", dispute->name(),
                              absl::StrCat("it is ", StateText(*dispute)));
  }
  COMITY_RETURN_IF_ERROR(Submit(turn, /*appeal=*/true, dispute));
  v1::DisputeAppeal& appeal = *dispute->mutable_appeal();
  appeal.set_department(turn.actor.department());
  *appeal.mutable_actor() = turn.actor;
  *appeal.mutable_time() = resource::FromTime(turn.now);
  appeal.set_reason(said.reason());
  appeal.set_note(said.note());
  StopClock(turn.now, dispute->mutable_appeal_clock());
  return DisputeEvents{{"appealed", turn.now}};
}

DisputeEvents Overtake(absl::Time now, v1::Dispute* dispute) {
  return IsOpen(*dispute) ? End(v1::DISPUTE_STATE_OVERTAKEN, now, dispute) : DisputeEvents();
}

absl::StatusOr<DisputeEvents> NoteClocks(const DisputeTurn& turn, v1::Dispute* dispute) {
  if (dispute->state() == v1::DISPUTE_STATE_OPENED) {
    DisputeEvents events = Noted("answer", turn.now, dispute->mutable_answer_clock());
    if (!dispute->answer_clock().breached()) return events;
    COMITY_RETURN_IF_ERROR(Submit(turn, /*appeal=*/false, dispute));
    events.push_back({"submitted-unanswered", turn.now});
    return events;
  }
  if (dispute->state() == v1::DISPUTE_STATE_SUBMITTED) {
    DisputeEvents events = Noted("decide", turn.now, LastHearing(dispute)->mutable_clock());
    if (!LastHearing(dispute)->clock().breached()) return events;
    COMITY_ASSIGN_OR_RETURN(DisputeEvents more, PassOn(turn, dispute));
    Join(std::move(more), &events);
    return events;
  }
  const bool may_be_appealed = dispute->state() == v1::DISPUTE_STATE_DECIDED &&
                               turn.now < resource::ToTime(dispute->appeal_clock().due_time());
  if (!IsOpen(*dispute) || may_be_appealed) return DisputeEvents();
  // It is over, and nothing has stopped it; `final` tells that.
  NoteClock(turn.now, dispute->mutable_appeal_clock());
  return End(v1::DISPUTE_STATE_FINAL, turn.now, dispute);
}

absl::Time NextLook(const v1::Dispute& dispute) {
  switch (dispute.state()) {
    case v1::DISPUTE_STATE_OPENED:
      return NextNote(dispute.answer_clock());
    case v1::DISPUTE_STATE_SUBMITTED:
      return NextNote(dispute.hearings(dispute.hearings_size() - 1).clock());
    case v1::DISPUTE_STATE_DECIDED:
      return resource::ToTime(dispute.appeal_clock().due_time());
    default:
      return absl::InfiniteFuture();
  }
}

}  // namespace comity::gateway
