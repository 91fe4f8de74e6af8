#include "services/client/output/credit_view.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::client {
namespace {

using testing::HasSubstr;
using testing::Not;

void AddModel(type::v1::CreditModel model, int32_t marketing,
              gateway::v1::CreditComparison* comparison) {
  auto* split = comparison->add_models();
  split->set_model(model);
  for (const auto& [party, points] : {std::pair("departments/marketing", marketing),
                                      std::pair("departments/sales", 10'000 - marketing)}) {
    split->add_portions()->set_party(party);
    split->mutable_portions(split->portions_size() - 1)->set_basis_points(points);
  }
}

gateway::v1::CreditComparison TwoModels() {
  gateway::v1::CreditComparison comparison;
  AddModel(type::v1::CREDIT_MODEL_FIRST, 10'000, &comparison);
  AddModel(type::v1::CREDIT_MODEL_LINEAR, 3'333, &comparison);
  for (const char* party : {"departments/marketing", "departments/sales"}) {
    auto* spread = comparison.add_spreads();
    spread->set_party(party);
    spread->set_spread_basis_points(6'667);
  }
  return comparison;
}

TEST(CreditViewTest, BasisPointsAreShownAsTheyAreWithBars) {
  gateway::v1::CreditStatement statement;
  EXPECT_THAT(CreditLinesText(statement, 0), HasSubstr("Nobody"));
  auto* line = statement.add_lines();
  line->set_party("departments/marketing");
  line->set_basis_points(6'667);
  line->mutable_amount()->set_currency_code("EUR");
  line->mutable_amount()->set_units(8'000);
  line = statement.add_lines();
  line->set_party("departments/sales");
  line->set_basis_points(-5);
  EXPECT_EQ(CreditLinesText(statement, 0),
            "PARTY        SHARE                 AMOUNT\n"
            "marketing  66.67 %  ██████▋  8,000.00 EUR\n"
            "sales      -0.05 %\n");
}

TEST(CreditViewTest, ModelsStandSideBySideWithTheirSpread) {
  EXPECT_EQ(CreditComparisonText(TwoModels(), type::v1::CREDIT_MODEL_LINEAR, 0),
            "MODEL     marketing                sales\n"
            "first      100.00 %  ██████████   0.00 %\n"
            "linear *    33.33 %  ███▍        66.67 %  ██████▋\n"
            "spread      66.67 %              66.67 %\n"
            "* the rule's: it alone gives credit\n");
  EXPECT_EQ(CreditComparisonText({}, type::v1::CREDIT_MODEL_LINEAR, 0), "");
}

TEST(CreditViewTest, EachTouchSaysWhetherItCounts) {
  gateway::v1::CreditStatement statement;
  auto* touch = statement.add_touches();
  touch->set_fact("leads/1");
  touch->set_department("departments/marketing");
  touch->set_person("persons/mia");
  touch->set_standing(gateway::v1::CREDIT_STANDING_COUNTS);
  touch->set_weight(0.25);
  touch = statement.add_touches();
  touch->set_standing(gateway::v1::CREDIT_STANDING_COUNTS);
  touch->set_contradicted_by("departments/support");
  touch = statement.add_touches();
  touch->set_kind(fact::v1::FACT_KIND_CALL);
  touch->set_standing(gateway::v1::CREDIT_STANDING_VOIDED);
  touch->set_voided_by("departments/sales");
  statement.add_late_touches()->set_standing(gateway::v1::CREDIT_STANDING_LATE);
  const std::string text = CreditTouchesText(statement, 0);
  EXPECT_THAT(text, HasSubstr("lead created"));
  EXPECT_THAT(text, HasSubstr("mia@marketing"));
  EXPECT_THAT(text, HasSubstr("25.0 %"));
  EXPECT_THAT(text, HasSubstr("call"));
  EXPECT_THAT(text, HasSubstr("voided by sales"));
  EXPECT_THAT(text, HasSubstr("yes, though support says otherwise"));
  EXPECT_THAT(text, HasSubstr("recorded after the signature"));
}

TEST(CreditViewTest, WithoutLinesItSaysWhy) {
  gateway::v1::CreditStatement statement;
  EXPECT_EQ(CreditLinesText(statement, 0), "Nobody has credit: no touch counts.\n");
  statement.add_late_touches()->set_standing(gateway::v1::CREDIT_STANDING_LATE);
  EXPECT_THAT(CreditLinesText(statement, 0), HasSubstr("late ones wait"));
  statement.set_result(gateway::v1::CREDIT_RESULT_TOO_MANY_TOUCHES);
  EXPECT_THAT(CreditLinesText(statement, 0), HasSubstr("too many touches"));
}

TEST(CreditViewTest, AnAmountThatIsWithheldIsNotShownAsNothing) {
  const gateway::v1::CreditStatement statement;
  EXPECT_THAT(CreditStatementText(statement, 0), HasSubstr("amount not shown"));
}

TEST(CreditViewTest, AStatementSaysWhoseWordIsMissing) {
  gateway::v1::CreditStatement statement;
  statement.set_state(gateway::v1::CREDIT_STATE_DRAWN);
  statement.add_departments("departments/marketing");
  statement.add_departments("departments/sales");
  statement.add_acknowledgements()->set_department("departments/sales");
  statement.add_lines()->set_party("departments/marketing");
  EXPECT_THAT(CreditStatementText(statement, 0), HasSubstr("awaits marketing until"));
  EXPECT_THAT(CreditStatementText(statement, 0), Not(HasSubstr("All models")));
  google::protobuf::RepeatedPtrField<gateway::v1::CreditStatement> statements;
  *statements.Add() = statement;
  EXPECT_THAT(CreditStatementsText(statements, 0), HasSubstr("marketing 0.00 %"));
  statement.set_state(gateway::v1::CREDIT_STATE_FINAL);
  statement.set_reverses("credit-statements/1");
  statement.set_reason("SIGNATURE_VOIDED");
  EXPECT_THAT(CreditStatementText(statement, 0),
              HasSubstr("negates credit-statements/1: SIGNATURE_VOIDED"));
  EXPECT_THAT(CreditStatementText(statement, 0), Not(HasSubstr("awaits")));
}

TEST(CreditViewTest, ALateTouchSaysWhoHasAcceptedIt) {
  gateway::v1::CreditStatement statement;
  statement.set_state(gateway::v1::CREDIT_STATE_DRAWN);
  statement.mutable_department_comparison();
  auto* touch = statement.add_later_touches();
  touch->set_fact("leads/1/facts/2");
  touch->set_standing(gateway::v1::CREDIT_STANDING_LATE);
  auto* acceptance = statement.add_late_acceptances();
  acceptance->set_fact("leads/1/facts/2");
  acceptance->add_acceptances()->set_department("departments/marketing");
  acceptance->add_awaits("departments/sales");
  const std::string text = CreditStatementText(statement, 0);
  EXPECT_THAT(text, HasSubstr("late touch leads/1/facts/2: accepted by marketing, not by sales\n"));
  EXPECT_THAT(text, HasSubstr("signature; accepted by marketing, not by sales"));
}

TEST(CreditViewTest, AnOutlookSaysWhatItIsOf) {
  gateway::v1::CreditOutlook outlook;
  outlook.set_opportunity("opportunities/1");
  outlook.set_rule_text("As agreed.");
  outlook.set_provisional(true);
  auto& statement = *outlook.mutable_statement();
  statement.set_rule("credit-rules/new-business");
  statement.set_charter_revision(1);
  statement.set_model(type::v1::CREDIT_MODEL_POSITION_W);
  const std::string open = CreditOutlookText(outlook, 0);
  EXPECT_THAT(open, HasSubstr("no amount yet, open"));
  EXPECT_THAT(open, HasSubstr("(charter 1, provisional), position-w: As agreed."));
  statement.set_signature("opportunities/1/facts/1");
  statement.add_cuts()->set_position(1'234);
  EXPECT_THAT(CreditOutlookText(outlook, 0), HasSubstr("position 1,234"));
  EXPECT_THAT(CreditOutlookText(outlook, 0), Not(HasSubstr("open")));
}

}  // namespace
}  // namespace comity::client
