#include "services/gateway/credit/credit_rules.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway::credit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";

absl::Time Day(int day) { return absl::FromUnixSeconds(1'500'000'000) + day * absl::Hours(24); }

type::v1::Actor Of(const std::string& department) {
  type::v1::Actor actor;
  actor.set_department(department);
  actor.set_person("persons/of");
  return actor;
}

// Drawn on day 0, with a term until day 14.
v1::CreditStatement Drawn(const std::vector<std::string>& parties = {kMarketing, kSales}) {
  v1::CreditStatement statement;
  statement.set_name("credit-statements/1");
  statement.set_opportunity("opportunities/1");
  statement.set_state(v1::CREDIT_STATE_DRAWN);
  *statement.mutable_amount() = resource::FromMinorUnits(100, "EUR");
  for (const std::string& party : parties) {
    statement.add_lines()->set_party(party);
    *statement.mutable_lines(statement.lines_size() - 1)->mutable_amount() = statement.amount();
  }
  *statement.mutable_term_end_time() = resource::FromTime(Day(14));
  return statement;
}

v1::CreditStatement Begun() {
  v1::CreditStatement statement = Drawn();
  EXPECT_THAT(Begin(Day(0), &statement), ElementsAre("drawn"));
  return statement;
}

TEST(CreditRules, TheTermIsForTheDepartmentsOfAllParties) {
  EXPECT_THAT(Begun().departments(), ElementsAre(kMarketing, kSales));
  v1::CreditStatement by_person = Drawn({"persons/ana", "persons/mia"});
  v1::CreditTouch* touch = by_person.add_touches();
  touch->set_party("persons/ana");
  touch->set_department(kSales);
  touch->set_standing(v1::CREDIT_STANDING_COUNTS);
  touch = by_person.add_late_touches();
  touch->set_party("persons/mia");
  touch->set_department(kMarketing);
  touch->set_standing(v1::CREDIT_STANDING_LATE);
  touch = by_person.add_touches();
  touch->set_party("persons/ana");  // who has a line, but not by this one
  touch->set_department("departments/support");
  touch->set_standing(v1::CREDIT_STANDING_NOT_A_PARTY);
  Begin(Day(0), &by_person);
  EXPECT_THAT(by_person.departments(), ElementsAre(kMarketing, kSales));
}

TEST(CreditRules, WhatIsNobodysIsFinalAtOnce) {
  v1::CreditStatement statement = Drawn({});
  EXPECT_THAT(Begin(Day(0), &statement), ElementsAre("drawn", "final"));
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_FINAL);
}

TEST(CreditRules, LateTouchesHaveATermWhereNobodyHasALine) {
  v1::CreditStatement statement = Drawn({});
  v1::CreditTouch* touch = statement.add_late_touches();
  touch->set_party("persons/mia");
  touch->set_department(kMarketing);
  touch->set_standing(v1::CREDIT_STANDING_LATE);
  touch = statement.add_late_touches();
  touch->set_department(kSales);
  touch->set_standing(v1::CREDIT_STANDING_AFTER_SIGNATURE);
  EXPECT_THAT(Begin(Day(0), &statement), ElementsAre("drawn"));
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_THAT(statement.departments(), ElementsAre(kMarketing));
  EXPECT_THAT(NoteTerm(Day(14), &statement), ElementsAre("final"));
}

TEST(CreditRules, WhoseTermIsNotedAlreadyKeepsIt) {
  v1::CreditStatement statement = Drawn({});
  statement.add_departments(kSales);
  EXPECT_THAT(Begin(Day(0), &statement), ElementsAre("drawn"));
  EXPECT_THAT(statement.departments(), ElementsAre(kSales));
}

TEST(CreditRules, ItIsCorrectedByASignatureThatCorrectsItsOwn) {
  v1::CreditStatement statement = Drawn();
  statement.set_signature("o/facts/1");
  lead::v1::Signature standing;
  standing.set_fact("o/facts/3");
  EXPECT_EQ(WhyReversed(statement, standing), "SIGNATURE_VOIDED");
  standing.add_corrects("o/facts/2");
  EXPECT_EQ(WhyReversed(statement, standing), "SIGNATURE_VOIDED");
  standing.add_corrects("o/facts/1");
  EXPECT_EQ(WhyReversed(statement, standing), "SIGNATURE_CORRECTED");
}

TEST(CreditRules, TouchesAreForReadersOfLeadsAndAmountsForThoseOfOpportunities) {
  v1::CreditStatement whole = Begun();
  whole.add_touches();
  whole.add_late_touches();
  whole.mutable_comparison();
  whole.mutable_department_comparison();
  v1::CreditStatement shown = whole;
  LeaveOut({.leads = true, .opportunities = true}, &shown);
  EXPECT_EQ(shown.SerializeAsString(), whole.SerializeAsString());
  LeaveOut({.leads = false, .opportunities = true}, &shown);
  EXPECT_THAT(shown.touches(), IsEmpty());
  EXPECT_THAT(shown.late_touches(), IsEmpty());
  EXPECT_FALSE(shown.has_comparison() || shown.has_department_comparison());
  EXPECT_TRUE(shown.has_amount() && shown.lines(0).has_amount());
  shown = whole;
  LeaveOut({.leads = true, .opportunities = false}, &shown);
  EXPECT_EQ(shown.touches_size(), 1);
  EXPECT_FALSE(shown.has_amount() || shown.lines(0).has_amount());
}

TEST(CreditRules, TheLastWordMakesItFinal) {
  v1::CreditStatement statement = Begun();
  EXPECT_THAT(*Acknowledge(Of(kSales), Day(1), &statement), ElementsAre("acknowledged"));
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_THAT(*Acknowledge(Of(kSales), Day(2), &statement), IsEmpty());
  EXPECT_EQ(statement.acknowledgements_size(), 1);
  EXPECT_THAT(*Acknowledge(Of(kMarketing), Day(3), &statement),
              ElementsAre("acknowledged", "final"));
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_FINAL);
  EXPECT_EQ(resource::ToTime(statement.final_time()), Day(3));
  EXPECT_EQ(TermEnd(statement), absl::InfiniteFuture());
  EXPECT_THAT(*Acknowledge(Of(kSales), Day(4), &statement), IsEmpty()) << "it has already";
}

TEST(CreditRules, OnlyPartiesSpeakAndOnlyWithinTheTerm) {
  v1::CreditStatement statement = Begun();
  EXPECT_EQ(Reason(Acknowledge(Of("departments/support"), Day(1), &statement).status()),
            "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(Reason(Acknowledge(Of(kSales), Day(14), &statement).status()),
            "CREDIT_STATEMENT_NOT_OPEN");
  statement.set_state(v1::CREDIT_STATE_REVERSED);
  EXPECT_EQ(Reason(Acknowledge(Of(kSales), Day(1), &statement).status()),
            "CREDIT_STATEMENT_NOT_OPEN");
}

TEST(CreditRules, WhoSaysNothingHasNothingAgainstIt) {
  v1::CreditStatement statement = Begun();
  EXPECT_EQ(TermEnd(statement), Day(14));
  EXPECT_THAT(NoteTerm(Day(14) - absl::Seconds(1), &statement), IsEmpty());
  EXPECT_THAT(NoteTerm(Day(14), &statement), ElementsAre("final"));
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_FINAL);
  EXPECT_THAT(NoteTerm(Day(15), &statement), IsEmpty());
}

TEST(CreditRules, WhatIsReversedOrReversesDoesNotStand) {
  v1::CreditStatement statement = Begun();
  EXPECT_TRUE(Stands(statement));
  statement.set_state(v1::CREDIT_STATE_FINAL);
  EXPECT_TRUE(Stands(statement));
  statement.set_reverses("credit-statements/0");
  EXPECT_FALSE(Stands(statement));
  statement.clear_reverses();
  statement.set_state(v1::CREDIT_STATE_REVERSED);
  EXPECT_FALSE(Stands(statement));
}

TEST(CreditRules, TheJournalTellsPartsAndNoMoney) {
  v1::CreditStatement statement = Begun();
  statement.add_touches();
  statement.mutable_comparison();
  const v1::CreditStatement shown = ForJournal(statement);
  EXPECT_FALSE(shown.has_amount());
  EXPECT_EQ(shown.lines_size(), 2);
  EXPECT_FALSE(shown.lines(0).has_amount());
  EXPECT_THAT(shown.touches(), IsEmpty());
  EXPECT_FALSE(shown.has_comparison());
}

}  // namespace
}  // namespace comity::gateway::credit
