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
