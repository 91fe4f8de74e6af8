// The engine on a real database, against services that fail on the way there and back.
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/workflow/operation.h"
#include "services/gateway/workflow/runner_fixture.h"

namespace comity::gateway {
namespace {

using google::longrunning::Operation;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST_F(RunnerTest, DoesItsStepsInOrder) {
  const auto runner = MakeRunner();
  const v1::ConvertLeadRequest request = Request("A");
  const std::string name = Start(runner.get(), request);
  runner->RunDue();
  const v1::Workflow workflow = Get(name);
  EXPECT_EQ(workflow.state(), v1::WORKFLOW_STATE_SUCCEEDED) << workflow.DebugString();
  EXPECT_EQ(workflow.actor().person(), "persons/ana");
  EXPECT_EQ(workflow.steps_size(), 3);
  EXPECT_THAT(target_.Standing(),
              UnorderedElementsAre(Pair("A first", 1), Pair("A second", 1), Pair("A third", 1)));
  EXPECT_THAT(EntryTypes(name), ElementsAre("started", "succeeded"));
  const Definition definition = Threefold();
  const Operation operation = OperationOf(Read(name), &definition);
  EXPECT_TRUE(operation.done());
  v1::ConvertLeadResponse response;
  ASSERT_TRUE(operation.response().UnpackTo(&response));
  EXPECT_EQ(response.opportunity(), workflow.steps(2).record());
  // The same request again starts nothing.
  EXPECT_EQ(Start(runner.get(), request), name);
  runner->RunDue();
  EXPECT_EQ(target_.calls(), 3);
}

TEST_F(RunnerTest, UndoesWhatWasDoneWhenAStepIsRefused) {
  target_.refused = {"A third"};
  const auto runner = MakeRunner();
  const std::string name = Start(runner.get(), Request("A"));
  runner->RunDue();
  const v1::Workflow workflow = Get(name);
  EXPECT_EQ(workflow.state(), v1::WORKFLOW_STATE_WITHDRAWN) << workflow.DebugString();
  EXPECT_EQ(Reason(FromRpcStatus(workflow.refusal())), "NOT_SO");
  EXPECT_THAT(target_.withdrawals(), ElementsAre("A second", "A first"));
  EXPECT_THAT(target_.Standing(), UnorderedElementsAre(Pair("A first", 0), Pair("A second", 0)));
  const Definition definition = Threefold();
  const Operation operation = OperationOf(Read(name), &definition);
  EXPECT_TRUE(operation.done());
  EXPECT_EQ(Reason(FromRpcStatus(operation.error())), "NOT_SO");
}

TEST_F(RunnerTest, AsksTheSameAgainWhereAnAnswerIsNotKnown) {
  // There and back, twice each.
  target_.before = [](int n) {
    return n == 0 || n == 2 ? Unavailable("SERVICE_UNAVAILABLE", "away") : absl::OkStatus();
  };
  target_.after = [](int n) { return n == 1 || n == 3 ? DeadlineExceeded() : absl::OkStatus(); };
  const auto runner = MakeRunner();
  const std::string name = Start(runner.get(), Request("A"));
  ASSERT_TRUE(Eventually([&] {
    runner->RunDue();
    return Ended(name);
  }));
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  EXPECT_THAT(target_.Standing(),
              UnorderedElementsAre(Pair("A first", 1), Pair("A second", 1), Pair("A third", 1)));
  EXPECT_GT(Get(name).steps(0).attempts(), 1);
  const auto ids = target_.request_ids();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 3u);
}

TEST_F(RunnerTest, IsStuckInWhatNoTableForeseesAndGoesOnWhenResumed) {
  bool broken = true;
  target_.before = [&](int n) { return n > 0 && broken ? Internal("broken") : absl::OkStatus(); };
  const auto runner = MakeRunner();
  const std::string name = Start(runner.get(), Request("A"));
  ASSERT_TRUE(Eventually([&] {
    runner->RunDue();
    return Get(name).state() == v1::WORKFLOW_STATE_STUCK;
  }));
  EXPECT_EQ(Get(name).step(), "second");
  runner->RunDue();
  broken = false;
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_STUCK) << "nobody has looked yet";
  WorkflowService service(nullptr, runner.get(), nullptr);
  Call call = runtime_.MakeCall("ivo@it", "test/Resume");
  v1::ResumeWorkflowRequest resume;
  resume.set_name(name);
  resume.set_request_id(testlib::NewRequestId());
  ASSERT_TRUE(service.ResumeWorkflow(call, resume).ok());
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  resume.set_request_id(testlib::NewRequestId());
  const auto again = service.ResumeWorkflow(call, resume);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->state(), v1::WORKFLOW_STATE_SUCCEEDED);
}

TEST_F(RunnerTest, UndoesAStepWhoseAnswerWasLost) {
  // The second step is done, its answer lost; then it is refused, as if somebody else had come.
  target_.after = [](int n) { return n == 1 ? DeadlineExceeded() : absl::OkStatus(); };
  target_.before = [](int n) {
    return n == 2 ? PreconditionFailed("NOT_SO", "x", "refused") : absl::OkStatus();
  };
  const auto runner = MakeRunner();
  const std::string name = Start(runner.get(), Request("A"));
  ASSERT_TRUE(Eventually([&] {
    runner->RunDue();
    return Ended(name);
  }));
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_WITHDRAWN);
  EXPECT_THAT(target_.Standing(), UnorderedElementsAre(Pair("A first", 0), Pair("A second", 0)));
}

// As of a person who lost his role while the answer was on its way: the service has done it.
TEST_F(RunnerTest, ALastStepThatWasDoneAfterAllEndsIt) {
  target_.after = [](int n) { return n == 2 ? DeadlineExceeded() : absl::OkStatus(); };
  target_.before = [](int n) {
    return n == 3 ? PermissionDenied("ROLE_REQUIRED", "refused") : absl::OkStatus();
  };
  const auto runner = MakeRunner();
  const std::string name = Start(runner.get(), Request("A"));
  ASSERT_TRUE(Eventually([&] {
    runner->RunDue();
    return Ended(name);
  }));
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  EXPECT_FALSE(Get(name).has_refusal());
  EXPECT_THAT(target_.Standing(),
              UnorderedElementsAre(Pair("A first", 1), Pair("A second", 1), Pair("A third", 1)));
}

TEST_F(RunnerTest, SaysWhichRecordStaysBecauseOthersUseIt) {
  target_.refused = {"A third"};
  target_.kept = {"A first"};
  const auto runner = MakeRunner();
  const std::string name = Start(runner.get(), Request("A"));
  runner->RunDue();
  const v1::Workflow workflow = Get(name);
  ASSERT_EQ(workflow.state(), v1::WORKFLOW_STATE_WITHDRAWN);
  EXPECT_THAT(target_.Standing(), UnorderedElementsAre(Pair("A first", 1), Pair("A second", 0)));
  const v1::WorkflowStep& first = workflow.steps(workflow.steps_size() - 1);
  EXPECT_EQ(first.record(), "opportunities/1");
  EXPECT_EQ(Reason(FromRpcStatus(first.error())), "RECORD_IN_USE");
  const v1::WorkflowStep& second = workflow.steps(workflow.steps_size() - 2);
  EXPECT_EQ(second.record(), "opportunities/2");
  EXPECT_FALSE(second.has_error());
}

TEST_F(RunnerTest, WhoLostHisLeaseWritesNoMore) {
  constexpr absl::Duration kShort = absl::Milliseconds(50);
  const auto slow = MakeRunner(kShort);
  const auto other = MakeRunner(kShort);
  const std::string name = Start(slow.get(), Request("A"));
  absl::Mutex mutex;
  bool ended = false;
  // The first call waits until another replica has done all of it.
  target_.before = [&](int n) {
    if (n > 0) return absl::OkStatus();
    absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(&ended));
    return absl::OkStatus();
  };
  std::thread stalled([&] { slow->RunDue(); });
  // InsertWorkflow has claimed it for kLease: that is taken from it, as a clock would in time.
  Call call = runtime_.MakeCall("ana@sales");
  ASSERT_TRUE(Eventually([&] { return target_.calls() == 1; }));
  google::protobuf::Empty none;
  ASSERT_TRUE(storage::TransactInto(
                  call, storage::TransactOptions(),
                  [](storage::Transaction& tx) {
                    return tx.Execute("UPDATE workflows SET lease_until = 0", {}).status();
                  },
                  &none)
                  .ok());
  ASSERT_TRUE(Eventually([&] {
    other->RunDue();
    return Ended(name);
  }));
  {
    absl::MutexLock lock(&mutex);
    ended = true;
  }
  stalled.join();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  EXPECT_EQ(Get(name).steps_size(), 3);
  EXPECT_THAT(target_.Standing(),
              UnorderedElementsAre(Pair("A first", 1), Pair("A second", 1), Pair("A third", 1)));
  EXPECT_THAT(EntryTypes(name), ElementsAre("started", "succeeded"));
}

// Many workflows, three replicas, calls that fail at random on the way there and back, replicas
// that stop in the middle: each ends, with each effect once, or withdrawn.
TEST_F(RunnerTest, EndsWithEachEffectOnceWhateverFails) {
  constexpr int kWorkflows = 60;
  std::mt19937 random(20261126);
  absl::Mutex mutex;
  const auto at_random = [&](int one_in, absl::Status status) {
    absl::MutexLock lock(&mutex);
    return random() % static_cast<unsigned>(one_in) == 0 ? status : absl::OkStatus();
  };
  target_.before = [&](int) { return at_random(5, Unavailable("SERVICE_UNAVAILABLE", "away")); };
  target_.after = [&](int) { return at_random(5, DeadlineExceeded()); };
  std::vector<std::string> names;
  std::vector<std::unique_ptr<Runner>> replicas;
  for (int i = 0; i < 3; ++i) {
    replicas.push_back(MakeRunner(absl::Milliseconds(300)));
    ASSERT_TRUE(replicas.back()->Start().ok());
  }
  for (int i = 0; i < kWorkflows; ++i) {
    if (i % 3 == 0) target_.refused.insert(absl::StrCat(i, i % 2 == 0 ? " third" : " second"));
  }
  for (int i = 0; i < kWorkflows; ++i) {
    names.push_back(Start(replicas[static_cast<size_t>(i % 3)].get(), Request(absl::StrCat(i))));
    if (i % 20 == 19) {
      // A replica goes, with what it was about to do, and comes back.
      std::unique_ptr<Runner>& gone = replicas[static_cast<size_t>(i / 20 % 3)];
      gone = MakeRunner(absl::Milliseconds(300));
      ASSERT_TRUE(gone->Start().ok());
    }
  }
  for (const std::string& name : names) {
    ASSERT_TRUE(Eventually([&] { return Ended(name); })) << Get(name).DebugString();
  }
  replicas.clear();
  const std::map<std::string, int> standing = target_.Standing();
  for (int i = 0; i < kWorkflows; ++i) {
    const v1::WorkflowState state = Get(names[static_cast<size_t>(i)]).state();
    EXPECT_EQ(state, i % 3 == 0 ? v1::WORKFLOW_STATE_WITHDRAWN : v1::WORKFLOW_STATE_SUCCEEDED);
    for (const char* step : {"first", "second", "third"}) {
      const auto found = standing.find(absl::StrCat(i, " ", step));
      EXPECT_EQ(found == standing.end() ? 0 : found->second, i % 3 == 0 ? 0 : 1) << i << step;
    }
    EntryTypes(names[static_cast<size_t>(i)]);  // versions without a gap
  }
}

TEST_F(RunnerTest, GoesBatchByBatchAndCanBeStoppedAndResumed) {
  const auto runner = MakeRunner();
  runner_ = runner.get();
  std::string name;
  target_.after = [&](int n) {
    if (n == 1) {
      EXPECT_EQ(Stop(name, "sam@sales"), "");
    }
    return absl::OkStatus();
  };
  name = Start(runner.get(), Request("A"), "by-batches");
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_STOPPED) << Get(name).DebugString();
  EXPECT_EQ(Get(name).done(), 2);
  runner->RunDue();
  EXPECT_EQ(target_.calls(), 2);
  EXPECT_EQ(Resume(name, "mia@marketing"), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(Resume(name, "sam@sales"), "");
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED) << Get(name).DebugString();
  EXPECT_EQ(Get(name).done(), 4);
  EXPECT_EQ(target_.Standing().size(), 4u);
  const auto ids = target_.request_ids();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 4u);
  EXPECT_EQ(Stop(name, "sam@sales"), "") << "it has ended: nothing is to be stopped";
}

TEST_F(RunnerTest, ABatchThatIsRefusedUndoesNothing) {
  target_.refused = {"A 3"};
  const auto runner = MakeRunner();
  runner_ = runner.get();
  const std::string name = Start(runner.get(), Request("A"), "by-batches");
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_STUCK) << Get(name).DebugString();
  EXPECT_EQ(Reason(FromRpcStatus(Get(name).last_error())), "NOT_SO");
  EXPECT_THAT(target_.Standing(), UnorderedElementsAre(Pair("A 1", 1), Pair("A 2", 1)));
  target_.refused.clear();
  EXPECT_EQ(Resume(name, "ivo@it"), "");
  runner->RunDue();
  EXPECT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED);
}

TEST_F(RunnerTest, WhatGoesByStepsIsNotStopped) {
  const auto runner = MakeRunner();
  runner_ = runner.get();
  const std::string name = Start(runner.get(), Request("A"));
  EXPECT_EQ(Stop(name, "mia@marketing"), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(Stop(name, "ivo@it"), "NOT_STOPPABLE");
  runner->RunDue();
  ASSERT_EQ(Get(name).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  EXPECT_EQ(Stop(name, "ivo@it"), "NOT_STOPPABLE") << "nor when it has ended";
}

TEST_F(RunnerTest, ListsByStateKindAndSubject) {
  target_.refused = {"B first"};
  const auto runner = MakeRunner();
  const std::string a = Start(runner.get(), Request("A"));
  const std::string b = Start(runner.get(), Request("B"));
  runner->RunDue();
  WorkflowService service(nullptr, runner.get(), nullptr);
  Call call = runtime_.MakeCall("ivo@it", "test/List");
  const auto list = [&](const std::string& filter, int size = 0) {
    v1::ListWorkflowsRequest request;
    request.set_filter(filter);
    request.set_page_size(size);
    std::vector<std::string> names;
    do {
      const auto page = service.ListWorkflows(call, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& workflow : page->workflows()) names.push_back(workflow.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  };
  EXPECT_THAT(list(""), ElementsAre(b, a));
  EXPECT_THAT(list("", 1), ElementsAre(b, a));
  EXPECT_THAT(list("state = WITHDRAWN"), ElementsAre(b));
  EXPECT_THAT(list("state = STUCK"), IsEmpty());
  EXPECT_THAT(list("kind = threefold AND subject = \"leads/x\"", 1), ElementsAre(b, a));
  v1::ListWorkflowsRequest bad;
  bad.set_filter("state = GONE");
  EXPECT_EQ(Reason(service.ListWorkflows(call, bad).status()), "FILTER_INVALID");
}

}  // namespace
}  // namespace comity::gateway
