// The clocks of handovers on a real database: each notes once, and blames nobody for what others
// take.
#include "services/gateway/handover/handover_clocks.h"

#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/handover/handover_fixture.h"

namespace comity::gateway {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class HandoverClocksTest : public HandoverServiceTest {};

TEST_F(HandoverClocksTest, WarningAndBreachAreNotedOnceAndStay) {
  const v1::Handover handover = Offered();
  const absl::Time warn = resource::ToTime(handover.accept_clock().warn_time());
  const absl::Time due = resource::ToTime(handover.accept_clock().due_time());
  EXPECT_LT(warn, due);
  clocks_.RunDue(warn - absl::Seconds(1));
  EXPECT_THAT(TypesOf(handover.name()), ElementsAre("offered"));
  clocks_.RunDue(warn);
  clocks_.RunDue(warn + absl::Seconds(1));
  EXPECT_THAT(TypesOf(handover.name()), ElementsAre("offered", "accept-warned"));
  clocks_.RunDue(due + absl::Hours(1));
  clocks_.RunDue(due + absl::Hours(2));
  EXPECT_THAT(TypesOf(handover.name()), ElementsAre("offered", "accept-warned", "accept-breached"));
  EXPECT_EQ(resource::ToTime(EntriesOf(handover.name())[2].occur_time()), due);
  EXPECT_EQ(EntriesOf(handover.name())[2].actor().workload(), "service/gateway");
  Accept(handover.name());
  const v1::Handover accepted = Get(handover.name());
  EXPECT_TRUE(accepted.accept_clock().breached());
  EXPECT_EQ(accepted.state(), v1::HANDOVER_STATE_ACCEPTED);
}

TEST_F(HandoverClocksTest, WhatIsLateIsEscalatedAlsoWhereTheAgreementWasRetired) {
  const v1::Handover handover = Offered();
  ASSERT_EQ(handover.escalate_to(), "departments/management");
  const absl::Time due = resource::ToTime(handover.accept_clock().due_time());
  const absl::Time escalate = resource::ToTime(handover.accept_clock().escalate_time());
  ASSERT_LT(due, escalate);
  UseCharterWithout(kTestAgreement);
  clocks_.RunDue(due);
  EXPECT_EQ(List("escalated_to = departments/management").handovers_size(), 0);
  clocks_.RunDue(escalate);
  clocks_.RunDue(escalate + absl::Hours(1));
  EXPECT_THAT(TypesOf(handover.name()),
              ElementsAre("offered", "accept-warned", "accept-breached", "accept-escalated"));
  const auto told = List("escalated_to = departments/management");
  ASSERT_EQ(told.handovers_size(), 1);
  EXPECT_EQ(told.handovers(0).name(), handover.name());
  EXPECT_EQ(List("escalated_to = departments/sales").handovers_size(), 0);
  EXPECT_EQ(List("awaits = departments/sales").handovers_size(), 1);
  Accept(handover.name());
  EXPECT_EQ(List("escalated_to = departments/management").handovers_size(), 0);
  EXPECT_TRUE(Get(handover.name()).accept_clock().escalated());
  // What was accepted and not begun.
  const absl::Time act = resource::ToTime(Get(handover.name()).act_clock().escalate_time());
  clocks_.RunDue(act);
  EXPECT_EQ(List("escalated_to = departments/management").handovers_size(), 1);
  owners_.Act(handover.subject(), act + absl::Hours(1));
  clocks_.RunDue(act + absl::Hours(1'000));
  EXPECT_EQ(List("escalated_to = departments/management").handovers_size(), 0);
  EXPECT_TRUE(Get(handover.name()).act_clock().escalated());
}

TEST_F(HandoverClocksTest, NobodyIsLateWhileTheCustomerIsAwaited) {
  const v1::Handover handover = Offered();
  const absl::Time warn = resource::ToTime(handover.accept_clock().warn_time());
  const absl::Time due = resource::ToTime(handover.accept_clock().due_time());
  owners_.Wait(handover.subject(), warn - absl::Minutes(1));
  clocks_.RunDue(warn);
  clocks_.RunDue(due + absl::Hours(1'000));
  EXPECT_THAT(TypesOf(handover.name()), ElementsAre("offered", "accept-paused"));
  const absl::Time heard = due + absl::Hours(1'001);
  owners_.Wait(handover.subject(), heard);
  clocks_.RunDue(due + absl::Hours(2'000));
  const v1::HandoverClock clock = Get(handover.name()).accept_clock();
  EXPECT_GT(resource::ToTime(clock.due_time()), heard);
  EXPECT_TRUE(clock.breached()) << "it went on when the customer was heard of";
  EXPECT_THAT(TypesOf(handover.name()),
              ElementsAre("offered", "accept-paused", "accept-resumed", "accept-warned",
                          "accept-breached", "accept-escalated"));
}

// Only it knows whether it was waiting.
TEST_F(HandoverClocksTest, NobodyIsLateToAnswerWhileTheRecordsServiceIsAway) {
  const v1::Handover handover = Offered();
  const absl::Time due = resource::ToTime(handover.accept_clock().due_time());
  owners_.before = [](const std::string&) { return Unavailable("SERVICE_UNAVAILABLE", "away"); };
  clocks_.RunDue(due + absl::Minutes(1));
  EXPECT_THAT(TypesOf(handover.name()), ElementsAre("offered"));
  owners_.before = nullptr;
  clocks_.RunDue(due + absl::Minutes(3));
  EXPECT_THAT(TypesOf(handover.name()), ElementsAre("offered", "accept-warned", "accept-breached"));
}

TEST_F(HandoverClocksTest, AnAnswerThatIsTooLateNotesTheBreachItself) {
  const v1::Handover handover = Offered();
  Call call = runtime_.MakeCall("ana@sales", "test/Return");
  call.now = resource::ToTime(handover.accept_clock().due_time());
  v1::ReturnHandoverRequest request;
  request.set_name(handover.name());
  request.set_reason("no-need");
  request.set_request_id(testlib::NewRequestId());
  const auto returned = service_.ReturnHandover(call, request);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_TRUE(returned->accept_clock().breached());
  EXPECT_THAT(TypesOf(handover.name()),
              ElementsAre("offered", "accept-warned", "accept-breached", "returned"));
}

// Whether it stood still only the record's service knows, also of what nobody has looked at since.
TEST_F(HandoverClocksTest, AnAnswerCountsWhatTheRecordWaited) {
  const v1::Handover handover = Offered();
  const absl::Time due = resource::ToTime(handover.accept_clock().due_time());
  owners_.Wait(handover.subject(), due - absl::Minutes(1));
  Call call = runtime_.MakeCall("ana@sales", "test/Return");
  call.now = due + absl::Minutes(1);
  v1::ReturnHandoverRequest request;
  request.set_name(handover.name());
  request.set_reason("no-need");
  request.set_request_id(testlib::NewRequestId());
  owners_.before = [](const std::string&) { return Unavailable("SERVICE_UNAVAILABLE", "away"); };
  EXPECT_EQ(Reason(service_.ReturnHandover(call, request).status()), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(Return(handover.name(), "sue@support"), "NOT_OWN_DEPARTMENT");
  owners_.before = nullptr;
  const auto returned = service_.ReturnHandover(call, request);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_FALSE(returned->accept_clock().breached());
}

TEST_F(HandoverClocksTest, AnAnswerAfterAPauseThatNobodyHasSeenEndIsLate) {
  const v1::Handover handover = Offered();
  const absl::Time start = resource::ToTime(handover.accept_clock().start_time());
  owners_.Wait(handover.subject(), start + absl::Minutes(1));
  clocks_.RunDue(resource::ToTime(handover.accept_clock().warn_time()));
  ASSERT_TRUE(Get(handover.name()).accept_clock().has_pause_time());
  owners_.Wait(handover.subject(), start + absl::Minutes(2));
  Call call = runtime_.MakeCall("ana@sales", "test/Return");
  call.now = start + absl::Hours(24 * 30);
  v1::ReturnHandoverRequest request;
  request.set_name(handover.name());
  request.set_reason("no-need");
  request.set_request_id(testlib::NewRequestId());
  const auto returned = service_.ReturnHandover(call, request);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_TRUE(returned->accept_clock().breached());
  EXPECT_FALSE(returned->accept_clock().has_pause_time());
}

TEST_F(HandoverClocksTest, OfSeveralReplicasOneNotes) {
  std::vector<std::string> names;
  absl::Time due;
  for (int i = 0; i < 10; ++i) {
    const v1::Handover handover = Offered();
    names.push_back(handover.name());
    due = resource::ToTime(handover.accept_clock().due_time());
  }
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) {
    replicas.emplace_back([this, due] {
      HandoverClocks clocks(runtime_.runtime(), &owners_);
      clocks.RunDue(due + absl::Seconds(1));
    });
  }
  for (std::thread& replica : replicas) replica.join();
  clocks_.RunDue(due + absl::Seconds(1));
  for (const std::string& name : names) {
    EXPECT_THAT(TypesOf(name), ElementsAre("offered", "accept-warned", "accept-breached"));
  }
}

TEST_F(HandoverClocksTest, TheFirstDeedStopsTheTimeToAct) {
  const v1::Handover offered = Offered();
  Accept(offered.name());
  const v1::Handover handover = Get(offered.name());
  const absl::Time start = resource::ToTime(handover.act_clock().start_time());
  const absl::Time due = resource::ToTime(handover.act_clock().due_time());
  clocks_.RunDue(start + (due - start) / 2);
  EXPECT_FALSE(Get(offered.name()).act_clock().has_stop_time());
  const absl::Time deed = start + absl::Minutes(1);
  owners_.Act(offered.subject(), deed);
  clocks_.RunDue(due + absl::Hours(1));
  const v1::Handover acted = Get(offered.name());
  EXPECT_EQ(resource::ToTime(acted.act_clock().stop_time()), deed);
  EXPECT_FALSE(acted.act_clock().breached());
  EXPECT_THAT(TypesOf(offered.name()), Contains("acted").Times(1));
  EXPECT_THAT(TypesOf(offered.name()), Not(Contains("act-breached")));
}

// Whether somebody acted in time only the record's service can tell.
TEST_F(HandoverClocksTest, NobodyIsBlamedWhileTheServiceIsAway) {
  const v1::Handover offered = Offered();
  Accept(offered.name());
  const absl::Time due = resource::ToTime(Get(offered.name()).act_clock().due_time());
  bool away = true;
  owners_.before = [&](const std::string&) {
    return away ? Unavailable("SERVICE_UNAVAILABLE", "away") : absl::OkStatus();
  };
  clocks_.RunDue(due + absl::Hours(1));
  EXPECT_FALSE(Get(offered.name()).act_clock().breached());
  away = false;
  clocks_.RunDue(due + absl::Hours(2));
  EXPECT_TRUE(Get(offered.name()).act_clock().breached());
  EXPECT_THAT(TypesOf(offered.name()),
              ElementsAre("offered", "acceptance-begun", "accepted", "act-warned", "act-breached"));
}

TEST_F(HandoverClocksTest, WhatIsAcceptedAwaitsADeedUntilThereIsOneOrItsTimeIsOver) {
  const v1::Handover acted = Offered();
  const v1::Handover forgotten = Offered();
  const auto awaiting = [this] { return List("awaits = departments/sales").handovers_size(); };
  Accept(acted.name());
  Accept(forgotten.name());
  EXPECT_EQ(awaiting(), 2);
  const v1::HandoverClock clock = Get(acted.name()).act_clock();
  owners_.Act(acted.subject(), resource::ToTime(clock.start_time()) + absl::Minutes(1));
  clocks_.RunDue(resource::ToTime(clock.warn_time()));
  EXPECT_EQ(awaiting(), 1);
  const absl::Time late = resource::ToTime(clock.due_time()) + absl::Hours(1);
  clocks_.RunDue(late);
  EXPECT_TRUE(Get(forgotten.name()).act_clock().breached());
  EXPECT_EQ(awaiting(), 1) << "what is late waits all the same";
  owners_.Act(forgotten.subject(), late + absl::Minutes(1));
  clocks_.RunDue(late + absl::Hours(1'000));
  EXPECT_EQ(awaiting(), 0);
}

TEST_F(HandoverClocksTest, ADeedThatIsVoidedStopsTheTimeToActNoMore) {
  const v1::Handover offered = Offered();
  Accept(offered.name());
  const v1::HandoverClock clock = Get(offered.name()).act_clock();
  const absl::Time start = resource::ToTime(clock.start_time());
  const absl::Time due = resource::ToTime(clock.due_time());
  owners_.Act(offered.subject(), start + absl::Minutes(1));
  clocks_.RunDue(start + (due - start) / 2);
  EXPECT_TRUE(Get(offered.name()).act_clock().has_stop_time());
  owners_.UndoDeeds(offered.subject());
  clocks_.RunDue(due + absl::Hours(1));
  EXPECT_FALSE(Get(offered.name()).act_clock().has_stop_time());
  EXPECT_TRUE(Get(offered.name()).act_clock().breached());
  EXPECT_THAT(TypesOf(offered.name()),
              ElementsAre("offered", "acceptance-begun", "accepted", "acted", "deed-voided",
                          "act-warned", "act-breached"));
}

// The workflow comes to it only when the time to answer is over: that is not sales' fault.
TEST_F(HandoverClocksTest, AnAcceptanceCountsFromWhenItWasAskedFor) {
  const v1::Handover offered = Offered();
  const absl::Time due = resource::ToTime(offered.accept_clock().due_time());
  const absl::Time asked = due - absl::Seconds(1);
  Call call = runtime_.MakeCall("ana@sales", "test/Accept");
  call.now = asked;
  v1::AcceptHandoverRequest request;
  request.set_name(offered.name());
  request.set_request_id(testlib::NewRequestId());
  const auto operation = service_.AcceptHandover(call, request);
  ASSERT_TRUE(operation.ok()) << operation.status();
  clocks_.RunDue(due + absl::Hours(1));
  EXPECT_FALSE(Get(offered.name()).accept_clock().breached());
  owners_.now = due + absl::Hours(2);
  EXPECT_EQ(AwaitEnd(operation->name()).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  const v1::Handover accepted = Get(offered.name());
  EXPECT_FALSE(accepted.accept_clock().breached());
  EXPECT_EQ(resource::ToTime(accepted.answer_time()), resource::ToTime(resource::FromTime(asked)));
  EXPECT_EQ(resource::ToTime(accepted.accept_clock().stop_time()),
            resource::ToTime(accepted.answer_time()));
  // Nor is what the workflow took any of the time to act.
  EXPECT_EQ(resource::ToTime(accepted.act_clock().start_time()), *owners_.now);
  EXPECT_THAT(TypesOf(offered.name()),
              ElementsAre("offered", "accept-warned", "acceptance-begun", "accepted"));
}

// What is accepted in vain is late all the same.
TEST_F(HandoverClocksTest, AnAcceptanceThatWasRefusedHoldsUpNoClock) {
  const v1::Handover offered = Offered();
  owners_.Put(offered.subject(), "departments/membership", "persons/meg");
  const auto workflow = BeginAccept(offered.name());
  ASSERT_TRUE(workflow.ok());
  EXPECT_EQ(RefusalOf(*workflow), "RESPONSIBILITY_MOVED");
  clocks_.RunDue(resource::ToTime(offered.accept_clock().due_time()) + absl::Hours(1));
  EXPECT_TRUE(Get(offered.name()).accept_clock().breached());
}

TEST_F(HandoverClocksTest, AServiceThatIsAwayIsAskedOnceForAll) {
  absl::Time due;
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    names.push_back(Offered().name());
    Accept(names.back());
    due = resource::ToTime(Get(names.back()).act_clock().due_time());
  }
  int asked = 0;
  owners_.before = [&](const std::string&) {
    ++asked;
    return Unavailable("SERVICE_UNAVAILABLE", "away");
  };
  clocks_.RunDue(due + absl::Hours(1));
  EXPECT_EQ(asked, 1);
  owners_.before = nullptr;
  clocks_.RunDue(due + absl::Hours(2));
  for (const std::string& name : names) EXPECT_TRUE(Get(name).act_clock().breached());
}

}  // namespace
}  // namespace comity::gateway
