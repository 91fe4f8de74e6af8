#include "services/support/case_rules.h"

#include "gtest/gtest.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/status/errors.h"

namespace comity::support {
namespace {

using fact::v1::Fact;

Fact Event(fact::v1::FactKind kind, int64_t occurred, const std::string& team = "") {
  Fact fact;
  fact.set_kind(kind);
  fact.mutable_occur_time()->set_seconds(occurred);
  fact.set_team(team);
  return fact;
}

v1::Case Derived(const std::vector<Fact>& facts) {
  v1::Case record;
  EXPECT_TRUE(DeriveCase(fact::Standing(facts), &record).ok());
  return record;
}

TEST(CaseRulesTest, TheLatestHandoverNamesTheTeam) {
  std::vector<Fact> facts = {Event(fact::v1::FACT_KIND_OPENED, 1, "teams/first-line"),
                             Event(fact::v1::FACT_KIND_HANDED_TO_TEAM, 3, "teams/third-line"),
                             Event(fact::v1::FACT_KIND_HANDED_TO_TEAM, 2, "teams/second-line")};
  EXPECT_EQ(Derived(facts).team(), "teams/third-line");
  facts[1].set_superseded_by("cases/x/facts/y");
  EXPECT_EQ(Derived(facts).team(), "teams/second-line");
  facts[2].set_superseded_by("cases/x/facts/z");
  EXPECT_EQ(Derived(facts).team(), "teams/first-line");
}

TEST(CaseRulesTest, ReopeningTakesResolutionAndClosureBack) {
  std::vector<Fact> facts = {Event(fact::v1::FACT_KIND_OPENED, 1),
                             Event(fact::v1::FACT_KIND_RESOLVED, 5),
                             Event(fact::v1::FACT_KIND_CLOSED, 6)};
  EXPECT_EQ(Derived(facts).close_time().seconds(), 6);
  EXPECT_EQ(Derived(facts).open_time().seconds(), 1);
  facts.push_back(Event(fact::v1::FACT_KIND_REOPENED, 7));
  EXPECT_FALSE(Derived(facts).has_close_time());
  EXPECT_FALSE(Derived(facts).has_resolve_time());
  facts.push_back(Event(fact::v1::FACT_KIND_RESOLVED, 9));
  EXPECT_EQ(Derived(facts).resolve_time().seconds(), 9);
}

TEST(CaseRulesTest, TheStateFollowsTheFacts) {
  std::vector<Fact> facts = {Event(fact::v1::FACT_KIND_OPENED, 1)};
  EXPECT_EQ(Derived(facts).state(), v1::CASE_STATE_OPEN);
  facts.push_back(Event(fact::v1::FACT_KIND_RESOLVED, 2));
  EXPECT_EQ(Derived(facts).state(), v1::CASE_STATE_RESOLVED);
  facts.push_back(Event(fact::v1::FACT_KIND_CLOSED, 4));
  EXPECT_EQ(Derived(facts).state(), v1::CASE_STATE_CLOSED);
  facts.push_back(Event(fact::v1::FACT_KIND_REOPENED, 3));  // recorded late
  EXPECT_EQ(Derived(facts).state(), v1::CASE_STATE_CLOSED);
  facts[2].set_superseded_by("cases/x/facts/y");
  EXPECT_EQ(Derived(facts).state(), v1::CASE_STATE_OPEN);
}

TEST(CaseRulesTest, WhatIsCheckedIsWhatIsDerived) {
  const v1::Case record;
  // Resolved before the date of the opening: recorded now, as it was opened without a date.
  const std::vector<Fact> resolved = {Event(fact::v1::FACT_KIND_OPENED, 9),
                                      Event(fact::v1::FACT_KIND_RESOLVED, 5)};
  EXPECT_EQ(Derived(resolved).state(), v1::CASE_STATE_RESOLVED);
  EXPECT_TRUE(CheckCaseFact(record, resolved, Event(fact::v1::FACT_KIND_REOPENED, 10)).ok());
  const std::vector<Fact> closed = {Event(fact::v1::FACT_KIND_OPENED, 9),
                                    Event(fact::v1::FACT_KIND_CLOSED, 5)};
  EXPECT_EQ(Reason(CheckCaseFact(record, closed, Event(fact::v1::FACT_KIND_RESOLVED, 10))),
            "CASE_CLOSED");
}

TEST(CaseRulesTest, AClosingThatWasRecordedLateHolds) {
  const v1::Case record =
      Derived({Event(fact::v1::FACT_KIND_OPENED, 1, "teams/a"),
               Event(fact::v1::FACT_KIND_CLOSED, 5), Event(fact::v1::FACT_KIND_RESOLVED, 10)});
  EXPECT_EQ(record.state(), v1::CASE_STATE_CLOSED);
  EXPECT_EQ(record.close_time().seconds(), 5);
  EXPECT_FALSE(record.has_resolve_time());
}

TEST(CaseRulesTest, TheBeginningComesFirstWhateverItsDate) {
  EXPECT_EQ(Derived({Event(fact::v1::FACT_KIND_OPENED, 9, "teams/first-line"),
                     Event(fact::v1::FACT_KIND_HANDED_TO_TEAM, 3, "teams/second-line")})
                .team(),
            "teams/second-line");
}

TEST(CaseRulesTest, TheStateIsThatOfTheHourInWhichItHappened) {
  v1::Case record;
  std::vector<Fact> facts = {Event(fact::v1::FACT_KIND_OPENED, 1),
                             Event(fact::v1::FACT_KIND_CLOSED, 5),
                             Event(fact::v1::FACT_KIND_REOPENED, 7)};
  // The closing was corrected afterwards: in order of recording it would come last.
  facts[1].set_superseded_by("cases/x/facts/y");
  facts.push_back(Event(fact::v1::FACT_KIND_CLOSED, 6));
  EXPECT_TRUE(
      CheckCaseFact(record, facts, Event(fact::v1::FACT_KIND_HANDED_TO_TEAM, 8, "teams/a")).ok());
  EXPECT_EQ(
      Reason(CheckCaseFact(record, facts, Event(fact::v1::FACT_KIND_HANDED_TO_TEAM, 6, "teams/a"))),
      "CASE_CLOSED");
  // Recorded late, of the time before the closing.
  EXPECT_TRUE(
      CheckCaseFact(record, facts, Event(fact::v1::FACT_KIND_HANDED_TO_TEAM, 4, "teams/a")).ok());
}

TEST(CaseRulesTest, WaitingEndsWithTheNextMove) {
  std::vector<Fact> facts = {Event(fact::v1::FACT_KIND_OPENED, 1),
                             Event(fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER, 2)};
  EXPECT_TRUE(Derived(facts).waiting_for_customer());
  facts.push_back(Event(fact::v1::FACT_KIND_NOTE, 3));
  EXPECT_TRUE(Derived(facts).waiting_for_customer());
  facts.push_back(Event(fact::v1::FACT_KIND_HANDED_TO_TEAM, 4, "teams/a"));
  EXPECT_FALSE(Derived(facts).waiting_for_customer());
}

// Every state against every kind of fact: what is refused, and nothing else.
TEST(CaseRulesTest, OnlyTheseStepsAreRefused) {
  const v1::Case record;
  const std::vector<Fact> open = {Event(fact::v1::FACT_KIND_OPENED, 1)};
  const std::vector<Fact> resolved = {open[0], Event(fact::v1::FACT_KIND_RESOLVED, 2)};
  const std::vector<Fact> closed = {open[0], Event(fact::v1::FACT_KIND_CLOSED, 2)};
  const auto reason = [&](const std::vector<Fact>& before, fact::v1::FactKind kind) {
    return Reason(CheckCaseFact(record, before, Event(kind, 3)));
  };
  for (const auto kind :
       {fact::v1::FACT_KIND_NOTE, fact::v1::FACT_KIND_CALL, fact::v1::FACT_KIND_OWNER_CHANGED}) {
    for (const auto& before : {open, resolved, closed}) EXPECT_EQ(reason(before, kind), "");
  }
  for (const auto kind :
       {fact::v1::FACT_KIND_HANDED_TO_TEAM, fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER,
        fact::v1::FACT_KIND_RESOLVED, fact::v1::FACT_KIND_CLOSED}) {
    EXPECT_EQ(reason(open, kind), "");
    EXPECT_EQ(reason(resolved, kind), "");
    EXPECT_EQ(reason(closed, kind), "CASE_CLOSED");
  }
  EXPECT_EQ(reason(open, fact::v1::FACT_KIND_REOPENED), "CASE_OPEN");
  EXPECT_EQ(reason(resolved, fact::v1::FACT_KIND_REOPENED), "");
  EXPECT_EQ(reason(closed, fact::v1::FACT_KIND_REOPENED), "");
}

TEST(CaseRulesTest, ACaseBeginsWithWhatItWasCreatedWith) {
  v1::Case record;
  record.set_team("teams/first-line");
  record.set_owner("persons/sue");
  record.mutable_open_time()->set_seconds(42);
  const Fact opened = OpenedFact(record);
  EXPECT_EQ(opened.kind(), fact::v1::FACT_KIND_OPENED);
  EXPECT_EQ(opened.occur_time().seconds(), 42);
  EXPECT_EQ(Derived({opened}).team(), "teams/first-line");
  EXPECT_EQ(Derived({opened}).owner(), "persons/sue");
}

}  // namespace
}  // namespace comity::support
