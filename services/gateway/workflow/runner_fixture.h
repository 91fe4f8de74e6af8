// The engine on a real database, with workflows of its own and services that fail as they are told.
#ifndef COMITY_GATEWAY_WORKFLOW_RUNNER_FIXTURE_H_
#define COMITY_GATEWAY_WORKFLOW_RUNNER_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/gateway/v1/move_owner_service.pb.h"
#include "google/protobuf/empty.pb.h"
#include "gtest/gtest.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/workflow/runner.h"
#include "services/gateway/workflow/test_target.h"
#include "services/gateway/workflow/workflow_service.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::gateway {

using google::protobuf::Message;

// Three opportunities, called after the step and the request.
inline Definition Threefold() {
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
inline Definition ByBatches() {
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
  // As another release may have stored it; anybody may take it.
  void Rewrite(const std::string& name, const std::function<void(v1::WorkflowRecord*)>& change) {
    v1::WorkflowRecord record = Read(name);
    change(&record);
    Call call = runtime_.MakeCall("ana@sales");
    google::protobuf::Empty none;
    const auto write = [&](storage::Transaction& tx) {
      return tx
          .Execute("UPDATE workflows SET body = ?, lease_until = 0, next_time = 0 WHERE body = ?",
                   {record.SerializeAsString(), Read(name).SerializeAsString()})
          .status();
    };
    ASSERT_TRUE(storage::TransactInto(call, {}, write, &none).ok());
    ASSERT_EQ(Read(name).SerializeAsString(), record.SerializeAsString());
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

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_RUNNER_FIXTURE_H_
