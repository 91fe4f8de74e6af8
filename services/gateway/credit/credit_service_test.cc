// GetCreditOutlook over real gRPC: a lead service that answers, refuses, or is away.
#include "services/gateway/credit/credit_service.h"

#include <map>
#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"

namespace comity::gateway {
namespace {

constexpr char kOpportunity[] = "opportunities/0190f3a1-1234-7abc-8def-0123456789ab";

class FakeTouches final : public lead::v1::OpportunityService::Service {
 public:
  grpc::Status GetTouches(grpc::ServerContext* context, const lead::v1::GetTouchesRequest* request,
                          lead::v1::TouchSet* set) override {
    absl::MutexLock lock(&mutex);
    const auto token = context->client_metadata().find("authorization");
    if (token != context->client_metadata().end()) {
      authorization = std::string(token->second.data(), token->second.size());
    }
    if (!refusal.ok()) return refusal;
    *set = answer;
    set->set_opportunity(request->name());
    return grpc::Status::OK;
  }
  absl::Mutex mutex;
  lead::v1::TouchSet answer;
  std::string authorization;
  grpc::Status refusal;
};

class CreditServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = grpc::ServerBuilder().RegisterService(&touches_).BuildAndStart();
    service_ = std::make_unique<CreditService>(nullptr, server_->InProcessChannel({}));
    lead::v1::TouchSet& set = touches_.answer;
    set.set_responsible_department("departments/sales");
    set.set_charter_revision(1);
    set.mutable_amount()->set_currency_code("EUR");
    set.mutable_amount()->set_units(12'000);
    Touch("leads/1", "mia", "marketing").set_lead_creation(true);
    Touch("opportunities/1/facts/1", "ana", "sales").set_opportunity_creation(true);
  }
  lead::v1::Touch& Touch(const std::string& name, const std::string& person,
                         const std::string& department) {
    lead::v1::Touch& touch = *touches_.answer.add_touches();
    touch.set_name(name);
    touch.mutable_actor()->set_person("persons/" + person);
    touch.mutable_actor()->set_department("departments/" + department);
    touch.mutable_occur_time()->set_seconds(absl::ToUnixSeconds(absl::Now() - absl::Hours(24)) +
                                            touches_.answer.touches_size());
    *touch.mutable_record_time() = touch.occur_time();
    touch.set_position(touches_.answer.touches_size());
    touch.set_charter_revision(1);
    return touch;
  }
  absl::StatusOr<v1::CreditOutlook> Get() {
    Call call = runtime_.MakeCall("ana@sales");
    call.authorization = "Bearer x";
    v1::GetCreditOutlookRequest request;
    request.set_name(kOpportunity);
    return service_->GetCreditOutlook(call, request);
  }

  testlib::TestRuntime runtime_{nullptr};
  FakeTouches touches_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<CreditService> service_;
};

TEST_F(CreditServiceTest, SplitsByTheRuleOfTheStartingCharter) {
  const auto outlook = Get();
  ASSERT_TRUE(outlook.ok()) << outlook.status();
  EXPECT_EQ(outlook->opportunity(), kOpportunity);
  EXPECT_TRUE(outlook->provisional());
  const v1::CreditStatement& statement = outlook->statement();
  EXPECT_EQ(statement.rule(), "credit-rules/new-business");
  EXPECT_EQ(statement.model(), type::v1::CREDIT_MODEL_POSITION_W);
  // 0.3 for the first and 0.3 for the lead, against 0.3 for the opportunity; scaled to 1.
  ASSERT_EQ(statement.lines_size(), 2);
  EXPECT_EQ(statement.lines(0).party(), "departments/marketing");
  EXPECT_EQ(statement.lines(0).basis_points(), 6'667);
  EXPECT_EQ(statement.lines(0).amount().units(), 8'000);
  EXPECT_EQ(statement.lines(0).amount().nanos(), 400'000'000);
  EXPECT_EQ(statement.lines(1).amount().units(), 3'999);
  EXPECT_EQ(statement.lines(1).amount().nanos(), 600'000'000);
}

TEST_F(CreditServiceTest, AsksWithTheCallersOwnToken) {
  ASSERT_TRUE(Get().ok());
  EXPECT_EQ(touches_.authorization, "Bearer x");
}

TEST_F(CreditServiceTest, WhatTheLeadServiceRefusesIsRefused) {
  const google::rpc::Status refused = ToRpcStatus(PermissionDenied("RIGHT_REQUIRED", "no"));
  touches_.refusal =
      grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "no", refused.SerializeAsString());
  const auto outlook = Get();
  EXPECT_EQ(outlook.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reason(outlook.status()), "RIGHT_REQUIRED");
}

TEST_F(CreditServiceTest, WithoutTheLeadServiceThereIsNoAnswer) {
  service_ = std::make_unique<CreditService>(nullptr, nullptr);
  const auto outlook = Get();
  EXPECT_EQ(outlook.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(outlook.status()), "SERVICE_UNAVAILABLE");
}

}  // namespace
}  // namespace comity::gateway
