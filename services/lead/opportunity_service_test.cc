// Opportunities with their facts and judgements, on a real database.
#include "services/lead/opportunity_service.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/lead/campaign_service.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/product_service.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/judgement/judgement_service.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::lead {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testlib::NewRequestId;

google::type::Money Eur(int64_t units) {
  google::type::Money money;
  money.set_currency_code("EUR");
  money.set_units(units);
  return money;
}

class OpportunityServiceTest : public testing::Test {
 protected:
  Call As(const std::string& who) { return runtime_.MakeCall(who, "test/Method"); }

  v1::Opportunity Create(const v1::Opportunity& opportunity) {
    Call call = As("ana@sales");
    v1::CreateOpportunityRequest request;
    request.set_request_id(NewRequestId());
    *request.mutable_opportunity() = opportunity;
    const auto created = opportunities_.CreateOpportunity(call, request);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? *created : v1::Opportunity();
  }

  // The one product, made when first wanted.
  std::string Product() {
    if (!product_.empty()) return product_;
    v1::CreateProductRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_product()->set_display_name("Engine");
    Call call = As("max@management");
    const auto created = products_.CreateProduct(call, request);
    EXPECT_TRUE(created.ok()) << created.status();
    if (created.ok()) product_ = created->name();
    return product_;
  }

  v1::Opportunity Renewal() {
    v1::Opportunity opportunity;
    opportunity.set_display_name("Renewal");
    opportunity.set_owner("persons/ana");
    *opportunity.mutable_amount() = Eur(100);
    opportunity.mutable_open_time()->set_seconds(1'700'000'000);
    auto* line = opportunity.add_lines();
    line->set_product(Product());
    line->set_quantity(2);
    *line->mutable_unit_price() = Eur(50);
    return opportunity;
  }

  v1::Opportunity Get(const std::string& name, const std::string& lens = "") {
    Call call = As("ana@sales");
    v1::GetOpportunityRequest request;
    request.set_name(name);
    request.set_lens(lens);
    const auto read = opportunities_.GetOpportunity(call, request);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? *read : v1::Opportunity();
  }

  absl::Status Judge(const std::string& who, const std::string& name, const std::string& answer) {
    Call call = As(who);
    judgement::v1::JudgeRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_judgement()->set_subject(name);
    request.mutable_judgement()->set_question("questions/opportunity-outcome");
    request.mutable_judgement()->set_answer(answer);
    return judgements_.Judge(call, request).status();
  }

  std::vector<std::string> ListAs(const std::string& who) {
    Call call = As(who);
    v1::ListOpportunitiesRequest request;
    const auto page = opportunities_.ListOpportunities(call, request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    for (const auto& found : page->opportunities()) names.push_back(found.name());
    return names;
  }

  std::vector<std::string> EntryTypes(const std::string& name) {
    std::vector<std::string> types;
    Call call = As("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(const auto stored,
                                          journal::ReadHistory(reader, name, 0, 100));
                  for (const auto& bytes : stored) {
                    journal::v1::Entry entry;
                    EXPECT_TRUE(entry.ParseFromString(bytes.body));
                    types.push_back(absl::StrCat(entry.version(), " ", entry.type()));
                  }
                  return absl::OkStatus();
                }).ok());
    return types;
  }

  testlib::Database database_{LeadMigrations()};
  testlib::TestRuntime runtime_{&database_};
  OpportunityService opportunities_{nullptr};
  ProductService products_{nullptr};
  std::string product_;
  CampaignService campaigns_{nullptr};
  fact::FactService facts_{nullptr, Subjects()};
  judgement::JudgementService judgements_{nullptr, Subjects()};
};

TEST_F(OpportunityServiceTest, BeginsWithAFact) {
  const v1::Opportunity created = Create(Renewal());
  EXPECT_EQ(created.lines_size(), 1);
  EXPECT_EQ(created.open_time().seconds(), 1'700'000'000);
  v1::Opportunity read = Get(created.name());
  EXPECT_EQ(read.lens_answers_size(), 3);
  read.clear_lens_answers();
  EXPECT_TRUE(MessageDifferencer::Equals(created, read)) << read.DebugString();
  EXPECT_THAT(EntryTypes(created.name()), ElementsAre("1 created", "2 fact-recorded"));
}

TEST_F(OpportunityServiceTest, OpensWhenRecordedIfNothingElseIsSaid) {
  v1::Opportunity opportunity = Renewal();
  opportunity.clear_open_time();
  const v1::Opportunity created = Create(opportunity);
  EXPECT_EQ(created.open_time().seconds(), created.create_time().seconds());
  opportunity.mutable_open_time()->set_seconds(4'000'000'000);
  v1::CreateOpportunityRequest request;
  request.set_request_id(NewRequestId());
  *request.mutable_opportunity() = opportunity;
  Call call = As("ana@sales");
  EXPECT_EQ(Reason(opportunities_.CreateOpportunity(call, request).status()), "OCCURS_IN_FUTURE");
  EXPECT_THAT(ListAs("ana@sales"), ElementsAre(created.name()));
}

TEST_F(OpportunityServiceTest, AFactIsHeldToTheRulesOfTheField) {
  const v1::Opportunity created = Create(Renewal());
  fact::v1::RecordFactRequest request;
  request.set_parent(created.name());
  request.set_request_id(NewRequestId());
  request.mutable_fact()->set_kind(fact::v1::FACT_KIND_AMOUNT_CHANGED);
  *request.mutable_fact()->mutable_amount() = Eur(300);
  request.mutable_fact()->mutable_amount()->set_nanos(1);
  Call call = As("ana@sales");
  EXPECT_EQ(Reason(facts_.RecordFact(call, request).status()), "MONEY_TOO_FINE");
  EXPECT_EQ(Get(created.name()).amount().units(), 100);
}

TEST_F(OpportunityServiceTest, AJudgementLeavesTheEtagAlone) {
  const v1::Opportunity created = Create(Renewal());
  ASSERT_TRUE(Judge("ana@sales", created.name(), "lost").ok());
  v1::UpdateOpportunityRequest request;
  request.set_request_id(NewRequestId());
  *request.mutable_opportunity() = created;
  request.mutable_opportunity()->set_display_name("Renewed");
  Call call = As("ana@sales");
  const auto updated = opportunities_.UpdateOpportunity(call, request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_THAT(EntryTypes(created.name()),
              ElementsAre("1 created", "2 fact-recorded", "3 judged", "4 updated"));
}

TEST_F(OpportunityServiceTest, UpdateNamesTheFactToRecordInstead) {
  const v1::Opportunity created = Create(Renewal());
  v1::UpdateOpportunityRequest request;
  request.set_request_id(NewRequestId());
  *request.mutable_opportunity() = created;
  *request.mutable_opportunity()->mutable_amount() = Eur(7);
  Call call = As("ana@sales");
  const absl::Status refused = opportunities_.UpdateOpportunity(call, request).status();
  EXPECT_EQ(Reason(refused), "FIELD_NOT_UPDATABLE");
  EXPECT_THAT(std::string(refused.message()), testing::HasSubstr("amount-changed"));
}

TEST_F(OpportunityServiceTest, WhatWasSignedIsNoMatterOfAnEdit) {
  const v1::Opportunity created = Create(Renewal());
  fact::v1::RecordFactRequest signature;
  signature.set_parent(created.name());
  signature.set_request_id(NewRequestId());
  signature.mutable_fact()->set_kind(fact::v1::FACT_KIND_SIGNED);
  Call call = As("ana@sales");
  ASSERT_TRUE(facts_.RecordFact(call, signature).ok());
  v1::UpdateOpportunityRequest request;
  request.set_request_id(NewRequestId());
  *request.mutable_opportunity() = Get(created.name());
  request.mutable_opportunity()->clear_etag();
  request.mutable_opportunity()->mutable_lines(0)->set_quantity(3);
  request.mutable_update_mask()->add_paths("lines");
  EXPECT_EQ(Reason(opportunities_.UpdateOpportunity(call, request).status()), "ALREADY_SIGNED");
  request.mutable_update_mask()->set_paths(0, "display_name");
  request.mutable_opportunity()->set_display_name("Renewal of 2026");
  request.set_request_id(NewRequestId());
  EXPECT_TRUE(opportunities_.UpdateOpportunity(call, request).ok());
}

TEST_F(OpportunityServiceTest, AnAmountIsInTheCurrencyOfTheLines) {
  const v1::Opportunity created = Create(Renewal());
  fact::v1::RecordFactRequest request;
  request.set_parent(created.name());
  request.set_request_id(NewRequestId());
  request.mutable_fact()->set_kind(fact::v1::FACT_KIND_AMOUNT_CHANGED);
  *request.mutable_fact()->mutable_amount() = Eur(7);
  request.mutable_fact()->mutable_amount()->set_currency_code("USD");
  Call call = As("ana@sales");
  EXPECT_EQ(Reason(facts_.RecordFact(call, request).status()), "LINE_CURRENCY");
}

TEST_F(OpportunityServiceTest, AnExternalIdHasNoBlanksAroundIt) {
  v1::Opportunity opportunity = Renewal();
  opportunity.mutable_external_id()->set_source("maven");
  opportunity.mutable_external_id()->set_id("A ");
  v1::CreateOpportunityRequest request;
  request.set_request_id(NewRequestId());
  *request.mutable_opportunity() = opportunity;
  Call call = As("ana@sales");
  EXPECT_EQ(Reason(opportunities_.CreateOpportunity(call, request).status()),
            "EXTERNAL_ID_INVALID");
}

TEST_F(OpportunityServiceTest, AProductsNameIsItsOwn) {
  v1::CreateProductRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_product()->set_display_name("GTX Basic");
  *request.mutable_product()->mutable_list_price() = Eur(550);
  Call call = As("ana@sales");
  const auto product = products_.CreateProduct(call, request);
  ASSERT_TRUE(product.ok()) << product.status();
  request.set_request_id(NewRequestId());
  const absl::Status taken = products_.CreateProduct(call, request).status();
  EXPECT_EQ(taken.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Reason(taken), "DISPLAY_NAME_TAKEN");
  EXPECT_EQ(ErrorValue(taken, "name"), product->name());
  v1::ListProductsRequest list;
  list.set_filter("display_name = \"GTX Basic\"");
  const auto found = products_.ListProducts(call, list);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->products_size(), 1);
  EXPECT_EQ(found->products(0).list_price().units(), 550);
}

TEST_F(OpportunityServiceTest, ACampaignKeepsItsDaysAndBudget) {
  v1::CreateCampaignRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_campaign()->set_display_name("Spring");
  request.mutable_campaign()->set_channel("email");
  for (auto* date : {request.mutable_campaign()->mutable_start_date(),
                     request.mutable_campaign()->mutable_end_date()}) {
    date->set_year(2024);
    date->set_month(3);
    date->set_day(31);
  }
  *request.mutable_campaign()->mutable_budget() = Eur(1000);
  Call call = As("mia@marketing");
  const auto campaign = campaigns_.CreateCampaign(call, request);
  ASSERT_TRUE(campaign.ok()) << campaign.status();
  v1::GetCampaignRequest get;
  get.set_name(campaign->name());
  const auto read = campaigns_.GetCampaign(call, get);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*campaign, *read));
  request.set_request_id(NewRequestId());
  request.mutable_campaign()->mutable_end_date()->set_day(30);
  EXPECT_EQ(Reason(campaigns_.CreateCampaign(call, request).status()), "ENDS_BEFORE_START");
  request.mutable_campaign()->mutable_end_date()->set_day(32);
  EXPECT_EQ(Reason(campaigns_.CreateCampaign(call, request).status()), "DATE_INVALID");
}

}  // namespace
}  // namespace comity::lead
