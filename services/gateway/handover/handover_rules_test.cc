#include "services/gateway/handover/handover_rules.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kLead[] = "leads/0190a000-0000-7000-8000-000000000001";
constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";
constexpr char kManagement[] = "departments/management";

// A Monday to Friday of eight hours, and an agreement of ten hours and then twenty.
type::v1::Charter TestCharter() {
  type::v1::Charter charter;
  charter.set_revision(3);
  auto* calendar = charter.add_calendars();
  calendar->set_name("calendars/office");
  calendar->set_time_zone("UTC");
  auto* open = calendar->add_open();
  for (int day = 1; day <= 5; ++day) open->add_days(day);
  open->set_from("09:00");
  open->set_until("17:00");
  auto* agreement = charter.add_handovers();
  agreement->set_name("agreements/lead");
  agreement->set_collection("leads");
  agreement->set_from(kMarketing);
  agreement->set_to(kSales);
  agreement->add_checklist("Need?");
  agreement->add_checklist("Next?");
  agreement->add_return_reasons()->set_id("no-need");
  agreement->set_accept_hours(10);
  agreement->set_act_hours(20);
  agreement->set_calendar("calendars/office");
  return charter;
}

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

std::vector<std::string> Types(const std::vector<HandoverEvent>& events) {
  std::vector<std::string> types;
  for (const HandoverEvent& event : events) types.push_back(event.type);
  return types;
}

class HandoverRulesTest : public testing::Test {
 protected:
  HandoverRulesTest() {
    request_.set_agreement("agreements/lead");
    request_.set_subject(kLead);
    Answer("Need?", "yes");
    Answer("Next?", "a call");
  }
  void Answer(const std::string& item, const std::string& text) {
    auto* answer = request_.add_checklist();
    answer->set_item(item);
    answer->set_answer(text);
  }
  const type::v1::HandoverAgreement& agreement() { return charter_.handovers(0); }
  v1::Handover Begin() {
    auto handover = BeginHandover(charter_, agreement(), request_, offered_);
    EXPECT_TRUE(handover.ok()) << handover.status();
    return handover.value_or(v1::Handover());
  }
  type::v1::Actor Ana() {
    type::v1::Actor actor;
    actor.set_person("persons/ana");
    actor.set_department(kSales);
    return actor;
  }
  // The record has passed on `after` that.
  v1::Handover Accepted(absl::Time at, absl::Duration after = absl::ZeroDuration()) {
    v1::Handover handover = Begin();
    NoteClocks(at, &handover);
    gateway::Answer(v1::HANDOVER_STATE_ACCEPTING, Ana(), at, &handover);
    handover.set_workflow("workflows/1");
    EXPECT_TRUE(CompleteAcceptance(charter_, agreement(), 7, at + after, &handover).ok());
    return handover;
  }

  void Escalate(double hours) {
    charter_.mutable_handovers(0)->set_escalate_hours(hours);
    charter_.mutable_handovers(0)->set_escalate_to(kManagement);
  }

  type::v1::Charter charter_ = TestCharter();
  v1::OfferHandoverRequest request_;
  const absl::Time offered_ = At("2026-03-06T15:00:00Z");  // a Friday, two hours before it closes
};

TEST_F(HandoverRulesTest, AnOfferFitsItsAgreement) {
  EXPECT_TRUE(CheckOffer(agreement(), kMarketing, request_).ok());
  for (const char* other : {kSales, "departments/support", ""}) {
    const absl::Status foreign = CheckOffer(agreement(), other, request_);
    EXPECT_EQ(foreign.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(Reason(foreign), "AGREEMENT_NOT_OWN") << other;
  }
  request_.set_subject("accounts/0190a000-0000-7000-8000-000000000001");
  EXPECT_EQ(Reason(CheckOffer(agreement(), kMarketing, request_)), "COLLECTION_DIFFERS");
  EXPECT_EQ(FindAgreement(charter_, "agreements/lead"), &agreement());
  EXPECT_EQ(FindAgreement(charter_, "agreements/other"), nullptr);
}

TEST_F(HandoverRulesTest, EveryItemOfTheChecklistIsAnsweredOnce) {
  Answer("Need?", "again");
  EXPECT_EQ(Reason(CheckOffer(agreement(), kMarketing, request_)), "CHECKLIST_ITEM_UNKNOWN");
  request_.clear_checklist();
  Answer("Need?", "yes");
  EXPECT_EQ(Reason(CheckOffer(agreement(), kMarketing, request_)), "CHECKLIST_INCOMPLETE");
  Answer("Next?", " \n");
  EXPECT_EQ(Reason(CheckOffer(agreement(), kMarketing, request_)), "CHECKLIST_INCOMPLETE");
  Answer("Colour?", "blue");
  EXPECT_EQ(Reason(CheckOffer(agreement(), kMarketing, request_)), "CHECKLIST_ITEM_UNKNOWN");
}

TEST_F(HandoverRulesTest, EachSideDoesItsPartWhileItIsOpen) {
  v1::Handover handover = Begin();
  EXPECT_EQ(handover.charter_revision(), 3);
  EXPECT_TRUE(CheckMayAnswer(handover, kSales).ok());
  EXPECT_TRUE(CheckMayWithdraw(handover, kMarketing).ok());
  EXPECT_EQ(Reason(CheckMayAnswer(handover, kMarketing)), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(Reason(CheckMayWithdraw(handover, kSales)), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(Reason(CheckMayAnswer(handover, "departments/support")), "NOT_OWN_DEPARTMENT");
  for (const auto state : {v1::HANDOVER_STATE_ACCEPTING, v1::HANDOVER_STATE_ACCEPTED,
                           v1::HANDOVER_STATE_RETURNED, v1::HANDOVER_STATE_WITHDRAWN}) {
    handover.set_state(state);
    EXPECT_EQ(Reason(CheckMayAnswer(handover, kSales)), "HANDOVER_NOT_OPEN") << state;
    EXPECT_EQ(Reason(CheckMayWithdraw(handover, kMarketing)), "HANDOVER_NOT_OPEN") << state;
    // Whose it is comes first.
    EXPECT_EQ(Reason(CheckMayAnswer(handover, "departments/it")), "NOT_OWN_DEPARTMENT") << state;
  }
  EXPECT_TRUE(CheckReturnReason(agreement(), "no-need").ok());
  EXPECT_EQ(Reason(CheckReturnReason(agreement(), "rain")), "RETURN_REASON_UNKNOWN");
}

// Two hours on Friday, eight on Monday: by Monday evening. Four fifths: two hours before.
TEST_F(HandoverRulesTest, TheTimeToAnswerCountsBusinessHours) {
  const v1::Handover handover = Begin();
  EXPECT_EQ(resource::ToTime(handover.accept_clock().warn_time()), At("2026-03-09T15:00:00Z"));
  EXPECT_EQ(resource::ToTime(handover.accept_clock().due_time()), At("2026-03-09T17:00:00Z"));
  EXPECT_FALSE(handover.has_act_clock());
  EXPECT_EQ(NextLook(handover, offered_), At("2026-03-09T15:00:00Z"));
}

TEST_F(HandoverRulesTest, AClockNotesItsWarningAndItsBreachOnce) {
  v1::Handover handover = Begin();
  const absl::Time warn = resource::ToTime(handover.accept_clock().warn_time());
  const absl::Time due = resource::ToTime(handover.accept_clock().due_time());
  EXPECT_THAT(NoteClocks(warn - absl::Microseconds(1), &handover), IsEmpty());
  EXPECT_THAT(Types(NoteClocks(warn, &handover)), ElementsAre("accept-warned"));
  EXPECT_THAT(NoteClocks(due - absl::Microseconds(1), &handover), IsEmpty());
  EXPECT_EQ(NextLook(handover, warn), due);
  const auto breach = NoteClocks(due + absl::Hours(90), &handover);
  ASSERT_THAT(Types(breach), ElementsAre("accept-breached"));
  EXPECT_EQ(breach[0].time, due) << "it was so then, whenever it is seen";
  EXPECT_THAT(NoteClocks(due + absl::Hours(91), &handover), IsEmpty());
  EXPECT_EQ(NextLook(handover, due), absl::InfiniteFuture());
  gateway::Answer(v1::HANDOVER_STATE_RETURNED, Ana(), due + absl::Hours(92), &handover);
  EXPECT_TRUE(handover.accept_clock().breached());
}

// Two hours of business after the breach on Monday evening: on Tuesday at eleven.
TEST_F(HandoverRulesTest, WhatIsLateIsEscalatedAfterBusinessHoursAndNeverErased) {
  Escalate(2);
  v1::Handover handover = Begin();
  EXPECT_EQ(handover.escalate_to(), kManagement);
  const absl::Time due = resource::ToTime(handover.accept_clock().due_time());
  const absl::Time escalate = At("2026-03-10T11:00:00Z");
  EXPECT_EQ(resource::ToTime(handover.accept_clock().escalate_time()), escalate);
  EXPECT_THAT(Types(NoteClocks(due, &handover)), ElementsAre("accept-warned", "accept-breached"));
  EXPECT_EQ(EscalatedTo(handover), "");
  EXPECT_EQ(NextLook(handover, due), escalate);
  EXPECT_THAT(NoteClocks(escalate - absl::Microseconds(1), &handover), IsEmpty());
  const auto events = NoteClocks(escalate + absl::Hours(50), &handover);
  ASSERT_THAT(Types(events), ElementsAre("accept-escalated"));
  EXPECT_EQ(events[0].time, escalate);
  EXPECT_EQ(EscalatedTo(handover), kManagement);
  EXPECT_EQ(Awaits(handover), kSales) << "it is still theirs to answer";
  EXPECT_THAT(NoteClocks(escalate + absl::Hours(90), &handover), IsEmpty());
  EXPECT_EQ(NextLook(handover, escalate), absl::InfiniteFuture());
  gateway::Answer(v1::HANDOVER_STATE_RETURNED, Ana(), escalate + absl::Hours(91), &handover);
  EXPECT_EQ(EscalatedTo(handover), "") << "nothing waits any more";
  EXPECT_TRUE(handover.accept_clock().escalated()) << "it was";
}

TEST_F(HandoverRulesTest, WithNoHoursItIsEscalatedAsSoonAsItIsLate) {
  Escalate(0);
  v1::Handover handover = Accepted(At("2026-03-09T10:00:00Z"));
  const absl::Time due = resource::ToTime(handover.act_clock().due_time());
  EXPECT_THAT(Types(NoteDeed({}, due, &handover)),
              ElementsAre("act-warned", "act-breached", "act-escalated"));
  EXPECT_EQ(EscalatedTo(handover), kManagement);
  EXPECT_THAT(Types(NoteDeed(due + absl::Hours(1), due + absl::Hours(2), &handover)),
              ElementsAre("acted"));
  EXPECT_EQ(EscalatedTo(handover), "");
  EXPECT_TRUE(handover.act_clock().escalated());
}

TEST_F(HandoverRulesTest, AnswersInTimeAreNotEscalated) {
  Escalate(2);
  v1::Handover handover = Begin();
  // Late, and before the escalation.
  const absl::Time answered = At("2026-03-10T10:00:00Z");
  NoteClocks(answered, &handover);
  gateway::Answer(v1::HANDOVER_STATE_RETURNED, Ana(), answered, &handover);
  EXPECT_THAT(NoteClocks(At("2026-05-01T00:00:00Z"), &handover), IsEmpty());
  EXPECT_FALSE(handover.accept_clock().escalated());
  EXPECT_TRUE(handover.accept_clock().breached());
}

TEST_F(HandoverRulesTest, WithoutAnyoneToTellNothingIsEscalated) {
  v1::Handover handover = Begin();
  EXPECT_FALSE(handover.accept_clock().has_escalate_time());
  NoteClocks(At("2027-01-01T00:00:00Z"), &handover);
  EXPECT_FALSE(handover.accept_clock().escalated());
  EXPECT_EQ(EscalatedTo(handover), "");
}

TEST_F(HandoverRulesTest, OpenPromisesGoAlongByName) {
  lead::v1::PromiseSet promises;
  for (int i = 0; i < 203; ++i) {
    auto* promise = promises.add_promises();
    promise->set_name(absl::StrCat("opportunities/1/facts/", i));
    promise->set_state(i == 0 ? lead::v1::PROMISE_STATE_KEPT : lead::v1::PROMISE_STATE_OPEN);
  }
  v1::Handover handover = Begin();
  TakePromises(promises, &handover);
  ASSERT_EQ(handover.promises_size(), 200);
  EXPECT_EQ(handover.promises(0), "opportunities/1/facts/1");
  EXPECT_TRUE(handover.more_promises());
  promises.mutable_promises()->DeleteSubrange(2, 201);
  v1::Handover few = Begin();
  TakePromises(promises, &few);
  EXPECT_EQ(few.promises_size(), 1);
  EXPECT_FALSE(few.more_promises());
}

TEST_F(HandoverRulesTest, BothAreNotedWhereNobodyLookedInBetween) {
  v1::Handover handover = Begin();
  EXPECT_THAT(Types(NoteClocks(At("2026-04-01T00:00:00Z"), &handover)),
              ElementsAre("accept-warned", "accept-breached"));
}

TEST_F(HandoverRulesTest, AnAnswerStopsTheTimeToAnswer) {
  v1::Handover handover = Begin();
  const absl::Time answered = At("2026-03-09T10:00:00Z");
  gateway::Answer(v1::HANDOVER_STATE_RETURNED, Ana(), answered, &handover);
  EXPECT_EQ(resource::ToTime(handover.accept_clock().stop_time()), answered);
  EXPECT_THAT(NoteClocks(At("2026-05-01T00:00:00Z"), &handover), IsEmpty());
  EXPECT_EQ(NextLook(handover, answered), absl::InfiniteFuture());
}

TEST_F(HandoverRulesTest, AnAcceptanceThatIsUndoneLeavesTheClockAsItWas) {
  v1::Handover handover = Begin();
  const v1::Handover before = handover;
  gateway::Answer(v1::HANDOVER_STATE_ACCEPTING, Ana(), At("2026-03-09T10:00:00Z"), &handover);
  handover.set_owner("persons/ana");
  Reopen(&handover);
  EXPECT_EQ(handover.SerializeAsString(), before.SerializeAsString());
}

// From Monday 10:00: seven hours, eight on Tuesday, five on Wednesday.
TEST_F(HandoverRulesTest, TheTimeToActRunsFromTheAcceptance) {
  const v1::Handover handover = Accepted(At("2026-03-09T10:00:00Z"));
  EXPECT_EQ(handover.state(), v1::HANDOVER_STATE_ACCEPTED);
  EXPECT_EQ(handover.subject_version(), 7);
  EXPECT_EQ(resource::ToTime(handover.act_clock().start_time()), At("2026-03-09T10:00:00Z"));
  EXPECT_EQ(resource::ToTime(handover.act_clock().warn_time()), At("2026-03-11T10:00:00Z"));
  EXPECT_EQ(resource::ToTime(handover.act_clock().due_time()), At("2026-03-11T14:00:00Z"));
  EXPECT_FALSE(handover.accept_clock().breached());
}

// What its workflow takes is no department's time.
TEST_F(HandoverRulesTest, TheTimeToActRunsFromWhenTheRecordHasPassedOn) {
  const absl::Time answered = At("2026-03-09T10:00:00Z");
  const v1::Handover handover = Accepted(answered, absl::Hours(25));
  EXPECT_EQ(resource::ToTime(handover.answer_time()), answered);
  EXPECT_EQ(resource::ToTime(handover.accept_clock().stop_time()), answered);
  EXPECT_FALSE(handover.accept_clock().breached());
  EXPECT_EQ(resource::ToTime(handover.act_clock().start_time()), At("2026-03-10T11:00:00Z"));
  EXPECT_EQ(resource::ToTime(handover.act_clock().due_time()), At("2026-03-12T15:00:00Z"));
}

TEST_F(HandoverRulesTest, WhoActsWhileTheRecordIsPassedOnHasActedAtOnce) {
  v1::Handover handover = Accepted(At("2026-03-09T10:00:00Z"), absl::Hours(1));
  const absl::Time start = resource::ToTime(handover.act_clock().start_time());
  EXPECT_THAT(Types(NoteDeed(start - absl::Seconds(1), start + absl::Hours(1), &handover)),
              ElementsAre("acted"));
  EXPECT_EQ(resource::ToTime(handover.act_clock().stop_time()), start);
}

TEST_F(HandoverRulesTest, ALateAcceptanceKeepsItsBreach) {
  const v1::Handover handover = Accepted(At("2026-03-10T10:00:00Z"));
  EXPECT_TRUE(handover.accept_clock().warned());
  EXPECT_TRUE(handover.accept_clock().breached());
  EXPECT_EQ(handover.state(), v1::HANDOVER_STATE_ACCEPTED);
}

TEST_F(HandoverRulesTest, WithoutATimeToActThereIsNoSuchClock) {
  type::v1::HandoverAgreement agreement = this->agreement();
  agreement.set_act_hours(0);
  v1::Handover handover = Begin();
  gateway::Answer(v1::HANDOVER_STATE_ACCEPTING, Ana(), offered_, &handover);
  ASSERT_TRUE(CompleteAcceptance(charter_, agreement, 7, offered_, &handover).ok());
  EXPECT_FALSE(handover.has_act_clock());
  EXPECT_FALSE(AwaitsDeed(handover));
  EXPECT_EQ(NextLook(handover, offered_), absl::InfiniteFuture());
}

TEST_F(HandoverRulesTest, TheFirstDeedStopsTheTimeToAct) {
  v1::Handover handover = Accepted(At("2026-03-09T10:00:00Z"));
  const absl::Time looked = At("2026-03-11T13:00:00Z");
  ASSERT_TRUE(AwaitsDeed(handover));
  // What was done on Tuesday is seen on Wednesday, after the time of the warning: there is none.
  const absl::Time deed = At("2026-03-10T12:00:00Z");
  EXPECT_THAT(Types(NoteDeed(deed, looked, &handover)), ElementsAre("acted"));
  EXPECT_EQ(resource::ToTime(handover.act_clock().stop_time()), deed);
  EXPECT_FALSE(handover.act_clock().warned());
  EXPECT_FALSE(AwaitsDeed(handover));
  EXPECT_THAT(NoteDeed(deed, looked, &handover), IsEmpty());
  const absl::Time due = resource::ToTime(handover.act_clock().due_time());
  EXPECT_LE(NextLook(handover, looked), due) << "it may be voided";
  EXPECT_EQ(NextLook(handover, due), absl::InfiniteFuture());
}

TEST_F(HandoverRulesTest, WithoutTheDeedThatStoppedItTheTimeToActRunsAgain) {
  v1::Handover handover = Accepted(At("2026-03-09T10:00:00Z"));
  const absl::Time due = resource::ToTime(handover.act_clock().due_time());
  NoteDeed(At("2026-03-10T12:00:00Z"), At("2026-03-10T13:00:00Z"), &handover);
  // It was voided; another one, after it, stands.
  const absl::Time second = At("2026-03-10T15:00:00Z");
  EXPECT_THAT(Types(NoteDeed(second, At("2026-03-10T16:00:00Z"), &handover)),
              ElementsAre("deed-voided", "acted"));
  EXPECT_EQ(resource::ToTime(handover.act_clock().stop_time()), second);
  // That as well, and nothing stands.
  EXPECT_THAT(Types(NoteDeed({}, At("2026-03-11T09:30:00Z"), &handover)),
              ElementsAre("deed-voided"));
  EXPECT_TRUE(AwaitsDeed(handover));
  EXPECT_EQ(Awaits(handover), kSales);
  EXPECT_THAT(Types(NoteDeed({}, due, &handover)), ElementsAre("act-warned", "act-breached"));
}

TEST_F(HandoverRulesTest, ADeedThatCameTooLateComesAfterTheBreach) {
  v1::Handover handover = Accepted(At("2026-03-09T10:00:00Z"));
  const absl::Time late = At("2026-03-11T14:00:00Z");  // the moment itself is too late
  EXPECT_THAT(Types(NoteDeed(late, late + absl::Hours(1), &handover)),
              ElementsAre("act-warned", "act-breached", "acted"));
  EXPECT_TRUE(handover.act_clock().breached());
}

TEST_F(HandoverRulesTest, WithoutADeedTheTimeToActIsBreached) {
  v1::Handover handover = Accepted(At("2026-03-09T10:00:00Z"));
  EXPECT_THAT(NoteDeed({}, At("2026-03-11T09:59:00Z"), &handover), IsEmpty());
  EXPECT_THAT(Types(NoteDeed({}, At("2026-03-11T10:00:00Z"), &handover)),
              ElementsAre("act-warned"));
  EXPECT_THAT(Types(NoteDeed({}, At("2026-03-11T14:00:00Z"), &handover)),
              ElementsAre("act-breached"));
}

TEST_F(HandoverRulesTest, WhatIsLateIsAwaitedUntilItIsDoneAndLookedForEverMoreSeldom) {
  v1::Handover handover = Accepted(At("2026-03-09T10:00:00Z"));
  const absl::Time start = resource::ToTime(handover.act_clock().start_time());
  const absl::Time due = resource::ToTime(handover.act_clock().due_time());
  NoteDeed({}, due, &handover);
  EXPECT_EQ(Awaits(handover), kSales);
  const absl::Time later = start + absl::Hours(1'000);
  EXPECT_EQ(NextLook(handover, due), due + (due - start) / 10);
  EXPECT_EQ(NextLook(handover, later), later + absl::Hours(100));
  EXPECT_THAT(NoteDeed({}, later, &handover), IsEmpty());
  EXPECT_THAT(Types(NoteDeed(later, later, &handover)), ElementsAre("acted"));
  EXPECT_TRUE(handover.act_clock().breached());
  EXPECT_EQ(Awaits(handover), "");
  EXPECT_EQ(NextLook(handover, later), absl::InfiniteFuture());
}

// Ten times during the time to act, and at what it has to say.
TEST_F(HandoverRulesTest, DeedsAreLookedForAtEachTenth) {
  const v1::Handover handover = Accepted(At("2026-03-09T10:00:00Z"));
  const absl::Time start = resource::ToTime(handover.act_clock().start_time());
  const absl::Duration tenth = (resource::ToTime(handover.act_clock().due_time()) - start) / 10;
  EXPECT_EQ(NextLook(handover, start), start + tenth);
  EXPECT_EQ(NextLook(handover, start + tenth), start + 2 * tenth);
  EXPECT_EQ(NextLook(handover, start + 1.5 * tenth), start + 2 * tenth);
  EXPECT_EQ(NextLook(handover, start - absl::Hours(1)), start + tenth);
}

TEST_F(HandoverRulesTest, KnowsWhoOwnsWhatIsHandedOver) {
  EXPECT_EQ(ServiceOfSubject("leads/x"), "lead");
  EXPECT_EQ(ServiceOfSubject("opportunities/x"), "lead");
  EXPECT_EQ(ServiceOfSubject("accounts/x"), "account");
  EXPECT_EQ(ServiceOfSubject("cases/x"), "support");
  EXPECT_EQ(ServiceOfSubject("contacts/x"), "");
}

}  // namespace
}  // namespace comity::gateway
