// The engine on a real database, against services that fail on the way there and back.
#include "services/gateway/workflow/runner.h"

#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/gateway/v1/move_owner_service.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/empty.pb.h"
#include "gtest/gtest.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/workflow/operation.h"
#include "services/gateway/workflow/test_target.h"
#include "services/gateway/workflow/workflow_service.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::gateway {
namespace {

using google::longrunning::Operation;
using google::protobuf::Message;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

// Three opportunities, called after the step and the request.
Definition Threefold() {
  Definition definition;
  definition.kind = "threefold";
  definition.make_data = []() -> std::unique_ptr<Message> {
    return std::make_unique<v1::ConvertLeadData>();
  };
  for (const char* name : {"first", "second", "third"}) {
    Step step;
    step.name = name;
    step.call = [name](const StepContext& context) {
      const auto& input = static_cast<const v1::ConvertLeadRequest&>(context.input);
      lead::v1::CreateOpportunityRequest request;
      request.mutable_opportunity()->set_display_name(
          absl::StrCat(input.display_name(), " ", name));
      return MakeCall("lead", "comity.lead.v1.OpportunityService/CreateOpportunity", request);
    };
    step.take = [](const Message& reply, Message* data) {
      static_cast<v1::ConvertLeadData*>(data)->mutable_made()->set_opportunity(
          static_cast<const lead::v1::Opportunity&>(reply).name());
    };
    step.made = [](const Message& reply) {
      return static_cast<const lead::v1::Opportunity&>(reply).name();
    };
    definition.steps.push_back(std::move(step));
  }
  definition.result = [](const StepContext& context) -> std::unique_ptr<Message> {
    return std::make_unique<v1::ConvertLeadResponse>(
        static_cast<const v1::ConvertLeadData&>(context.data).made());
  };
  return definition;
}

// Opportunities until four are made, one a batch.
Definition ByBatches() {
  Definition definition;
  definition.kind = "by-batches";
  definition.goes_by_batches = true;
  definition.make_data = []() -> std::unique_ptr<Message> {
    return std::make_unique<v1::MoveOwnerData>();
  };
  Step step;
  step.name = "batch";
  step.call = [](const StepContext& context) {
    const auto& data = static_cast<const v1::MoveOwnerData&>(context.data);
    lead::v1::CreateOpportunityRequest request;
    request.mutable_opportunity()->set_display_name(
        absl::StrCat(static_cast<const v1::ConvertLeadRequest&>(context.input).display_name(), " ",
                     data.made().moved() + 1));
    return MakeCall("lead", "comity.lead.v1.OpportunityService/CreateOpportunity", request);
  };
  step.take = [](const Message&, Message* data) {
    auto& made = *static_cast<v1::MoveOwnerData*>(data)->mutable_made();
    made.set_moved(made.moved() + 1);
  };
  step.more = [](const Message& data) {
    return static_cast<const v1::MoveOwnerData&>(data).made().moved() < 4;
  };
  definition.steps.push_back(std::move(step));
  definition.done = [](const Message& data) {
    return static_cast<const v1::MoveOwnerData&>(data).made().moved();
  };
  definition.result = [](const StepContext& context) -> std::unique_ptr<Message> {
    return std::make_unique<v1::MoveOwnerResponse>(
        static_cast<const v1::MoveOwnerData&>(context.data).made());
  };
  return definition;
}

class RunnerTest : public testing::Test {
 protected:
  std::unique_ptr<Runner> MakeRunner(absl::Duration lease = kLease, TestTarget* target = nullptr) {
    RunnerOptions options;
    options.most_until_news = 10;
    options.lease = lease;
    options.poll = absl::Milliseconds(20);
    return std::make_unique<Runner>(runtime_.runtime(), std::vector{Threefold(), ByBatches()},
                                    target == nullptr ? &target_ : target, std::move(options));
  }

  v1::ConvertLeadRequest Request(const std::string& title) {
    v1::ConvertLeadRequest request;
    request.set_display_name(title);
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  std::string Start(Runner* runner, const v1::ConvertLeadRequest& request,
                    const std::string& kind = "threefold") {
    Call call = runtime_.MakeCall("ana@sales", "test/Start");
    WorkflowStarter starter(runner);
    const auto operation = starter.Start(call, kind, "leads/x", request);
    EXPECT_TRUE(operation.ok()) << operation.status();
    return operation.ok() ? operation->name() : "";
  }

  v1::Workflow Get(const std::string& name) { return Read(name).workflow(); }
  v1::WorkflowRecord Read(const std::string& name) {
    Call call = runtime_.MakeCall("ana@sales");
    StoredWorkflow stored;
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(stored, GetWorkflow(reader, name));
                  return absl::OkStatus();
                }).ok());
    return stored.record;
  }
  std::vector<std::string> EntryTypes(const std::string& name) {
    std::vector<std::string> types;
    Call call = runtime_.MakeCall("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(const auto stored,
                                          journal::ReadHistory(reader, name, 0, 500));
                  for (const auto& bytes : stored) {
                    journal::v1::Entry entry;
                    EXPECT_TRUE(entry.ParseFromString(bytes.body));
                    EXPECT_EQ(entry.version(), static_cast<int64_t>(types.size()) + 1);
                    types.push_back(entry.type());
                  }
                  return absl::OkStatus();
                }).ok());
    return types;
  }
  // As what follows a journal does.
  void Withdraw(const std::string& subject) {
    Call call = runtime_.MakeCall("ana@sales");
    google::protobuf::Empty none;
    const auto ask = [&](storage::Transaction& tx) {
      return tx.Execute("UPDATE workflows SET start_position = 1 WHERE start_position IS NULL", {})
                     .ok()
                 ? AskToWithdraw(tx, "threefold", subject, /*position=*/2, "TAKEN_BACK")
                 : Internal("no row");
    };
    ASSERT_TRUE(storage::TransactInto(call, {}, ask, &none).ok());
  }
  std::string Stop(const std::string& name, const std::string& as) {
    WorkflowService service(nullptr, runner_, nullptr);
    Call call = runtime_.MakeCall(as, "test/Stop");
    v1::StopWorkflowRequest request;
    request.set_name(name);
    request.set_request_id(testlib::NewRequestId());
    return Reason(service.StopWorkflow(call, request).status());
  }
  std::string Resume(const std::string& name, const std::string& as) {
    WorkflowService service(nullptr, runner_, nullptr);
    Call call = runtime_.MakeCall(as, "test/Resume");
    v1::ResumeWorkflowRequest request;
    request.set_name(name);
    request.set_request_id(testlib::NewRequestId());
    return Reason(service.ResumeWorkflow(call, request).status());
  }
  std::string GiveUp(const std::string& name, const std::string& as) {
    WorkflowService service(nullptr, runner_, nullptr);
    Call call = runtime_.MakeCall(as, "test/Undo");
    v1::UndoWorkflowRequest request;
    request.set_name(name);
    request.set_request_id(testlib::NewRequestId());
    return Reason(service.UndoWorkflow(call, request).status());
  }
  // Runs what is due until it is stuck.
  void RunUntilStuck(Runner* runner, const std::string& name) {
    ASSERT_TRUE(Eventually([&] {
      runner->RunDue();
      return Get(name).state() == v1::WORKFLOW_STATE_STUCK;
    })) << Get(name).DebugString();
  }
  bool Ended(const std::string& name) {
    const v1::WorkflowState state = Get(name).state();
    return state == v1::WORKFLOW_STATE_SUCCEEDED || state == v1::WORKFLOW_STATE_WITHDRAWN;
  }
  // Waits for a condition, not for a time.
  template <typename Condition>
  static bool Eventually(Condition condition) {
    const absl::Time end = absl::Now() + absl::Seconds(60);
    while (!condition()) {
      if (absl::Now() > end) return false;
      absl::SleepFor(absl::Milliseconds(5));
    }
    return true;
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::TestRuntime runtime_{&database_};
  TestTarget target_;
  Runner* runner_ = nullptr;
};

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
