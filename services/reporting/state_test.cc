// What `occurred_before` keeps, and what revisions of the charter make of a state.
#include "services/reporting/state.h"

#include "gtest/gtest.h"
#include "services/reporting/report_rules.h"
#include "services/reporting/testing.h"
#include "services/runtime/resource/columns.h"

namespace comity::reporting {
namespace {

using testing::Day;
using testing::Id;
using testing::Judged;

FactRow Fact(int id, fact::v1::FactKind kind, int64_t time) {
  FactRow fact;
  fact.fact = Id(id);
  fact.opportunity = Id(1);
  fact.kind = kind;
  fact.occur_time = time;
  return fact;
}

// Opened on 1 January at 10.00, raised to 20.00 in February, to 30.00 in April, signed in May.
Effects OneOpportunity() {
  Effects effects = testing::Intake(1);
  effects.opportunities = {testing::Opportunity(1, 1000, "persons/ana"),
                           testing::Opportunity(1, 3000, "persons/sam")};
  effects.opportunities[1].sign_time = Day(2017, 5, 1);
  effects.facts = {Fact(1, fact::v1::FACT_KIND_CREATED, Day(2017, 1, 1)),
                   Fact(2, fact::v1::FACT_KIND_AMOUNT_CHANGED, Day(2017, 4, 1)),
                   Fact(3, fact::v1::FACT_KIND_AMOUNT_CHANGED, Day(2017, 2, 1)),
                   Fact(4, fact::v1::FACT_KIND_OWNER_CHANGED, Day(2017, 3, 1)),
                   Fact(5, fact::v1::FACT_KIND_SIGNED, Day(2017, 5, 1))};
  effects.facts[0].amount = {1000, "EUR"};
  effects.facts[0].owner = "persons/ana";
  effects.facts[1].amount = {3000, "EUR"};
  effects.facts[2].amount = {2000, "EUR"};
  effects.facts[3].owner = "persons/sam";
  effects.judgements = {
      Judged(1, "opportunity-stage", "sales", "engaging", Day(2017, 2, 1)),
      Judged(1, "opportunity-stage", "sales", "proposal", Day(2017, 3, 15)),
      Judged(1, "opportunity-stage", "sales", "", Day(2017, 4, 15)),
  };
  return effects;
}

// The one opportunity as it was before a day; empty before it began.
std::vector<v1::ReportRow> Before(int64_t time, const Effects& effects) {
  State state(testing::StartingBook(), time);
  state.Apply(effects);
  state.Finish();
  RowsQuery query;
  query.query.add_lenses("departments/sales");
  return ComputeRows(state, query).value().rows;
}

TEST(OccurredBefore, NothingBeforeItBegan) {
  EXPECT_TRUE(Before(Day(2017, 1, 1), OneOpportunity()).empty());
  EXPECT_EQ(Before(Day(2017, 1, 2), OneOpportunity()).size(), 1);
}

TEST(OccurredBefore, WhatAWorkflowHasTakenBackCountsNowhere) {
  Effects effects = OneOpportunity();
  effects.opportunities.push_back(effects.opportunities[1]);
  effects.opportunities[2].withdrawn = true;
  EXPECT_TRUE(Before(Day(2017, 6, 1), effects).empty());
  EXPECT_TRUE(Before(kNever, effects).empty());
  EXPECT_EQ(Before(kNever, OneOpportunity()).size(), 1);
}

TEST(OccurredBefore, AmountAndOwnerOfThen) {
  const auto row = Before(Day(2017, 2, 2), OneOpportunity())[0];
  EXPECT_EQ(row.amount().units(), 20);
  EXPECT_EQ(row.owner(), "persons/ana");
  EXPECT_EQ(Before(Day(2017, 3, 2), OneOpportunity())[0].owner(), "persons/sam");
  EXPECT_EQ(Before(Day(2017, 4, 2), OneOpportunity())[0].amount().units(), 30);
}

TEST(OccurredBefore, SignatureOfThen) {
  EXPECT_EQ(Before(Day(2017, 5, 1), OneOpportunity())[0].outcome(), "");
  EXPECT_EQ(Before(Day(2017, 5, 2), OneOpportunity())[0].outcome(), "won");
}

TEST(OccurredBefore, JudgementsOfThen) {
  EXPECT_EQ(Before(Day(2017, 2, 1), OneOpportunity())[0].stage(), "");
  EXPECT_EQ(Before(Day(2017, 3, 1), OneOpportunity())[0].stage(), "engaging");
  EXPECT_EQ(Before(Day(2017, 4, 1), OneOpportunity())[0].stage(), "proposal");
  EXPECT_EQ(Before(Day(2017, 5, 1), OneOpportunity())[0].stage(), "");  // withdrawn
}

TEST(OccurredBefore, WhatIsVoidedHasNotHappened) {
  Effects effects = OneOpportunity();
  // Recorded far later: that the raise of February never was is what the record knows.
  effects.facts.push_back(Fact(6, fact::v1::FACT_KIND_VOIDED, Day(2018, 1, 1)));
  effects.facts.back().supersedes = Id(3);
  EXPECT_EQ(Before(Day(2017, 2, 2), effects)[0].amount().units(), 10);
}

TEST(OccurredBefore, ACorrectionKeepsItsPlaceAmongThoseOfTheSameTime) {
  Effects effects = OneOpportunity();
  effects.facts.push_back(Fact(6, fact::v1::FACT_KIND_AMOUNT_CHANGED, Day(2017, 2, 1)));
  effects.facts.back().amount = {2500, "EUR"};  // as of the same day as fact 3, recorded after it
  effects.facts.push_back(Fact(7, fact::v1::FACT_KIND_AMOUNT_CHANGED, Day(2017, 2, 1)));
  effects.facts.back().amount = {2100, "EUR"};
  effects.facts.back().supersedes = Id(3);
  EXPECT_EQ(Before(Day(2017, 2, 2), effects)[0].amount().units(), 25);
}

TEST(State, ARepeatedAnswerIsHeldSinceItWasFirstGiven) {
  Effects effects = OneOpportunity();
  effects.opportunities.pop_back();  // not signed
  for (const int month : {3, 6}) {
    effects.judgements.push_back(
        Judged(1, "opportunity-outcome", "sales", "lost", Day(2017, month, 1)));
  }
  State state(testing::StartingBook());
  state.Apply(effects);
  RowsQuery query;
  query.query.add_lenses("departments/sales");
  EXPECT_EQ(resource::ToMicros(ComputeRows(state, query).value().rows[0].outcome_time()),
            Day(2017, 3, 1));
}

TEST(State, HoldsWhatWasJudgedForEveryRevision) {
  const auto book = charter::MakeBook(testing::StartingCharter());
  State state(book.get());
  Effects effects = OneOpportunity();
  effects.opportunities.pop_back();
  effects.opportunities.push_back(testing::Opportunity(2, 500, "persons/sam"));
  effects.judgements = {Judged(2, "opportunity-stage", "sales", "engaging", Day(2017, 2, 1)),
                        Judged(1, "opportunity-stage", "sales", "proposal", Day(2017, 3, 15))};
  state.Apply(effects);
  const auto stages = [&](absl::string_view lens) {
    RowsQuery query;
    query.query.add_lenses(std::string(lens));
    std::vector<std::string> stages;
    const RowsPage page = ComputeRows(state, query).value();
    for (const auto& row : page.rows) stages.push_back(row.stage());
    return stages;
  };
  const auto enact = [&](const std::function<void(type::v1::Question*)>& change) {
    book->Put(testing::NextRevision(*book, absl::UnixEpoch(), [&](type::v1::Charter* document) {
      change(testing::QuestionIn(document, "questions/opportunity-stage"));
    }));
    Effects turn = testing::Intake(state.number() + 1);
    turn.intake.set_charter_revision(book->last().charter.revision());
    state.Apply(turn);
  };
  using Stages = std::vector<std::string>;
  EXPECT_EQ(stages("settled"), (Stages{"proposal", "engaging"}));
  enact([](type::v1::Question* question) {  // `proposal` goes, and another order comes
    question->mutable_answers()->DeleteSubrange(2, 1);
    question->mutable_answers()->SwapElements(0, 1);
  });
  EXPECT_EQ(stages("settled"), (Stages{"", "engaging"}));
  enact([](type::v1::Question* question) {  // a new voice, and a new answer
    question->add_voices("departments/it");
    testing::AddAnswer("pilot", question);
    question->set_decider("departments/it");
  });
  EXPECT_EQ(stages("settled"), (Stages{"", ""}));
  Effects more = testing::Intake(4);
  more.judgements = {Judged(1, "opportunity-stage", "it", "pilot", Day(2017, 4, 1)),
                     Judged(2, "opportunity-stage", "it", "pilot", Day(2017, 4, 1)),
                     Judged(2, "opportunity-stage", "management", "engaging", Day(2017, 4, 1))};
  state.Apply(more);
  EXPECT_EQ(stages("settled"), (Stages{"pilot", "pilot"}));
  EXPECT_EQ(stages("departments/sales"), (Stages{"pilot", "engaging"}));
  enact([](type::v1::Question* question) {  // `proposal` comes back, and the new voice goes
    testing::AddAnswer("proposal", question);
    question->mutable_voices()->RemoveLast();
    question->set_decider("departments/sales");
  });
  EXPECT_EQ(stages("settled"), (Stages{"proposal", "engaging"}));
  EXPECT_EQ(stages("departments/it"), (Stages{"proposal", "engaging"})) << "it has no voice";
  EXPECT_EQ(stages("departments/management"), (Stages{"proposal", "engaging"}));
}

TEST(State, IsNotReadByARevisionThatIsNotKnown) {
  State state(testing::StartingBook());
  EXPECT_TRUE(state.KnowsCharter());
  Effects turn = testing::Intake(1);
  turn.intake.set_charter_revision(2);
  state.Apply(turn);
  EXPECT_EQ(state.revision(), 2);
  EXPECT_FALSE(state.KnowsCharter());
}

TEST(OccurredBefore, FarAheadEqualsThePresent) {
  State present(testing::StartingBook());
  present.Apply(OneOpportunity());
  RowsQuery query;
  query.query.add_lenses("departments/sales");
  EXPECT_EQ(ComputeRows(present, query).value().rows[0].SerializeAsString(),
            Before(Day(2100, 1, 1), OneOpportunity())[0].SerializeAsString());
}

}  // namespace
}  // namespace comity::reporting
