// What a workflow made is withdrawn only as long as it is nobody else's.
#include "gtest/gtest.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/opportunity_service.h"
#include "services/lead/opportunity_store.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"
#include "services/runtime/workflow/participant_service.h"

namespace comity::lead {
namespace {

constexpr char kWorkflow[] = "workflows/0190aaaa-0000-7000-8000-000000000000";

class ParticipantTest : public testing::Test {
 protected:
  // The workload of a workflow's calls, and of those that come through the HTTP/JSON door.
  Call ThroughGateway(const std::string& method) {
    Call call = runtime_.MakeCall("ana@sales", method);
    call.principal.workload = "service/gateway";
    return call;
  }

  v1::Opportunity Create() {
    v1::CreateOpportunityRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_opportunity()->set_display_name("Renewal");
    request.mutable_opportunity()->set_owner("persons/ana");
    Call call = ThroughGateway("test/Create");
    const auto made = opportunities_.CreateOpportunity(call, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.value_or(v1::Opportunity());
  }

  void Rename(const std::string& name) {
    v1::UpdateOpportunityRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_opportunity()->set_name(name);
    request.mutable_opportunity()->set_display_name("Renewal, larger");
    request.mutable_update_mask()->add_paths("display_name");
    Call call = ThroughGateway("test/Update");
    const auto changed = opportunities_.UpdateOpportunity(call, request);
    ASSERT_TRUE(changed.ok()) << changed.status();
  }

  bool Withdraw(const std::string& name) {
    workflow::v1::WithdrawRecordRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_name(name);
    request.set_workflow(kWorkflow);
    Call call = ThroughGateway("test/Withdraw");
    call.principal.person.clear();
    call.principal.department.clear();
    const auto response = participant_.WithdrawRecord(call, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() && response->withdrawn();
  }

  bool Stands(const std::string& name) {
    v1::GetOpportunityRequest request;
    request.set_name(name);
    Call call = runtime_.MakeCall("ana@sales");
    const auto read = opportunities_.GetOpportunity(call, request);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() && !read->has_withdraw_time();
  }

  testlib::Database database_{LeadMigrations()};
  testlib::TestRuntime runtime_{&database_};
  OpportunityService opportunities_{nullptr};
  workflow::ParticipantService participant_{
      nullptr, {workflow::WithdrawableOf<v1::Opportunity>(OpportunityResource())}};
};

TEST_F(ParticipantTest, WithdrawsWhatNobodyElseTouched) {
  const v1::Opportunity made = Create();
  EXPECT_TRUE(Withdraw(made.name()));
  EXPECT_FALSE(Stands(made.name()));
  EXPECT_TRUE(Withdraw(made.name())) << "once more: it is withdrawn";
}

TEST_F(ParticipantTest, WhatAPersonChangedThroughTheDoorStays) {
  const v1::Opportunity made = Create();
  Rename(made.name());
  EXPECT_FALSE(Withdraw(made.name()));
  EXPECT_TRUE(Stands(made.name()));
}

}  // namespace
}  // namespace comity::lead
