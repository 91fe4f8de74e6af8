// GetCustomer over real gRPC: services that answer, refuse, hang, or are away.
#include "services/gateway/customer_service.h"

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "comity/account/v1/account_service.grpc.pb.h"
#include "comity/account/v1/contact_service.grpc.pb.h"
#include "comity/account/v1/relationship_service.grpc.pb.h"
#include "comity/judgement/v1/judgement_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "comity/reporting/v1/report_service.grpc.pb.h"
#include "comity/support/v1/case_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

constexpr char kAccount[] = "accounts/0190a000-0000-7000-8000-000000000001";

class FakeAccounts final : public account::v1::AccountService::Service {
 public:
  grpc::Status GetAccount(grpc::ServerContext* context,
                          const account::v1::GetAccountRequest* request,
                          account::v1::Account* account) override {
    if (refusal != grpc::StatusCode::OK) return {refusal, "no"};
    absl::MutexLock lock(&mutex);
    for (const auto& [key, value] : context->client_metadata()) {
      metadata[std::string(key.data(), key.size())] = std::string(value.data(), value.size());
    }
    account->set_name(request->name());
    return grpc::Status::OK;
  }
  grpc::StatusCode refusal = grpc::StatusCode::OK;
  absl::Mutex mutex;
  std::map<std::string, std::string> metadata;
};

class FakeContacts final : public account::v1::ContactService::Service {
  grpc::Status ListContacts(grpc::ServerContext*, const account::v1::ListContactsRequest* request,
                            account::v1::ListContactsResponse* response) override {
    response->add_contacts()->set_family_name(request->filter());
    response->set_next_page_token("more");
    return grpc::Status::OK;
  }
};

// What makes a record wide: attributes of 60 KiB.
template <typename Record>
void Widen(Record* record) {
  for (int i = 0; i < 60; ++i) {
    (*record->mutable_attributes())[std::to_string(i)] = std::string(1000, 'x');
  }
}

class FakeRelationships final : public account::v1::RelationshipService::Service {
 public:
  std::atomic<int> wide = 0;

 private:
  grpc::Status ListRelationships(grpc::ServerContext*, const account::v1::ListRelationshipsRequest*,
                                 account::v1::ListRelationshipsResponse* response) override {
    response->add_relationships();
    for (int i = 1; i < wide; ++i) Widen(response->add_relationships());
    return grpc::Status::OK;
  }
};

class FakeJudgements final : public judgement::v1::JudgementService::Service {
  grpc::Status GetStanding(grpc::ServerContext*, const judgement::v1::GetStandingRequest* request,
                           judgement::v1::GetStandingResponse* response) override {
    response->add_standings()->set_explanation(request->subject());
    return grpc::Status::OK;
  }
};

class FakeOpportunities final : public lead::v1::OpportunityService::Service {
 public:
  grpc::Status ListOpportunities(grpc::ServerContext* context,
                                 const lead::v1::ListOpportunitiesRequest* request,
                                 lead::v1::ListOpportunitiesResponse* response) override {
    while (hangs && !context->IsCancelled()) absl::SleepFor(absl::Milliseconds(2));
    absl::MutexLock lock(&mutex);
    seen = *request;
    response->add_opportunities()->set_name("opportunities/x");
    for (int i = 1; i < wide; ++i) Widen(response->add_opportunities());
    return grpc::Status::OK;
  }
  grpc::Status GetPromises(grpc::ServerContext*, const lead::v1::GetPromisesRequest* request,
                           lead::v1::PromiseSet* set) override {
    set->add_promises()->set_state(lead::v1::PROMISE_STATE_KEPT);
    for (int i = 0; i < std::max<int>(wide, 1); ++i) {
      lead::v1::Promise& promise = *set->add_promises();
      promise.set_name(request->name() + "/open");
      promise.set_state(lead::v1::PROMISE_STATE_OPEN);
      if (wide > 0) promise.set_text(std::string(60 << 10, 'x'));
    }
    return grpc::Status::OK;
  }
  std::atomic<int> wide = 0;
  std::atomic<bool> hangs = false;
  absl::Mutex mutex;
  lead::v1::ListOpportunitiesRequest seen;
};

class FakeReports final : public reporting::v1::ReportService::Service {
 public:
  grpc::Status GetWinRate(grpc::ServerContext*, const reporting::v1::GetWinRateRequest* request,
                          reporting::v1::WinRateReport* report) override {
    absl::MutexLock lock(&mutex);
    seen = *request;
    report->mutable_basis()->set_as_of(17);
    report->mutable_total()->add_cells()->set_won_count(3);
    return grpc::Status::OK;
  }
  absl::Mutex mutex;
  reporting::v1::GetWinRateRequest seen;
};

class CustomerServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string source = std::getenv("COMITY_SOURCE_DIR");
    auto charter = charter::Charter::FromYamlFile(source + "/config/charter.yaml");
    ASSERT_TRUE(charter.ok()) << charter.status();
    runtime_.charters = charter::MakeBook(*std::move(charter));
    server_ = grpc::ServerBuilder()
                  .RegisterService(&accounts_)
                  .RegisterService(&contacts_)
                  .RegisterService(&relationships_)
                  .RegisterService(&judgements_)
                  .RegisterService(&opportunities_)
                  .RegisterService(&reports_)
                  .BuildAndStart();
    service_ = std::make_unique<CustomerService>(
        nullptr, [this](const std::string& service) -> std::shared_ptr<grpc::Channel> {
          if (service == "support") return nullptr;
          return server_->InProcessChannel({});
        });
  }

  absl::StatusOr<v1::Customer> Get(const std::string& lens = "",
                                   absl::Duration timeout = absl::Seconds(10)) {
    Call call;
    call.runtime = &runtime_;
    call.principal.department = "departments/sales";
    call.now = absl::Now();
    call.deadline = call.now + timeout;
    call.authorization = "Bearer x";
    call.traceparent = "00-trace";
    call.tracestate = "a=1";
    v1::GetCustomerRequest request;
    request.set_name(kAccount);
    request.set_lens(lens);
    return service_->GetCustomer(call, request);
  }

  Runtime runtime_;
  FakeAccounts accounts_;
  FakeContacts contacts_;
  FakeRelationships relationships_;
  FakeJudgements judgements_;
  FakeOpportunities opportunities_;
  FakeReports reports_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<CustomerService> service_;
};

TEST_F(CustomerServiceTest, GathersWhatEachServiceKnows) {
  const auto customer = Get();
  ASSERT_TRUE(customer.ok()) << customer.status();
  EXPECT_EQ(customer->account().account().name(), kAccount);
  EXPECT_EQ(customer->contacts().contacts(0).family_name(),
            std::string("account = \"") + kAccount + "\"");
  EXPECT_TRUE(customer->contacts().more());
  EXPECT_EQ(customer->relationships().relationships_size(), 1);
  EXPECT_FALSE(customer->relationships().more());
  EXPECT_EQ(customer->standings().standings(0).explanation(), kAccount);
  EXPECT_EQ(customer->opportunities().opportunities_size(), 1);
  ASSERT_EQ(customer->promises().promises_size(), 1) << "the open one";
  EXPECT_EQ(customer->promises().promises(0).name(), std::string(kAccount) + "/open");
  EXPECT_FALSE(customer->promises().more());
  EXPECT_EQ(customer->numbers().won_count(), 3);
  EXPECT_EQ(customer->numbers().as_of(), 17);
  EXPECT_EQ(customer->numbers().status().code(), 0);
}

TEST_F(CustomerServiceTest, WideRecordsAreCutToWhatACallerTakes) {
  relationships_.wide = opportunities_.wide = 34;  // 2 MiB each, the most that a list has
  const auto customer = Get();
  ASSERT_TRUE(customer.ok()) << customer.status();
  EXPECT_LT(customer->ByteSizeLong(), 4 << 20);
  EXPECT_GT(customer->opportunities().opportunities_size(), 1);
  EXPECT_LT(customer->opportunities().ByteSizeLong(), 620 << 10);
  EXPECT_EQ(customer->opportunities().opportunities(0).name(), "opportunities/x");
  EXPECT_TRUE(customer->opportunities().more());
  EXPECT_LT(customer->promises().ByteSizeLong(), 620 << 10);
  EXPECT_TRUE(customer->promises().more());
  EXPECT_LT(customer->relationships().ByteSizeLong(), 620 << 10);
  EXPECT_TRUE(customer->relationships().more());
}

TEST_F(CustomerServiceTest, AsksForTheWholeRecordThroughTheLens) {
  ASSERT_TRUE(Get().ok());
  EXPECT_TRUE(opportunities_.seen.show_all());
  EXPECT_EQ(opportunities_.seen.lens(), "departments/sales") << "the acting department's";
  EXPECT_EQ(reports_.seen.query().lenses(0), "departments/sales");
  EXPECT_EQ(reports_.seen.query().filters(0).values(0), kAccount);
  ASSERT_TRUE(Get("settled").ok());
  EXPECT_EQ(opportunities_.seen.lens(), "settled");
  EXPECT_EQ(Reason(Get("departments/astrology").status()), "UNKNOWN_LENS");
}

TEST_F(CustomerServiceTest, PassesPersonAndTraceOn) {
  ASSERT_TRUE(Get().ok());
  EXPECT_EQ(accounts_.metadata["authorization"], "Bearer x");
  EXPECT_EQ(accounts_.metadata["traceparent"], "00-trace");
  EXPECT_EQ(accounts_.metadata["tracestate"], "a=1");
}

TEST_F(CustomerServiceTest, AnAbsentServiceCostsItsPartOnly) {
  const auto customer = Get();
  ASSERT_TRUE(customer.ok());
  EXPECT_EQ(Reason(FromRpcStatus(customer->cases().status())), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(customer->contacts().status().code(), 0);
}

TEST_F(CustomerServiceTest, ASlowServiceCostsItsPartAndSixTenthsOfTheTime) {
  opportunities_.hangs = true;
  const absl::Time start = absl::Now();
  const auto customer = Get("", absl::Seconds(1));
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(950));
  ASSERT_TRUE(customer.ok()) << customer.status();
  EXPECT_EQ(Reason(FromRpcStatus(customer->opportunities().status())), "DEADLINE_EXCEEDED");
  EXPECT_EQ(customer->contacts().contacts_size(), 1);
}

TEST_F(CustomerServiceTest, WithoutTheAccountThereIsNoAnswer) {
  accounts_.refusal = grpc::StatusCode::NOT_FOUND;
  EXPECT_EQ(Get().status().code(), absl::StatusCode::kNotFound);
  accounts_.refusal = grpc::StatusCode::PERMISSION_DENIED;
  EXPECT_EQ(Get().status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(CustomerServiceTest, WithoutTheAccountServiceTheOthersStillAnswer) {
  accounts_.refusal = grpc::StatusCode::UNAVAILABLE;
  const auto customer = Get();
  ASSERT_TRUE(customer.ok()) << customer.status();
  EXPECT_EQ(Reason(FromRpcStatus(customer->account().status())), "SERVICE_UNAVAILABLE");
  EXPECT_FALSE(customer->account().has_account());
  EXPECT_EQ(customer->opportunities().opportunities_size(), 1);
  EXPECT_EQ(customer->numbers().won_count(), 3);
}

}  // namespace
}  // namespace comity::gateway
