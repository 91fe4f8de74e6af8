#include "services/gateway/handover/handover_clock.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/handover/handover_rules.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time Moment(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

std::vector<std::string> TypesIn(const std::vector<HandoverEvent>& events) {
  std::vector<std::string> types;
  for (const HandoverEvent& event : events) types.push_back(event.type);
  return types;
}

// Ten business hours to answer and twenty to act, of days from nine to five; offered on Monday at
// nine. It is over on Tuesday at eleven, after eight and two hours, warns at nine, and is escalated
// at one.
class HandoverPausesTest : public ::testing::Test {
 protected:
  HandoverPausesTest() {
    charter_.set_revision(3);
    auto* calendar = charter_.add_calendars();
    calendar->set_name("calendars/office");
    calendar->set_time_zone("UTC");
    auto* open = calendar->add_open();
    for (int day = 1; day <= 5; ++day) open->add_days(day);
    open->set_from("09:00");
    open->set_until("17:00");
    auto* agreement = charter_.add_handovers();
    agreement->set_name("agreements/lead");
    agreement->set_collection("leads");
    agreement->set_from("departments/marketing");
    agreement->set_to("departments/sales");
    agreement->set_accept_hours(10);
    agreement->set_act_hours(20);
    agreement->set_escalate_hours(2);
    agreement->set_escalate_to("departments/management");
    agreement->set_calendar("calendars/office");
    const auto begun = BeginHandover(charter_, charter_.handovers(0), {}, kOffered);
    EXPECT_TRUE(begun.ok()) << begun.status();
    handover_ = *begun;
  }

  void Wait(const std::string& from, const std::string& until = "") {
    auto* wait = said_.add_waits();
    *wait->mutable_start_time() = resource::FromTime(Moment(from));
    if (!until.empty()) *wait->mutable_end_time() = resource::FromTime(Moment(until));
  }
  // What a look at that time notes.
  std::vector<std::string> Look(const std::string& at) {
    auto events = CountWaits(charter_, charter_.handovers(0), said_, Moment(at), &handover_);
    EXPECT_TRUE(events.ok()) << events.status();
    for (const HandoverEvent& event : NoteClocks(Moment(at), &handover_)) events->push_back(event);
    return TypesIn(*events);
  }
  const v1::HandoverClock& clock() const { return handover_.accept_clock(); }
  static absl::Time TimeIn(const google::protobuf::Timestamp& stamp) {
    return resource::ToTime(stamp);
  }

  const absl::Time kOffered = Moment("2026-03-09T09:00:00Z");
  type::v1::Charter charter_;
  workflow::v1::Responsibility said_;
  v1::Handover handover_;
};

TEST_F(HandoverPausesTest, WithoutWaitsNothingMoves) {
  const std::string before = handover_.SerializeAsString();
  EXPECT_THAT(Look("2026-03-09T10:00:00Z"), IsEmpty());
  EXPECT_EQ(handover_.SerializeAsString(), before);
  Wait("2026-03-01T09:00:00Z", "2026-03-09T09:00:00Z");
  EXPECT_THAT(Look("2026-03-09T10:00:00Z"), IsEmpty());
  EXPECT_EQ(handover_.SerializeAsString(), before) << "what was over when it was offered";
}

TEST_F(HandoverPausesTest, ItStandsStillWhileTheCustomerIsAwaitedAndMovesOnAfter) {
  Wait("2026-03-09T12:00:00Z");
  EXPECT_THAT(Look("2026-03-09T13:00:00Z"), ElementsAre("accept-paused"));
  EXPECT_EQ(TimeIn(clock().pause_time()), Moment("2026-03-09T12:00:00Z"));
  EXPECT_THAT(Look("2026-03-20T12:00:00Z"), IsEmpty()) << "nobody is late meanwhile";
  EXPECT_FALSE(clock().warned());
  // On Thursday at ten the customer calls: 5 + 8 + 8 + 1 hours of business were waited.
  said_.clear_waits();
  Wait("2026-03-09T12:00:00Z", "2026-03-12T10:00:00Z");
  EXPECT_THAT(Look("2026-03-12T10:30:00Z"), ElementsAre("accept-resumed"));
  EXPECT_FALSE(clock().has_pause_time());
  EXPECT_EQ(clock().paused_for().seconds(), 22 * 3600);
  EXPECT_EQ(TimeIn(clock().warn_time()), Moment("2026-03-12T15:00:00Z"));
  EXPECT_EQ(TimeIn(clock().due_time()), Moment("2026-03-12T17:00:00Z"));
  EXPECT_EQ(TimeIn(clock().escalate_time()), Moment("2026-03-13T11:00:00Z"));
  EXPECT_EQ(NextLook(handover_, Moment("2026-03-12T10:30:00Z")), TimeIn(clock().warn_time()));
  EXPECT_THAT(Look("2026-03-13T11:00:00Z"),
              ElementsAre("accept-warned", "accept-breached", "accept-escalated"));
}

TEST_F(HandoverPausesTest, WhatWasLateBeforeStaysLate) {
  Wait("2026-03-10T12:00:00Z");  // an hour after it was over
  EXPECT_THAT(Look("2026-03-20T12:00:00Z"),
              ElementsAre("accept-paused", "accept-warned", "accept-breached"))
      << "and it is not escalated while the customer is awaited";
  EXPECT_TRUE(clock().breached());
  said_.clear_waits();
  Wait("2026-03-10T12:00:00Z", "2026-03-20T12:00:00Z");
  EXPECT_THAT(Look("2026-03-20T12:30:00Z"), ElementsAre("accept-resumed"));
  EXPECT_TRUE(clock().breached());
  EXPECT_EQ(TimeIn(clock().due_time()), Moment("2026-03-10T11:00:00Z"));
  EXPECT_EQ(TimeIn(clock().escalate_time()), Moment("2026-03-20T13:00:00Z"));
}

TEST_F(HandoverPausesTest, AWaitThatBeganAndEndedBetweenTwoLooksIsTold) {
  Wait("2026-03-09T12:00:00Z", "2026-03-09T14:00:00Z");
  EXPECT_THAT(Look("2026-03-09T15:00:00Z"), ElementsAre("accept-paused", "accept-resumed"));
  EXPECT_EQ(TimeIn(clock().due_time()), Moment("2026-03-10T13:00:00Z"));
  EXPECT_THAT(Look("2026-03-09T16:00:00Z"), IsEmpty());
  Wait("2026-03-10T09:00:00Z");
  EXPECT_THAT(Look("2026-03-10T10:00:00Z"), ElementsAre("accept-paused"));
  said_.mutable_waits(1)->mutable_end_time()->set_seconds(
      absl::ToUnixSeconds(Moment("2026-03-10T10:30:00Z")));
  Wait("2026-03-10T10:40:00Z");
  EXPECT_THAT(Look("2026-03-10T11:00:00Z"), ElementsAre("accept-resumed", "accept-paused"));
}

// A pause that was none: what it hid shows.
TEST_F(HandoverPausesTest, AVoidedWaitGivesNoTime) {
  Wait("2026-03-09T12:00:00Z");
  EXPECT_THAT(Look("2026-03-11T12:00:00Z"), ElementsAre("accept-paused"));
  said_.clear_waits();
  EXPECT_THAT(Look("2026-03-11T12:30:00Z"), ElementsAre("accept-resumed", "accept-warned",
                                                        "accept-breached", "accept-escalated"));
  EXPECT_EQ(TimeIn(clock().due_time()), Moment("2026-03-10T11:00:00Z"));
}

TEST_F(HandoverPausesTest, ItIsLookedForTheEndOfAWaitEverMoreSeldom) {
  Wait("2026-03-09T12:00:00Z");
  Look("2026-03-09T12:00:00Z");
  const absl::Time soon = Moment("2026-03-09T12:00:00Z");
  EXPECT_EQ(NextLook(handover_, soon), soon + absl::Minutes(156)) << "a tenth of 26 hours";
  const absl::Time later = soon + absl::Hours(1'000);
  EXPECT_EQ(NextLook(handover_, later), later + absl::Hours(100));
}

TEST_F(HandoverPausesTest, TheTimeToActStandsStillAsWell) {
  type::v1::Actor ana;
  Answer(v1::HANDOVER_STATE_ACCEPTING, ana, kOffered, &handover_);
  ASSERT_TRUE(CompleteAcceptance(charter_, charter_.handovers(0), 7, kOffered, &handover_).ok());
  // Over on Wednesday at one; four hours were waited on Tuesday.
  Wait("2026-03-10T09:00:00Z", "2026-03-10T13:00:00Z");
  EXPECT_THAT(Look("2026-03-10T15:00:00Z"), ElementsAre("act-paused", "act-resumed"));
  EXPECT_EQ(TimeIn(handover_.act_clock().due_time()), Moment("2026-03-11T17:00:00Z"));
  EXPECT_THAT(NoteDeed({}, Moment("2026-03-11T16:59:00Z"), &handover_).size(), 1u);
  EXPECT_FALSE(handover_.act_clock().breached());
}

}  // namespace
}  // namespace comity::gateway
