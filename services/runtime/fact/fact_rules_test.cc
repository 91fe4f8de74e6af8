#include "services/runtime/fact/fact_rules.h"

#include "gtest/gtest.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/status/errors.h"

namespace comity::fact {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
const std::vector<v1::FactKind> kKnown = {v1::FACT_KIND_AMOUNT_CHANGED, v1::FACT_KIND_SIGNED,
                                          v1::FACT_KIND_NOTE, v1::FACT_KIND_CREATED};

v1::Fact MakeFact(const std::string& name, v1::FactKind kind, int64_t occurred) {
  v1::Fact fact;
  fact.set_name(name);
  fact.set_kind(kind);
  fact.mutable_occur_time()->set_seconds(occurred);
  return fact;
}

TEST(FactRulesTest, KindsAreNamedAsInTheCharter) {
  EXPECT_EQ(KindId(v1::FACT_KIND_AMOUNT_CHANGED), "amount-changed");
  EXPECT_EQ(KindId(v1::FACT_KIND_HANDED_TO_TEAM), "handed-to-team");
}

TEST(FactRulesTest, EachKindHasItsFieldsAndNoOthers) {
  v1::Fact fact = MakeFact("", v1::FACT_KIND_AMOUNT_CHANGED, 1);
  EXPECT_EQ(Reason(CheckFact(kKnown, fact, kNow)), "FACT_FIELD_REQUIRED");
  fact.mutable_amount()->set_currency_code("EUR");
  EXPECT_TRUE(CheckFact(kKnown, fact, kNow).ok());
  fact.set_team("teams/x");
  EXPECT_EQ(Reason(CheckFact(kKnown, fact, kNow)), "FACT_FIELD_UNKNOWN");
  EXPECT_TRUE(CheckFact(kKnown, MakeFact("", v1::FACT_KIND_SIGNED, 1), kNow).ok());
}

TEST(FactRulesTest, RefusesAnUnknownKindTheFutureAndACorrectionWithoutReason) {
  EXPECT_EQ(Reason(CheckFact(kKnown, MakeFact("", v1::FACT_KIND_OPENED, 1), kNow)),
            "UNKNOWN_FACT_KIND");
  EXPECT_EQ(Reason(CheckFact(kKnown, MakeFact("", v1::FACT_KIND_NOTE, 1'700'003'600), kNow)),
            "OCCURS_IN_FUTURE");
  v1::Fact correction = MakeFact("", v1::FACT_KIND_NOTE, 1);
  correction.set_corrects("leads/x/facts/y");
  EXPECT_EQ(Reason(CheckFact(kKnown, correction, kNow)), "REASON_REQUIRED");
  correction.set_reason("typing error");
  EXPECT_TRUE(CheckFact(kKnown, correction, kNow).ok());
}

TEST(FactRulesTest, AnAmountThatNoReportCanCountIsRefused) {
  v1::Fact fact = MakeFact("", v1::FACT_KIND_AMOUNT_CHANGED, 1);
  fact.mutable_amount()->set_currency_code("ABC");
  EXPECT_EQ(Reason(CheckFact(kKnown, fact, kNow)), "CURRENCY_UNKNOWN");
  fact.mutable_amount()->set_currency_code("EUR");
  fact.mutable_amount()->set_nanos(1);
  EXPECT_EQ(Reason(CheckFact(kKnown, fact, kNow)), "MONEY_TOO_FINE");
}

TEST(FactRulesTest, AnExternalIdIsWholeAndAttributesAreBounded) {
  v1::Fact fact = MakeFact("", v1::FACT_KIND_NOTE, 1);
  fact.mutable_external_id();
  EXPECT_TRUE(CheckFact(kKnown, fact, kNow).ok());
  fact.mutable_external_id()->set_id("7");
  EXPECT_EQ(Reason(CheckFact(kKnown, fact, kNow)), "EXTERNAL_ID_INCOMPLETE");
  fact.clear_external_id();
  for (int i = 0; i < 20; ++i) {
    (*fact.mutable_attributes())["key" + std::to_string(i)] = std::string(1000, 'x');
  }
  EXPECT_EQ(Reason(CheckFact(kKnown, fact, kNow)), "ATTRIBUTES_INVALID");
}

TEST(FactRulesTest, ABlankIsNoReason) {
  v1::Fact correction = MakeFact("", v1::FACT_KIND_NOTE, 1);
  correction.set_corrects("leads/x/facts/y");
  correction.set_reason(" \t ");
  EXPECT_EQ(Reason(CheckFact(kKnown, correction, kNow)), "REASON_REQUIRED");
}

TEST(FactRulesTest, ActivitiesDecideNothing) {
  EXPECT_FALSE(DecidesState(v1::FACT_KIND_NOTE));
  EXPECT_FALSE(DecidesState(v1::FACT_KIND_TOUCH));
  EXPECT_FALSE(DecidesState(v1::FACT_KIND_VOIDED));
  EXPECT_TRUE(DecidesState(v1::FACT_KIND_CREATED));
  EXPECT_TRUE(DecidesState(v1::FACT_KIND_CLOSED));
}

TEST(FactRulesTest, WhatStandsIsOrderedByTheTimeItHappened) {
  std::vector<v1::Fact> facts = {
      MakeFact("late", v1::FACT_KIND_NOTE, 30), MakeFact("early", v1::FACT_KIND_NOTE, 10),
      MakeFact("gone", v1::FACT_KIND_NOTE, 20), MakeFact("void", v1::FACT_KIND_VOIDED, 25)};
  facts[2].set_superseded_by("void");
  const std::vector<v1::Fact> standing = Standing(facts);
  ASSERT_EQ(standing.size(), 2u);
  EXPECT_EQ(standing[0].name(), "early");
  EXPECT_EQ(standing[1].name(), "late");
}

TEST(FactRulesTest, AVoidingMarksTheEarlierFactOnce) {
  std::vector<v1::Fact> facts = {MakeFact("a", v1::FACT_KIND_SIGNED, 1)};
  v1::Fact voiding = MakeFact("b", v1::FACT_KIND_VOIDED, 2);
  voiding.set_voids("a");
  ASSERT_TRUE(Supersede(voiding, &facts).ok());
  EXPECT_EQ(facts[0].superseded_by(), "b");
  EXPECT_EQ(Reason(Supersede(voiding, &facts)), "ALREADY_SUPERSEDED");
  voiding.set_voids("nothing");
  EXPECT_EQ(Supersede(voiding, &facts).code(), absl::StatusCode::kNotFound);
}

TEST(FactRulesTest, WhatBeganARecordAndAVoidingCannotBeVoided) {
  std::vector<v1::Fact> facts = {MakeFact("a", v1::FACT_KIND_CREATED, 1),
                                 MakeFact("v", v1::FACT_KIND_VOIDED, 1)};
  v1::Fact voiding = MakeFact("b", v1::FACT_KIND_VOIDED, 2);
  for (const char* target : {"a", "v"}) {
    voiding.set_voids(target);
    EXPECT_EQ(Reason(Supersede(voiding, &facts)), "NOT_VOIDABLE");
  }
}

TEST(FactRulesTest, ACorrectionIsOfTheSameKind) {
  std::vector<v1::Fact> facts = {MakeFact("a", v1::FACT_KIND_SIGNED, 1)};
  v1::Fact correction = MakeFact("b", v1::FACT_KIND_AMOUNT_CHANGED, 2);
  correction.set_corrects("a");
  EXPECT_EQ(Reason(Supersede(correction, &facts)), "KIND_DIFFERS");
  correction.set_kind(v1::FACT_KIND_SIGNED);
  EXPECT_TRUE(Supersede(correction, &facts).ok());
}

}  // namespace
}  // namespace comity::fact
