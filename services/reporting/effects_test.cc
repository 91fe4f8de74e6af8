#include "services/reporting/effects.h"

#include "absl/strings/str_cat.h"
#include "comity/account/v1/account.pb.h"
#include "comity/gateway/v1/directory.pb.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "comity/support/v1/case.pb.h"
#include "gtest/gtest.h"
#include "services/reporting/testing.h"
#include "services/runtime/resource/names.h"

namespace comity::reporting {
namespace {

constexpr char kOpportunity[] = "opportunities/01900000-0000-7000-8000-000000000001";

void Add(const std::string& subject, const std::string& type,
         const google::protobuf::Message& payload, Batch* batch) {
  auto* positioned = batch->Add();
  positioned->set_position(7 + batch->size());
  positioned->mutable_entry()->set_subject(subject);
  positioned->mutable_entry()->set_type(type);
  positioned->mutable_entry()->mutable_record_time()->set_seconds(100 + batch->size());
  positioned->mutable_entry()->mutable_payload()->PackFrom(payload);
}

lead::v1::Opportunity MakeOpportunity() {
  lead::v1::Opportunity opportunity;
  opportunity.set_name(kOpportunity);
  opportunity.set_owner("persons/ana");
  opportunity.set_account("accounts/01900000-0000-7000-8000-0000000000aa");
  opportunity.mutable_external_id()->set_id("Z063OYW0");
  opportunity.mutable_amount()->set_currency_code("EUR");
  opportunity.mutable_amount()->set_units(12);
  opportunity.mutable_amount()->set_nanos(340'000'000);
  opportunity.mutable_open_time()->set_seconds(5);
  auto* line = opportunity.add_lines();
  line->set_product("products/01900000-0000-7000-8000-0000000000bb");
  line->set_quantity(3);
  *line->mutable_unit_price() = opportunity.amount();
  return opportunity;
}

TEST(Extract, Opportunity) {
  Batch batch;
  Add(kOpportunity, "created", MakeOpportunity(), &batch);
  const Effects effects = Extract(batch, {});
  ASSERT_EQ(effects.opportunities.size(), 1);
  const OpportunityVersion& version = effects.opportunities[0];
  EXPECT_EQ(version.position, 8);
  EXPECT_EQ(resource::MakeName("opportunities", version.opportunity), kOpportunity);
  EXPECT_EQ(version.amount.minor, 1234);
  EXPECT_EQ(version.amount.currency, "EUR");
  EXPECT_EQ(version.open_time, 5'000'000);
  EXPECT_EQ(version.sign_time, kNever);
  EXPECT_EQ(version.external_id, "Z063OYW0");
  ASSERT_EQ(version.lines.size(), 1);
  EXPECT_EQ(version.lines[0].value, 3702);
  EXPECT_EQ(effects.intake.newest_record_time().seconds(), 101);
}

TEST(Extract, FactWithTheRecordAfterIt) {
  fact::v1::Fact fact;
  fact.set_name(std::string(kOpportunity) + "/facts/01900000-0000-7000-8000-0000000000f2");
  fact.set_kind(fact::v1::FACT_KIND_VOIDED);
  fact.set_voids(std::string(kOpportunity) + "/facts/01900000-0000-7000-8000-0000000000f1");
  Batch batch;
  Add(kOpportunity, "fact-voided", fact, &batch);
  batch.Mutable(0)->mutable_entry()->mutable_record()->PackFrom(MakeOpportunity());
  const Effects effects = Extract(batch, {});
  ASSERT_EQ(effects.facts.size(), 1);
  EXPECT_EQ(effects.facts[0].occur_time, 101'000'000);  // without a word of it: when recorded
  EXPECT_EQ(resource::IdToText(effects.facts[0].supersedes),
            "01900000-0000-7000-8000-0000000000f1");
  EXPECT_EQ(effects.opportunities.size(), 1);
}

TEST(Extract, JudgementAndWithdrawal) {
  judgement::v1::Judgement judgement;
  judgement.set_subject(kOpportunity);
  judgement.set_question("questions/opportunity-outcome");
  judgement.set_department("departments/sales");
  judgement.set_answer("lost");
  judgement.mutable_occur_time()->set_seconds(9);
  Batch batch;
  Add(kOpportunity, "judged", judgement, &batch);
  Add(kOpportunity, "withdrawn", judgement, &batch);
  const Effects effects = Extract(batch, {});
  ASSERT_EQ(effects.judgements.size(), 2);
  EXPECT_EQ(effects.judgements[0].answer, "lost");
  EXPECT_EQ(effects.judgements[0].occur_time, 9'000'000);
  EXPECT_EQ(effects.judgements[1].answer, "");
}

TEST(Extract, NamedRecordsAndWhatReportsDoNotUse) {
  gateway::v1::Person person;
  person.set_name("persons/ana");
  person.set_office("Central");
  person.set_manager("persons/max");
  account::v1::Account account;
  account.set_name("accounts/01900000-0000-7000-8000-0000000000aa");
  account.set_sector("medical");
  judgement::v1::Judgement of_lead;
  of_lead.set_subject("leads/01900000-0000-7000-8000-0000000000cc");
  Batch batch;
  Add("persons/ana", "person-updated", person, &batch);
  Add(account.name(), "updated", account, &batch);
  Add(of_lead.subject(), "judged", of_lead, &batch);
  Add("departments/sales", "department-created", gateway::v1::Department(), &batch);
  const Effects effects = Extract(batch, {});
  ASSERT_EQ(effects.named.size(), 2);
  EXPECT_EQ(effects.named[0].office, "Central");
  EXPECT_EQ(effects.named[0].manager, "persons/max");
  EXPECT_EQ(effects.named[1].sector, "medical");
  EXPECT_TRUE(effects.judgements.empty());
}

TEST(Extract, AnAmountWithoutMinorUnitsIsNone) {
  lead::v1::Opportunity unknown_currency = MakeOpportunity();
  unknown_currency.mutable_amount()->set_currency_code("EUX");
  lead::v1::Opportunity too_fine = MakeOpportunity();
  too_fine.mutable_amount()->set_nanos(1);
  fact::v1::Fact fact;
  fact.set_name(std::string(kOpportunity) + "/facts/01900000-0000-7000-8000-0000000000f2");
  fact.set_kind(fact::v1::FACT_KIND_AMOUNT_CHANGED);
  *fact.mutable_amount() = too_fine.amount();
  Batch batch;
  Add(kOpportunity, "created", unknown_currency, &batch);
  Add(kOpportunity, "updated", too_fine, &batch);
  Add(kOpportunity, "fact-recorded", fact, &batch);
  Add(kOpportunity, "updated", MakeOpportunity(), &batch);
  const Effects effects = Extract(batch, {});
  ASSERT_EQ(effects.opportunities.size(), 3);
  EXPECT_EQ(effects.opportunities[0].amount.currency, "");
  EXPECT_EQ(effects.opportunities[1].amount.currency, "");
  EXPECT_EQ(effects.opportunities[1].owner, "persons/ana");
  EXPECT_EQ(effects.opportunities[2].amount.minor, 1234);
  ASSERT_EQ(effects.facts.size(), 1);
  EXPECT_EQ(effects.facts[0].amount.currency, "");
  EXPECT_EQ(effects.unreadable.size(), 3);
}

TEST(Extract, PassesOverWhatItCannotRead) {
  lead::v1::Opportunity nameless = MakeOpportunity();
  nameless.set_name("opportunities/none");
  Batch batch;
  Add(kOpportunity, "created", MakeOpportunity(), &batch);
  batch.Mutable(0)->mutable_entry()->mutable_payload()->set_value("\xff");
  Add("opportunities/none", "created", nameless, &batch);
  Add(kOpportunity, "updated", MakeOpportunity(), &batch);
  const Effects effects = Extract(batch, {});
  EXPECT_EQ(effects.unreadable.size(), 2);
  ASSERT_EQ(effects.opportunities.size(), 1);
  EXPECT_EQ(effects.opportunities[0].position, 10);
}

TEST(Extract, NotesAreNoMatterOfReports) {
  fact::v1::Fact note;
  note.set_name(absl::StrCat(kOpportunity, "/facts/01900000-0000-7000-8000-000000000004"));
  note.set_kind(fact::v1::FACT_KIND_NOTE);
  Batch batch;
  Add(kOpportunity, "fact-recorded", note, &batch);
  batch[0].mutable_entry()->mutable_record()->PackFrom(MakeOpportunity());
  const Effects effects = Extract(batch, {});
  EXPECT_TRUE(effects.facts.empty());
  EXPECT_TRUE(effects.opportunities.empty());
  EXPECT_TRUE(effects.unreadable.empty());
}

TEST(Extract, WhenADisputeIsOpen) {
  constexpr char kDispute[] = "disputes/01900000-0000-7000-8000-000000000009";
  gateway::v1::Dispute dispute;
  dispute.set_name(kDispute);
  dispute.set_subject(kOpportunity);
  Batch batch;
  const auto add = [&](int version, const char* type) {
    Add(kDispute, type, dispute, &batch);
    batch.rbegin()->mutable_entry()->set_version(version);
    batch.rbegin()->mutable_entry()->mutable_occur_time()->set_seconds(50 + version);
  };
  add(1, "opened");
  add(2, "answered");  // nothing new: it is open
  dispute.mutable_end_time()->set_seconds(60);
  add(3, "withdrawn");
  dispute.clear_end_time();
  dispute.set_subject("leads/01900000-0000-7000-8000-000000000001");
  add(1, "opened");  // no report counts leads
  dispute.set_subject("opportunities/none");
  add(1, "opened");
  const Effects effects = Extract(batch, {});
  ASSERT_EQ(effects.disputes.size(), 2);
  EXPECT_EQ(effects.disputes[0].position, 8);
  EXPECT_EQ(resource::MakeName("disputes", effects.disputes[0].dispute), kDispute);
  EXPECT_EQ(effects.disputes[0].subject, kOpportunity);
  EXPECT_TRUE(effects.disputes[0].open);
  EXPECT_EQ(effects.disputes[0].occur_time, 51'000'000);
  EXPECT_FALSE(effects.disputes[1].open);
  EXPECT_EQ(effects.unreadable.size(), 1);
}

TEST(Extract, CasesAndWhatHappenedToThem) {
  constexpr char kCase[] = "cases/01900000-0000-7000-8000-000000000003";
  support::v1::Case made;
  made.set_name(kCase);
  made.set_product("products/01900000-0000-7000-8000-0000000000bb");
  made.mutable_external_id()->set_source("desk");
  made.mutable_external_id()->set_id("7");
  Batch batch;
  Add(kCase, "created", made, &batch);
  fact::v1::Fact fact;
  fact.set_name(absl::StrCat(kCase, "/facts/01900000-0000-7000-8000-000000000004"));
  fact.set_kind(fact::v1::FACT_KIND_HANDED_TO_TEAM);
  fact.set_team("teams/second-line");
  fact.set_owner("persons/sue");
  fact.set_corrects(absl::StrCat(kCase, "/facts/01900000-0000-7000-8000-000000000005"));
  fact.mutable_occur_time()->set_seconds(6);
  Add(kCase, "recorded", fact, &batch);
  const Effects effects = Extract(batch, {});
  EXPECT_TRUE(effects.unreadable.empty());
  ASSERT_EQ(effects.cases.size(), 1);
  EXPECT_EQ(effects.cases[0].source, "desk");
  EXPECT_EQ(effects.cases[0].external_id, "7");
  EXPECT_EQ(effects.cases[0].product, made.product());
  ASSERT_EQ(effects.case_events.size(), 1);
  const CaseEvent& event = effects.case_events[0];
  EXPECT_EQ(event.subject, effects.cases[0].subject);
  EXPECT_EQ(event.occur_time, 6'000'000);
  EXPECT_EQ(event.team, "teams/second-line");
  EXPECT_EQ(event.owner, "persons/sue");
  EXPECT_EQ(resource::IdToText(event.supersedes), "01900000-0000-7000-8000-000000000005");
  EXPECT_TRUE(effects.facts.empty()) << "facts of opportunities only";
}

}  // namespace
}  // namespace comity::reporting
