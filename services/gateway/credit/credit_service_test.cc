// GetCreditOutlook over real gRPC: a lead service that answers, refuses, or is away.
#include "services/gateway/credit/credit_service.h"

#include <map>
#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/directory.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "google/protobuf/empty.pb.h"
#include "gtest/gtest.h"
#include "services/gateway/credit/credit_teams.h"
#include "services/gateway/gateway_migrations.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

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
  // What the directory journals of a person.
  void SetTeam(const std::string& person, int64_t version, const std::string& team) {
    Call call = runtime_.MakeCall("max@management");
    google::protobuf::Empty none;
    EXPECT_TRUE(storage::TransactInto(
                    call, storage::TransactOptions(),
                    [&](storage::Transaction& tx) {
                      v1::Person state;
                      state.set_name(person);
                      state.set_team(team);
                      journal::v1::Entry entry;
                      entry.set_subject(person);
                      entry.set_version(version);
                      entry.set_type("updated");
                      entry.mutable_payload()->PackFrom(state);
                      tx.Append(std::move(entry));
                      return absl::OkStatus();
                    },
                    &none)
                    .ok());
  }
  absl::StatusOr<v1::CreditOutlook> Get() {
    Call call = runtime_.MakeCall("ana@sales");
    call.authorization = "Bearer x";
    v1::GetCreditOutlookRequest request;
    request.set_name(kOpportunity);
    return service_->GetCreditOutlook(call, request);
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::TestRuntime runtime_{&database_};
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

TEST(CreditTeams, ATeamIsThatOfTheTime) {
  const absl::Time start = absl::FromUnixSeconds(1'000);
  const credit::TeamHistory history = {
      {start, "teams/a"}, {start + absl::Seconds(5), "teams/b"}, {start + absl::Seconds(9), ""}};
  EXPECT_EQ(credit::TeamAt({}, start), "");
  EXPECT_EQ(credit::TeamAt(history, start - absl::Seconds(1)), "teams/a")
      << "nothing older is known";
  EXPECT_EQ(credit::TeamAt(history, start + absl::Seconds(4)), "teams/a");
  EXPECT_EQ(credit::TeamAt(history, start + absl::Seconds(5)), "teams/b");
  EXPECT_EQ(credit::TeamAt(history, start + absl::Seconds(9)), "");
}

TEST_F(CreditServiceTest, TheTeamIsThatOfTheTouch) {
  SetTeam("persons/ana", 1, "teams/then");
  absl::SleepFor(absl::Milliseconds(5));
  *touches_.answer.mutable_touches(1)->mutable_record_time() = resource::FromTime(absl::Now());
  absl::SleepFor(absl::Milliseconds(5));
  SetTeam("persons/ana", 2, "teams/now");
  const auto outlook = Get();
  ASSERT_TRUE(outlook.ok()) << outlook.status();
  EXPECT_EQ(outlook->statement().touches(1).team(), "teams/then");
  EXPECT_EQ(outlook->statement().touches(0).team(), "") << "nobody has told of mia";
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
