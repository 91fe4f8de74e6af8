// GetTimeline over real gRPC and a real database: services that answer, refuse, or are away, and
// the gateway's own journal.
#include "services/gateway/timeline/timeline_service.h"

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "comity/gateway/v1/dispute_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/dispute/dispute_store.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/handover/handover_store.h"
#include "services/gateway/timeline/timeline_fixture.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::gateway {
namespace {

using timeline::kAccount;
using timeline::kCase;
using timeline::kHandover;
using timeline::kLead;
using timeline::kOpportunity;
using timeline::Minute;

// One for all three services: it knows the histories of a world.
class FakeJournals final : public journal::v1::JournalService::Service {
 public:
  grpc::Status ListHistory(grpc::ServerContext*, const journal::v1::ListHistoryRequest* request,
                           journal::v1::ListHistoryResponse* response) override {
    const std::string collection = resource::CollectionOf(request->subject());
    if (refused.contains(collection)) return {grpc::StatusCode::PERMISSION_DENIED, "no"};
    if (away.contains(collection)) return {grpc::StatusCode::UNAVAILABLE, "away"};
    ++calls;
    const int from = request->page_token().empty() ? 0 : std::stoi(request->page_token());
    int seen = 0;
    for (const timeline::Told& told : world.told()) {
      if (told.entry().subject() != request->subject() || seen++ < from) continue;
      if (response->entries_size() == page_size) {
        response->set_next_page_token(std::to_string(seen - 1));
        break;
      }
      *response->add_entries() = told.positioned;
    }
    return seen == 0 ? grpc::Status(grpc::StatusCode::NOT_FOUND, "not there") : grpc::Status::OK;
  }

  timeline::World world;
  std::set<std::string> refused;
  std::set<std::string> away;
  int page_size = 500;
  std::atomic<int> calls = 0;
};

// The lists of an account's records: what the test has put there.
class FakeLists final : public account::v1::ContactService::Service {};
class FakeRelationshipLists final : public account::v1::RelationshipService::Service {
  grpc::Status ListRelationships(grpc::ServerContext*, const account::v1::ListRelationshipsRequest*,
                                 account::v1::ListRelationshipsResponse*) override {
    return {grpc::StatusCode::PERMISSION_DENIED, "no"};
  }
};
class FakeOpportunityLists final : public lead::v1::OpportunityService::Service {
  grpc::Status ListOpportunities(grpc::ServerContext*,
                                 const lead::v1::ListOpportunitiesRequest* request,
                                 lead::v1::ListOpportunitiesResponse* response) override {
    if (request->filter() != std::string("account = \"") + kAccount + "\"") return grpc::Status::OK;
    if (request->show_all()) response->add_opportunities()->set_name(kOpportunity);
    return grpc::Status::OK;
  }
};
class FakeCaseLists final : public support::v1::CaseService::Service {
  grpc::Status ListCases(grpc::ServerContext*, const support::v1::ListCasesRequest*,
                         support::v1::ListCasesResponse* response) override {
    response->add_cases()->set_name(kCase);
    response->set_next_page_token("more");
    return grpc::Status::OK;
  }
};

class TimelineServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = grpc::ServerBuilder()
                  .RegisterService(&journals_)
                  .RegisterService(&contacts_)
                  .RegisterService(&relationships_)
                  .RegisterService(&opportunities_)
                  .RegisterService(&cases_)
                  .BuildAndStart();
    MakeService("");
    account::v1::Account account;
    account.set_name(kAccount);
    account.set_responsible_department("departments/sales");
    journals_.world.AddRecord("account", "created", "ana@sales", 1, account);
    journals_.world.AddRecord("lead", "created", "mia@marketing", 2, timeline::LeadOf("marketing"));
    lead::v1::Opportunity opportunity;
    opportunity.set_name(kOpportunity);
    opportunity.set_account(kAccount);
    opportunity.set_lead(kLead);
    opportunity.set_responsible_department("departments/sales");
    journals_.world.AddRecord("lead", "created", "ana@sales", 3, opportunity);
    support::v1::Case opened;
    opened.set_name(kCase);
    opened.set_account(kAccount);
    opened.set_responsible_department("departments/support");
    journals_.world.AddRecord("support", "created", "sue@support", 4, opened);
  }

  // Without an address of `away`.
  void MakeService(const std::string& away) {
    service_ = std::make_unique<TimelineService>(
        nullptr, [this, away](const std::string& service) -> std::shared_ptr<grpc::Channel> {
          return service == away ? nullptr : server_->InProcessChannel({});
        });
  }

  // A handover of the lead, in the gateway's own tables and journal.
  void OfferLead() {
    Call call = runtime_.MakeCall("mia@marketing");
    v1::OfferHandoverRequest request;
    request.set_request_id(testlib::NewRequestId());
    v1::Handover handover = timeline::HandoverOf(v1::HANDOVER_STATE_OFFERED);
    *handover.mutable_create_time() = resource::FromTime(call.now);
    const auto offered = storage::Transact<v1::Handover>(
        call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Handover> {
          const absl::Status inserted = InsertHandover(tx, handover, absl::InfiniteFuture());
          if (!inserted.ok()) return inserted;
          return handover;
        });
    ASSERT_TRUE(offered.ok()) << offered.status();
  }

  // Marketing disputes what sales has returned, and takes it back; there is money in it.
  void DisputeLead() {
    Call call = runtime_.MakeCall("mia@marketing");
    v1::OpenDisputeRequest request;
    request.set_request_id(testlib::NewRequestId());
    v1::Dispute dispute = timeline::DisputeOf(v1::DISPUTE_KIND_HANDOVER, kHandover, "no-need");
    dispute.set_note("Ms Weber said so");
    dispute.mutable_amount()->set_currency_code("EUR");
    dispute.mutable_amount()->set_units(4711);
    *dispute.mutable_create_time() = resource::FromTime(call.now);
    const auto done = storage::Transact<v1::Dispute>(
        call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Dispute> {
          COMITY_RETURN_IF_ERROR(InsertDispute(tx, dispute));
          COMITY_ASSIGN_OR_RETURN(StoredDispute stored, LockDispute(tx, dispute.name()));
          stored.dispute.set_state(v1::DISPUTE_STATE_WITHDRAWN);
          *stored.dispute.mutable_end_time() = resource::FromTime(call.now);
          COMITY_RETURN_IF_ERROR(SaveDispute(tx, stored, {{"withdrawn", call.now}}));
          return stored.dispute;
        });
    ASSERT_TRUE(done.ok()) << done.status();
  }

  absl::StatusOr<v1::Timeline> Get(const std::string& name, const std::string& as = "ana@sales",
                                   absl::Time as_of = absl::InfinitePast()) {
    Call call = runtime_.MakeCall(as);
    v1::GetTimelineRequest request;
    request.set_name(name);
    if (as_of != absl::InfinitePast()) *request.mutable_as_of() = resource::FromTime(as_of);
    return service_->GetTimeline(call, request);
  }

  static std::set<std::string> SubjectsOf(const absl::StatusOr<v1::Timeline>& timeline) {
    EXPECT_TRUE(timeline.ok()) << timeline.status();
    std::set<std::string> subjects;
    if (!timeline.ok()) return subjects;
    for (const auto& event : timeline->events()) subjects.insert(event.subject());
    return subjects;
  }
  static v1::TimelinePart PartOf(const absl::StatusOr<v1::Timeline>& timeline,
                                 const std::string& collection) {
    EXPECT_TRUE(timeline.ok()) << timeline.status();
    if (!timeline.ok()) return {};
    for (const auto& part : timeline->parts()) {
      if (part.collection() == collection) return part;
    }
    ADD_FAILURE() << "no part " << collection << " in " << timeline->DebugString();
    return {};
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::TestRuntime runtime_{&database_};
  FakeJournals journals_;
  FakeLists contacts_;
  FakeRelationshipLists relationships_;
  FakeOpportunityLists opportunities_;
  FakeCaseLists cases_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<TimelineService> service_;
};

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST_F(TimelineServiceTest, AnAccountsTimelineHoldsWhatBelongsToIt) {
  OfferLead();
  const auto timeline = Get(kAccount);
  EXPECT_THAT(SubjectsOf(timeline),
              UnorderedElementsAre(kAccount, kOpportunity, kCase, kLead, kHandover));
  EXPECT_EQ(timeline->name(), kAccount);
  EXPECT_EQ(PartOf(timeline, "leads").subjects(), 1) << "by way of the opportunity";
  EXPECT_EQ(PartOf(timeline, "handovers").subjects(), 1);
  EXPECT_EQ(PartOf(timeline, "credit-statements").subjects(), 0);
  EXPECT_TRUE(PartOf(timeline, "cases").more());
  EXPECT_FALSE(PartOf(timeline, "opportunities").more());
  EXPECT_TRUE(PartOf(timeline, "relationships").withheld());
  EXPECT_EQ(FromRpcStatus(PartOf(timeline, "contacts").status()).code(),
            absl::StatusCode::kUnimplemented);
  EXPECT_FALSE(PartOf(timeline, "contacts").withheld());
  EXPECT_EQ(timeline->stretches_size(), 4);
  EXPECT_EQ(journals_.calls, 4);
}

TEST_F(TimelineServiceTest, DisputesAreToldWithoutTheirMoney) {
  OfferLead();
  DisputeLead();
  for (const char* as : {"ana@sales", "max@management"}) {
    const auto timeline = Get(kAccount, as);
    EXPECT_TRUE(SubjectsOf(timeline).contains(timeline::kDispute)) << as;
    EXPECT_EQ(PartOf(timeline, "disputes").subjects(), 1);
    ASSERT_EQ(timeline->disputes_size(), 1);
    EXPECT_EQ(timeline->disputes(0).subject(), kLead);
    EXPECT_EQ(timeline->disputes(0).state(), v1::DISPUTE_STATE_WITHDRAWN);
    EXPECT_TRUE(timeline->disputes(0).has_end_time());
    EXPECT_THAT(timeline->DebugString(), Not(HasSubstr("4711")));
    EXPECT_THAT(timeline->DebugString(), Not(HasSubstr("Weber")));
    const bool sees_names = std::string(as) == "max@management";
    EXPECT_EQ(timeline->DebugString().find("persons/mia") != std::string::npos, sees_names) << as;
  }
  EXPECT_EQ(PartOf(Get(kCase), "disputes").subjects(), 0) << "about another record";
  journals_.refused = {"leads"};
  const auto without = Get(kAccount, "sue@support");
  EXPECT_EQ(PartOf(without, "disputes").subjects(), 0) << "that of a lead he may not read";
}

TEST_F(TimelineServiceTest, OthersHoldWhatTheyCameFrom) {
  EXPECT_THAT(SubjectsOf(Get(kOpportunity)), UnorderedElementsAre(kOpportunity, kLead));
  EXPECT_THAT(SubjectsOf(Get(kCase, "sue@support")), UnorderedElementsAre(kCase));
  EXPECT_THAT(SubjectsOf(Get(kLead)), UnorderedElementsAre(kLead));
}

TEST_F(TimelineServiceTest, WhatTheReaderMayNotReadIsWithheld) {
  OfferLead();
  journals_.refused = {"leads"};
  const auto timeline = Get(kAccount, "sue@support");
  EXPECT_THAT(SubjectsOf(timeline), UnorderedElementsAre(kAccount, kOpportunity, kCase));
  EXPECT_TRUE(PartOf(timeline, "leads").withheld());
  EXPECT_TRUE(PartOf(timeline, "credit-statements").withheld())
      << "the charter gives support no right to read them";
  EXPECT_EQ(Reason(FromRpcStatus(PartOf(timeline, "credit-statements").status())),
            "RIGHT_REQUIRED");
  EXPECT_FALSE(PartOf(timeline, "handovers").withheld());
  EXPECT_EQ(PartOf(timeline, "handovers").subjects(), 0) << "that of a lead he may not read";
  EXPECT_TRUE(PartOf(Get(kCase, "ida@it"), "handovers").withheld());
}

TEST_F(TimelineServiceTest, WhatIsAwayIsMissingAndAskedOnce) {
  MakeService("support");
  const auto timeline = Get(kAccount);
  EXPECT_EQ(Reason(FromRpcStatus(PartOf(timeline, "cases").status())), "SERVICE_UNAVAILABLE");
  EXPECT_FALSE(PartOf(timeline, "cases").withheld());
  EXPECT_THAT(SubjectsOf(timeline), UnorderedElementsAre(kAccount, kOpportunity, kLead));
  MakeService("");
  journals_.away = {"accounts"};
  const auto without = Get(kAccount);
  EXPECT_EQ(Reason(FromRpcStatus(PartOf(without, "accounts").status())), "SERVICE_UNAVAILABLE");
  EXPECT_THAT(SubjectsOf(without), UnorderedElementsAre(kOpportunity, kLead, kCase));
}

TEST_F(TimelineServiceTest, WithoutTheRecordThereIsNoAnswer) {
  EXPECT_EQ(Get("accounts/0190a000-0000-7000-8000-00000000dead").status().code(),
            absl::StatusCode::kNotFound);
  journals_.refused = {"accounts"};
  EXPECT_EQ(Get(kAccount).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(TimelineServiceTest, AsOfAMomentItHoldsWhatWasRecordedThen) {
  OfferLead();
  const auto timeline = Get(kAccount, "ana@sales", Minute(3));
  EXPECT_THAT(SubjectsOf(timeline), UnorderedElementsAre(kAccount, kOpportunity, kLead));
  EXPECT_EQ(PartOf(timeline, "handovers").subjects(), 0);
  EXPECT_EQ(resource::ToTime(timeline->read_time()), Minute(3));
  EXPECT_EQ(Get(kCase, "ana@sales", Minute(3)).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Reason(Get(kCase, "ana@sales", absl::Now() + absl::Hours(1)).status()),
            "AS_OF_IN_FUTURE");
}

TEST_F(TimelineServiceTest, LongHistoriesAreReadPageByPage) {
  fact::v1::Fact note;
  note.set_kind(fact::v1::FACT_KIND_NOTE);
  for (int i = 0; i < 25; ++i)
    journals_.world.AddFact("support", kCase, "sue@support", 5 + i, note);
  journals_.page_size = 10;
  const auto timeline = Get(kCase);
  ASSERT_TRUE(timeline.ok()) << timeline.status();
  EXPECT_EQ(timeline->events_size(), 26);
  EXPECT_FALSE(PartOf(timeline, "cases").more());
  EXPECT_EQ(journals_.calls, 3);
}

TEST_F(TimelineServiceTest, NamesAreForWhomTheCharterNames) {
  for (const char* as : {"ana@sales", "sue@support", "mia@marketing"}) {
    const auto timeline = Get(kAccount, as);
    ASSERT_TRUE(timeline.ok()) << timeline.status();
    EXPECT_TRUE(timeline->names_left_out()) << as;
    for (const auto& event : timeline->events()) {
      const bool own = event.person() == std::string("persons/") + std::string(as).substr(0, 3);
      EXPECT_TRUE(own || event.person().empty()) << as << event.DebugString();
      EXPECT_FALSE(event.department().empty());
    }
  }
  for (const char* as : {"max@management", "aud@management"}) {
    const auto timeline = Get(kAccount, as);
    ASSERT_TRUE(timeline.ok()) << timeline.status();
    EXPECT_FALSE(timeline->names_left_out()) << as;
    EXPECT_EQ(timeline->events(0).person(), "persons/ana");
  }
}

}  // namespace
}  // namespace comity::gateway
