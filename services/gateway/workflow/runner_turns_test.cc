// What people do with a workflow on its way: they take it over, take it back, give it up; and
// releases side by side.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/workflow/runner_fixture.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST_F(RunnerTest, WhatSucceededIsUndoneWhenItIsTakenBack) {
  const auto runner = MakeRunner();
  const std::string name = Start(runner.get(), Request("A"));
  runner->RunDue();
  ASSERT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  Withdraw("leads/other");
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  Withdraw("leads/x");
  runner->RunDue();
  const v1::Workflow workflow = Get(name);
  EXPECT_EQ(workflow.state(), v1::WORKFLOW_STATE_WITHDRAWN) << workflow.DebugString();
  EXPECT_EQ(Reason(FromRpcStatus(workflow.refusal())), "TAKEN_BACK");
  EXPECT_THAT(target_.withdrawals(), ElementsAre("A third", "A second", "A first"));
  EXPECT_THAT(EntryTypes(name),
              ElementsAre("started", "succeeded", "withdrawal-begun", "withdrawn"));
  Withdraw("leads/x");  // once more
  runner->RunDue();
  EXPECT_EQ(EntryTypes(name).size(), 4u);
}

// It is taken back while each of its calls is under way, and while it is about to end.
TEST_F(RunnerTest, WhatIsTakenBackOnItsWayIsUndone) {
  for (int at = 0; at < 3; ++at) {
    SCOPED_TRACE(at);
    const int first = target_.calls();
    target_.after = [&](int n) {
      if (n == first + at) Withdraw("leads/x");
      return absl::OkStatus();
    };
    const auto runner = MakeRunner();
    const std::string name = Start(runner.get(), Request(absl::StrCat("B", at)));
    runner->RunDue();
    EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_WITHDRAWN) << Get(name).DebugString();
    for (const auto& [title, standing] : target_.Standing()) EXPECT_EQ(standing, 0) << title;
  }
}

TEST_F(RunnerTest, OneThatIsStuckIsUndoneWhenItIsTakenBack) {
  target_.before = [](int n) { return n > 0 && n < 9 ? Internal("broken") : absl::OkStatus(); };
  const auto runner = MakeRunner();
  runner_ = runner.get();
  const std::string name = Start(runner.get(), Request("A"));
  ASSERT_TRUE(Eventually([&] {
    runner->RunDue();
    return Get(name).state() == v1::WORKFLOW_STATE_STUCK;
  }));
  EXPECT_EQ(Resume(name, "mia@marketing"), "NOT_OWN_DEPARTMENT");
  Withdraw("leads/x");
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_WITHDRAWN) << Get(name).DebugString();
  EXPECT_THAT(target_.Standing(), UnorderedElementsAre(Pair("A first", 0)));
}

// The answer of a step was lost, then who started it lost his role: the steward who goes on with it
// does not do it twice.
TEST_F(RunnerTest, AStewardTakesOverWhatOneWhoLeftHasStarted) {
  target_.after = [](int n) { return n == 1 ? DeadlineExceeded() : absl::OkStatus(); };
  target_.before = [](int n) {
    return n >= 2 && n < 12 ? PermissionDenied("ROLE_UNKNOWN", "he has left") : absl::OkStatus();
  };
  const auto runner = MakeRunner();
  runner_ = runner.get();
  const std::string name = Start(runner.get(), Request("A"));
  ASSERT_TRUE(Eventually([&] {
    runner->RunDue();
    return Get(name).state() == v1::WORKFLOW_STATE_STUCK;
  }));
  target_.before = nullptr;
  EXPECT_EQ(Resume(name, "sam@sales"), "");
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED) << Get(name).DebugString();
  EXPECT_EQ(Get(name).actor().person(), "persons/sam");
  EXPECT_THAT(target_.Standing(),
              UnorderedElementsAre(Pair("A first", 1), Pair("A second", 1), Pair("A third", 1)));
}

// The one who took over had done the step, and the answer was lost with the gateway: a third one,
// or whoever undoes it, learns of it.
TEST_F(RunnerTest, WhatWhoeverTookOverDidIsNotDoneTwiceNorLeft) {
  for (const bool gives_up : {false, true}) {
    SCOPED_TRACE(gives_up);
    TestTarget target;
    const auto runner = MakeRunner(kLease, &target);
    runner_ = runner.get();
    target.before = [](int n) { return n == 0 ? absl::OkStatus() : Internal("broken"); };
    const std::string title = absl::StrCat("T", gives_up);
    const std::string name = Start(runner.get(), Request(title));
    RunUntilStuck(runner.get(), name);
    target.before = nullptr;
    // It is done, and all that follows fails until it is stuck again.
    const int first = target.calls();
    target.after = [&](int n) { return n > first ? Internal("broken") : absl::OkStatus(); };
    EXPECT_EQ(Resume(name, "sam@sales"), "");
    RunUntilStuck(runner.get(), name);
    EXPECT_EQ(target.Standing()[title + " second"], 1);
    target.after = nullptr;
    EXPECT_EQ(gives_up ? GiveUp(name, "ana@sales") : Resume(name, "ana@sales"), "");
    runner->RunDue();
    EXPECT_EQ(Get(name).state(),
              gives_up ? v1::WORKFLOW_STATE_WITHDRAWN : v1::WORKFLOW_STATE_SUCCEEDED)
        << Get(name).DebugString();
    for (const auto& [record, standing] : target.Standing()) {
      EXPECT_EQ(standing, gives_up ? 0 : 1) << record;
    }
  }
}

// Whoever started it goes on with it again, after another one had: his first request was void.
TEST_F(RunnerTest, TheFirstOneMayTakeItOverAgain) {
  target_.before = [](int n) { return n == 0 ? absl::OkStatus() : Internal("broken"); };
  const auto runner = MakeRunner();
  runner_ = runner.get();
  const std::string name = Start(runner.get(), Request("A"));
  RunUntilStuck(runner.get(), name);
  int left = 1;  // his request is made void; then it is broken again
  target_.before = [&](int) { return left-- > 0 ? absl::OkStatus() : Internal("broken"); };
  EXPECT_EQ(Resume(name, "sam@sales"), "");
  RunUntilStuck(runner.get(), name);
  target_.before = nullptr;
  EXPECT_EQ(Resume(name, "ana@sales"), "");
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED) << Get(name).DebugString();
  EXPECT_THAT(target_.Standing(),
              UnorderedElementsAre(Pair("A first", 1), Pair("A second", 1), Pair("A third", 1)));
}

TEST_F(RunnerTest, OneThatIsStuckCanBeGivenUp) {
  target_.before = [](int n) { return n == 0 ? absl::OkStatus() : Internal("broken"); };
  const auto runner = MakeRunner();
  runner_ = runner.get();
  const std::string name = Start(runner.get(), Request("A"));
  EXPECT_EQ(GiveUp(name, "sam@sales"), "") << "it is under way: nothing is done";
  RunUntilStuck(runner.get(), name);
  target_.before = nullptr;
  EXPECT_EQ(GiveUp(name, "mia@marketing"), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(GiveUp(name, "ivo@it"), "");
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_WITHDRAWN) << Get(name).DebugString();
  EXPECT_EQ(Reason(FromRpcStatus(Get(name).refusal())), "GIVEN_UP");
  EXPECT_THAT(target_.Standing(), UnorderedElementsAre(Pair("A first", 0)));
  EXPECT_THAT(EntryTypes(name), ElementsAre("started", "stuck", "given-up", "withdrawn"));
}

TEST_F(RunnerTest, WhatStaysDoneIsNotGivenUp) {
  target_.refused = {"A 3"};
  const auto runner = MakeRunner();
  runner_ = runner.get();
  const std::string name = Start(runner.get(), Request("A"), "by-batches");
  runner->RunDue();
  ASSERT_EQ(Get(name).state(), v1::WORKFLOW_STATE_STUCK);
  EXPECT_EQ(GiveUp(name, "sam@sales"), "NOT_UNDOABLE");
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_STUCK);
}

// However long a service was away: what is unforeseen then is asked again as often as ever.
TEST_F(RunnerTest, AnOutageTakesNoPatienceFromWhatIsUnforeseen) {
  target_.before = [](int n) -> absl::Status {
    if (n < 1) return Unavailable("SERVICE_UNAVAILABLE", "away");
    return n < 1 + kMostUnforeseen - 1 ? Internal("starting") : absl::OkStatus();
  };
  const auto runner = MakeRunner();
  const std::string name = Start(runner.get(), Request("A"));
  ASSERT_TRUE(Eventually([&] {
    runner->RunDue();
    return Ended(name) || Get(name).state() == v1::WORKFLOW_STATE_STUCK;
  }));
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED) << Get(name).DebugString();
}

TEST_F(RunnerTest, WhatWaitsForNewsIsAskedMoreOften) {
  target_.before = [](int n) {
    return n < kMostUnforeseen + 1 ? PermissionDenied("ROLE_UNKNOWN", "not heard of")
                                   : absl::OkStatus();
  };
  const auto runner = MakeRunner();
  const std::string name = Start(runner.get(), Request("A"));
  ASSERT_TRUE(Eventually([&] {
    runner->RunDue();
    return Ended(name) || Get(name).state() == v1::WORKFLOW_STATE_STUCK;
  }));
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED) << Get(name).DebugString();
}

// A release that knows no such kind leaves it to those that do; one that has another number of
// steps before the one under way goes on with that one.
TEST_F(RunnerTest, ReleasesSideBySide) {
  target_.before = [](int n) { return n == 0 ? absl::OkStatus() : Internal("broken"); };
  const auto runner = MakeRunner();
  runner_ = runner.get();
  const std::string name = Start(runner.get(), Request("A"));
  RunUntilStuck(runner.get(), name);
  target_.before = nullptr;
  EXPECT_EQ(Resume(name, "ivo@it"), "");
  Runner older(runtime_.runtime(), {ByBatches()}, &target_, RunnerOptions());
  older.RunDue();
  Definition newer = Threefold();
  Step before = newer.steps.front();
  before.name = "new";
  newer.steps.insert(newer.steps.begin(), std::move(before));
  Runner next(runtime_.runtime(), {std::move(newer)}, &target_, RunnerOptions());
  next.RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED) << Get(name).DebugString();
  EXPECT_THAT(target_.Standing(),
              UnorderedElementsAre(Pair("A first", 1), Pair("A second", 1), Pair("A third", 1)));
}

// Written by another release: the gateway stays up, and the data stays as it is.
TEST_F(RunnerTest, DataThatIsNotKnownHereStaysAsItIs) {
  const std::string name = Start(MakeRunner().get(), Request("A"));
  Rewrite(name, [](v1::WorkflowRecord* record) {
    record->mutable_data()->set_type_url("type.googleapis.com/comity.gateway.v2.Unknown");
    record->mutable_data()->set_value("as it is");
  });
  const auto runner = MakeRunner();
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_STUCK) << Get(name).DebugString();
  EXPECT_EQ(Get(name).stuck_in(), v1::WORKFLOW_STATE_RUNNING);
  EXPECT_EQ(Reason(FromRpcStatus(Get(name).last_error())), "INTERNAL");
  EXPECT_EQ(Read(name).data().type_url(), "type.googleapis.com/comity.gateway.v2.Unknown");
  EXPECT_EQ(Read(name).data().value(), "as it is");
  EXPECT_EQ(target_.calls(), 0);
}

// Where releases run side by side, an older one leaves what it does not know to a newer one.
TEST_F(RunnerTest, AStepThatIsNotKnownHereIsLeftToOthers) {
  const std::string name = Start(MakeRunner().get(), Request("A"));
  Rewrite(name, [](v1::WorkflowRecord* record) { record->mutable_workflow()->set_step("fourth"); });
  const auto runner = MakeRunner();
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_RUNNING);
  EXPECT_EQ(Get(name).attempts(), 0);
  ASSERT_TRUE(Read(name).has_unknown_time());
  EXPECT_THAT(EntryTypes(name), ElementsAre("started"));
  Rewrite(name, [](v1::WorkflowRecord* record) {
    *record->mutable_unknown_time() = resource::FromTime(absl::Now() - absl::Hours(2));
  });
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_STUCK) << "nobody has come who knows it";
  EXPECT_EQ(target_.calls(), 0);
}

TEST_F(RunnerTest, WhatANewerReleaseHasRunIsNotEndedByAnOlderList) {
  const std::string name = Start(MakeRunner().get(), Request("A"));
  Rewrite(name, [](v1::WorkflowRecord* record) {
    record->set_revision(record->revision() + 1);
    record->mutable_workflow()->set_step("third");
  });
  const auto runner = MakeRunner();
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_RUNNING);
  EXPECT_EQ(target_.calls(), 0);
  // One that knows it goes on at once.
  Rewrite(name, [](v1::WorkflowRecord* record) { record->set_revision(record->revision() - 1); });
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  EXPECT_FALSE(Read(name).has_unknown_time());
}

// What others left comes to its turn beside what was started here.
TEST_F(RunnerTest, WhatIsDueAndWhatWasStartedHereTakeTurns) {
  const std::string left = Start(MakeRunner().get(), Request("left"));
  Rewrite(left, [](v1::WorkflowRecord*) {});
  RunnerOptions options;
  options.threads = 1;
  Runner runner(runtime_.runtime(), {Threefold()}, &target_, std::move(options));
  std::vector<std::string> own;
  for (int i = 0; i < 4; ++i) own.push_back(Start(&runner, Request(absl::StrCat(i))));
  ASSERT_TRUE(runner.Start().ok());
  ASSERT_TRUE(Eventually([&] { return Ended(left) && Ended(own.back()); }));
  // By the order in which its first record was made.
  const auto place = [&](const std::string& name) {
    const std::string record = Get(name).steps(0).record();
    int number = 0;
    EXPECT_TRUE(absl::SimpleAtoi(record.substr(record.find('/') + 1), &number)) << record;
    return number;
  };
  EXPECT_LT(place(left), place(own.back()));
}

}  // namespace
}  // namespace comity::gateway
