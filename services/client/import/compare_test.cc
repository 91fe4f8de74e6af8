#include "services/client/import/compare.h"

#include "comity/lead/v1/opportunity.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/api/field_value.h"

namespace comity::client {
namespace {

using lead::v1::Opportunity;

RowPlan MakePlan() {
  RowPlan plan;
  plan.line = 3;
  auto record = std::make_unique<Opportunity>();
  record->set_owner("persons/ana");
  record->set_display_name("Spring");
  plan.record = std::move(record);
  plan.paths = {"owner", "display_name"};
  fact::v1::Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_SIGNED);
  EXPECT_TRUE(SetField(&fact, "occur_time", "2017-03-01").ok());
  EXPECT_TRUE(SetField(&fact, "amount", "10 EUR").ok());
  plan.facts.push_back(fact);
  judgement::v1::Judgement judgement;
  judgement.set_question("questions/opportunity-stage");
  judgement.set_answer("engaging");
  plan.judgements.push_back(judgement);
  return plan;
}

Opportunity MakeExisting() {
  Opportunity existing;
  existing.set_owner("persons/ana");
  existing.set_display_name("Spring");
  EXPECT_TRUE(SetField(&existing, "sign_time", "2017-03-01").ok());
  EXPECT_TRUE(SetField(&existing, "amount", "10.00 EUR").ok());
  auto* answer = existing.add_lens_answers();
  answer->set_question("questions/opportunity-stage");
  answer->set_answer("engaging");
  answer->set_basis(type::v1::ANSWER_BASIS_OWN);
  return existing;
}

TEST(CompareTest, WhatTheRecordSaysIsNoDifference) {
  const Difference difference = Compare(MakePlan(), MakeExisting());
  EXPECT_TRUE(difference.empty());
  EXPECT_TRUE(difference.contradictions.empty());
}

TEST(CompareTest, MissingFactsAndJudgementsAreMadeUp) {
  Opportunity existing = MakeExisting();
  existing.clear_sign_time();
  existing.mutable_lens_answers(0)->set_basis(type::v1::ANSWER_BASIS_SETTLED);
  const Difference difference = Compare(MakePlan(), existing);
  EXPECT_EQ(difference.facts.size(), 1u);
  EXPECT_EQ(difference.judgements.size(), 1u);
}

TEST(CompareTest, WhatNoUpdateMayChangeContradicts) {
  Opportunity existing = MakeExisting();
  existing.set_owner("persons/bea");
  existing.set_display_name("Autumn");
  EXPECT_TRUE(SetField(&existing, "amount", "11 EUR").ok());
  const Difference difference = Compare(MakePlan(), existing);
  EXPECT_THAT(difference.changed, ::testing::ElementsAre("display_name"));
  ASSERT_EQ(difference.contradictions.size(), 2u);
  EXPECT_EQ(difference.contradictions[0].column, "owner");
  EXPECT_EQ(difference.contradictions[1].column, "amount");
  EXPECT_EQ(difference.contradictions[1].reason, "CONTRADICTS_RECORD");
}

}  // namespace
}  // namespace comity::client
