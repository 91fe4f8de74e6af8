#include "services/gateway/credit/credit_outlook.h"

#include <algorithm>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway::credit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using type::v1::Charter;
using type::v1::CreditRule;

constexpr unsigned kSeed = 20261128;
constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";
constexpr char kMembership[] = "departments/membership";

absl::Time Day(double day) { return absl::FromUnixSeconds(1'500'000'000) + day * absl::Hours(24); }

void AddRule(const std::string& name, type::v1::CreditModel model,
             const std::vector<std::string>& departments, Charter* charter) {
  CreditRule& rule = *charter->add_credit_rules();
  rule.set_name(absl::StrCat("credit-rules/", name));
  rule.set_text(name);
  rule.set_model(model);
  for (const std::string& department : departments) rule.add_departments(department);
  rule.set_lock(type::v1::CREDIT_LOCK_OPPORTUNITY);
}

// An opportunity that sales made on day 10, at position 10, under revision 2, for 100 EUR.
lead::v1::TouchSet SetOf(const std::string& department = kSales) {
  lead::v1::TouchSet set;
  set.set_opportunity("opportunities/1");
  set.set_responsible_department(department);
  set.set_charter_revision(2);
  *set.mutable_amount() = resource::FromMinorUnits(100'00, "EUR");
  return set;
}

lead::v1::Touch& Add(lead::v1::TouchSet* set, const std::string& name, const std::string& by,
                     double day, int64_t position) {
  lead::v1::Touch& touch = *set->add_touches();
  touch.set_name(name);
  touch.set_kind(fact::v1::FACT_KIND_CALL);
  touch.mutable_actor()->set_department(by);
  touch.mutable_actor()->set_person(absl::StrCat("persons/of-", by.substr(12)));
  *touch.mutable_occur_time() = resource::FromTime(Day(day));
  *touch.mutable_record_time() = resource::FromTime(Day(day));
  touch.set_position(position);
  touch.set_charter_revision(position < 10 ? 1 : 2);
  return touch;
}

void Sign(lead::v1::TouchSet* set, double day, int64_t position) {
  set->mutable_signature()->set_fact("opportunities/1/facts/s");
  *set->mutable_signature()->mutable_sign_time() = resource::FromTime(Day(day));
  set->mutable_signature()->set_position(position);
}

class CreditOutlookTest : public testing::Test {
 protected:
  CreditOutlookTest() {
    for (const int revision : {1, 2, 3}) {
      Charter& charter = charters_[revision];
      charter.set_revision(revision);
      charter.set_provisional(revision == 1);
      AddRule("business",
              revision == 2 ? type::v1::CREDIT_MODEL_LINEAR : type::v1::CREDIT_MODEL_LAST,
              {kSales, kMarketing}, &charter);
      AddRule("members", type::v1::CREDIT_MODEL_FIRST, {kMembership, kMarketing}, &charter);
    }
  }
  absl::StatusOr<v1::CreditOutlook> Outlook(const lead::v1::TouchSet& set) {
    const Surroundings around = {[this](int32_t revision) {
                                   const auto known = charters_.find(revision);
                                   return known == charters_.end() ? nullptr : &known->second;
                                 },
                                 [](const std::string& person, absl::Time time) -> std::string {
                                   if (person != "persons/of-sales") return "";
                                   return time < Day(15) ? "teams/a" : "teams/b";
                                 }};
    return OutlookOf(set, around, Day(100));
  }
  std::vector<std::string> LinesOf(const lead::v1::TouchSet& set) {
    const auto outlook = Outlook(set);
    EXPECT_TRUE(outlook.ok()) << outlook.status();
    std::vector<std::string> lines;
    if (!outlook.ok()) return lines;
    for (const auto& line : outlook->statement().lines()) {
      lines.push_back(absl::StrCat(line.party(), " ", line.basis_points(), " ",
                                   line.amount().units(), line.amount().currency_code()));
    }
    return lines;
  }
  // Rule and revision.
  std::string LockedFor(const lead::v1::TouchSet& set) {
    const auto outlook = Outlook(set);
    if (!outlook.ok()) return Reason(outlook.status());
    return absl::StrCat(outlook->statement().rule(), " ", outlook->statement().charter_revision());
  }
  CreditRule& RuleOf(int revision) { return *charters_[revision].mutable_credit_rules(0); }

  std::map<int32_t, Charter> charters_;
};

TEST_F(CreditOutlookTest, AnOpenOpportunityIsSplitAsIfItWereSignedNow) {
  lead::v1::TouchSet set = SetOf();
  Add(&set, "a", kMarketing, 5, 5);
  Add(&set, "b", kSales, 10, 11);
  Add(&set, "c", kSales, 20, -1);  // it has no position yet
  Add(&set, "d", kSales, 21, 30).set_voided_by(kMarketing);
  EXPECT_THAT(LinesOf(set),
              ElementsAre("departments/marketing 3333 33EUR", "departments/sales 6667 66EUR"));
  const v1::CreditOutlook outlook = *Outlook(set);
  EXPECT_EQ(outlook.opportunity(), "opportunities/1");
  EXPECT_EQ(outlook.rule_text(), "business");
  EXPECT_FALSE(outlook.provisional());
  const v1::CreditStatement& statement = outlook.statement();
  EXPECT_FALSE(statement.has_sign_time());
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_UNSPECIFIED);
  EXPECT_EQ(statement.name(), "");
  EXPECT_EQ(statement.signature(), "");
  EXPECT_FALSE(statement.has_term_end_time());
  EXPECT_THAT(statement.cuts(), IsEmpty());
  EXPECT_THAT(statement.late_touches(), IsEmpty());
  ASSERT_EQ(statement.touches_size(), 4);
  EXPECT_EQ(statement.touches(0).kind(), fact::v1::FACT_KIND_CALL);
  EXPECT_EQ(statement.touches(1).team(), "teams/a");
  EXPECT_EQ(statement.touches(2).team(), "teams/b") << "by the time of the touch";
  EXPECT_EQ(statement.touches(2).position(), -1);
  EXPECT_EQ(statement.touches(2).standing(), v1::CREDIT_STANDING_COUNTS);
  EXPECT_EQ(statement.touches(3).standing(), v1::CREDIT_STANDING_VOIDED);
  EXPECT_FALSE(statement.touches(3).has_weight());
  EXPECT_EQ(statement.department_comparison().models_size(), 7);
  EXPECT_EQ(statement.department_comparison().spreads_size(), 2);
}

TEST_F(CreditOutlookTest, AfterTheSignatureThePositionDecides) {
  lead::v1::TouchSet set = SetOf();
  Add(&set, "a", kMarketing, 5, 5);
  Add(&set, "b", kSales, 10, 11);
  Sign(&set, 50, 40);
  Add(&set, "late", kSales, 20, 41);
  Add(&set, "unsequenced", kSales, 21, -1);
  Add(&set, "after", kSales, 60, 42);
  EXPECT_THAT(LinesOf(set),
              ElementsAre("departments/marketing 5000 50EUR", "departments/sales 5000 50EUR"));
  const v1::CreditStatement statement = Outlook(set)->statement();
  EXPECT_EQ(statement.signature(), "opportunities/1/facts/s");
  EXPECT_EQ(statement.cuts(0).position(), 40);
  ASSERT_EQ(statement.late_touches_size(), 3);
  EXPECT_EQ(statement.late_touches(0).standing(), v1::CREDIT_STANDING_LATE);
  EXPECT_EQ(statement.late_touches(1).standing(), v1::CREDIT_STANDING_LATE);
  EXPECT_EQ(statement.late_touches(1).position(), -1);
  EXPECT_EQ(statement.late_touches(2).standing(), v1::CREDIT_STANDING_AFTER_SIGNATURE);
}

TEST_F(CreditOutlookTest, ASignatureWithoutAPositionHasNoSplitYet) {
  lead::v1::TouchSet set = SetOf();
  Sign(&set, 50, -1);
  const auto outlook = Outlook(set);
  EXPECT_EQ(outlook.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(outlook.status()), "SIGNATURE_UNSEQUENCED");
}

TEST_F(CreditOutlookTest, WithoutAnAmountThereAreBasisPoints) {
  lead::v1::TouchSet set = SetOf();
  set.clear_amount();
  Add(&set, "a", kMarketing, 5, 5);
  const v1::CreditStatement statement = Outlook(set)->statement();
  EXPECT_FALSE(statement.has_amount());
  ASSERT_EQ(statement.lines_size(), 2);
  EXPECT_EQ(statement.lines(0).basis_points(), 10'000);
  EXPECT_FALSE(statement.lines(0).has_amount());
}

TEST_F(CreditOutlookTest, TheRuleIsThatOfTheDepartmentThatWasResponsible) {
  EXPECT_EQ(LockedFor(SetOf(kSales)), "credit-rules/business 2");
  EXPECT_EQ(LockedFor(SetOf(kMarketing)), "credit-rules/business 2") << "the first that names it";
  EXPECT_EQ(LockedFor(SetOf(kMembership)), "credit-rules/members 2");
  EXPECT_EQ(LockedFor(SetOf("departments/it")), "credit-rules/business 2") << "none names it";
}

TEST_F(CreditOutlookTest, TheRevisionLocksAsTheRuleSays) {
  lead::v1::TouchSet set = SetOf();
  Add(&set, "before it was made", kMarketing, 5, 5);
  EXPECT_EQ(LockedFor(set), "credit-rules/business 2");
  RuleOf(2).set_lock(type::v1::CREDIT_LOCK_FIRST_TOUCH);
  EXPECT_EQ(LockedFor(set), "credit-rules/business 1");
  EXPECT_TRUE(Outlook(set)->provisional());
  RuleOf(1).set_name("credit-rules/other");
  EXPECT_EQ(LockedFor(set), "credit-rules/business 2") << "revision 1 does not know it";
}

TEST_F(CreditOutlookTest, AVoidedTouchLocksNothing) {
  RuleOf(2).set_lock(type::v1::CREDIT_LOCK_FIRST_TOUCH);
  lead::v1::TouchSet set = SetOf();
  Add(&set, "a", kMarketing, 5, 5).set_voided_by(kMarketing);
  EXPECT_EQ(LockedFor(set), "credit-rules/business 2");
}

TEST_F(CreditOutlookTest, OnlyATouchThatMayCountLocks) {
  RuleOf(2).set_lock(type::v1::CREDIT_LOCK_FIRST_TOUCH);
  RuleOf(1).set_window_days(50);
  RuleOf(1).set_model(type::v1::CREDIT_MODEL_LAST_NON_DIRECT);
  lead::v1::TouchSet set = SetOf();
  Add(&set, "too old by the rule as it was then", kMarketing, 5, 1);
  Add(&set, "of a stranger", kMembership, 60, 2);
  Add(&set, "direct", kMarketing, 60, 3).set_direct(true);
  Add(&set, "when it was made", kSales, 60, 11);
  EXPECT_EQ(LockedFor(set), "credit-rules/business 2");
  Add(&set, "counts", kMarketing, 60, 4);
  EXPECT_EQ(LockedFor(set), "credit-rules/business 1");
}

TEST_F(CreditOutlookTest, ALateTouchLocksNothing) {
  RuleOf(2).set_lock(type::v1::CREDIT_LOCK_FIRST_TOUCH);
  lead::v1::TouchSet set = SetOf();
  Add(&set, "a", kSales, 20, 11);
  Sign(&set, 50, 40);
  Add(&set, "late", kMarketing, 5, 41).set_charter_revision(3);
  EXPECT_EQ(LockedFor(set), "credit-rules/business 2");
}

// Whatever lead it is of: another one of the contact, years ago or recorded afterwards.
TEST_F(CreditOutlookTest, EveryTouchIsCutByTheWindowAndTheSignature) {
  RuleOf(2).set_window_days(30);
  lead::v1::TouchSet set = SetOf();
  Add(&set, "leads/9/facts/1", kMarketing, 5, 5);
  Add(&set, "leads/9/facts/2", kMarketing, 30, 12);
  Sign(&set, 50, 40);
  Add(&set, "leads/9/facts/3", kMarketing, 31, 41);
  const v1::CreditStatement statement = Outlook(set)->statement();
  ASSERT_EQ(statement.touches_size(), 2);
  EXPECT_EQ(statement.touches(0).standing(), v1::CREDIT_STANDING_OUTSIDE_WINDOW);
  EXPECT_EQ(statement.touches(1).standing(), v1::CREDIT_STANDING_COUNTS);
  ASSERT_EQ(statement.late_touches_size(), 1);
  EXPECT_EQ(statement.late_touches(0).standing(), v1::CREDIT_STANDING_LATE);
}

TEST_F(CreditOutlookTest, AnotherDepartmentsWordTakesNoCredit) {
  lead::v1::TouchSet set = SetOf();
  Add(&set, "a", kMarketing, 5, 5).set_contradicted_by(kSales);
  EXPECT_THAT(LinesOf(set),
              ElementsAre("departments/marketing 10000 100EUR", "departments/sales 0 0EUR"));
  EXPECT_EQ(Outlook(set)->statement().touches(0).contradicted_by(), kSales);
}

TEST_F(CreditOutlookTest, TooManyTouchesAreSaidToBe) {
  lead::v1::TouchSet set = SetOf();
  set.set_too_many(true);
  Sign(&set, 50, 40);
  const auto outlook = Outlook(set);
  ASSERT_TRUE(outlook.ok()) << outlook.status();
  EXPECT_EQ(outlook->statement().result(), v1::CREDIT_RESULT_TOO_MANY_TOUCHES);
  EXPECT_THAT(outlook->statement().lines(), IsEmpty());
  EXPECT_THAT(outlook->statement().departments(), IsEmpty()) << "nobody has drawn it";
}

TEST_F(CreditOutlookTest, NoLaterRuleCounts) {
  charters_[2].clear_credit_rules();
  EXPECT_EQ(LockedFor(SetOf()), "NO_CREDIT_RULE");
  charters_.erase(2);
  EXPECT_EQ(LockedFor(SetOf()), "INTERNAL");
}

// Whatever the touches are, the parts sum to the whole, and the same under every model.
TEST_F(CreditOutlookTest, TheSumsHoldForRandomTouches) {
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  const auto below = [&random](int end) {
    return static_cast<int>(std::uniform_int_distribution<int>(0, end - 1)(random));
  };
  const std::vector<std::string> departments = {kSales, kMarketing, kMembership};
  for (int round = 0; round < 300; ++round) {
    lead::v1::TouchSet set = SetOf();
    const int64_t minor = below(1'000'000);
    *set.mutable_amount() = resource::FromMinorUnits(minor, "EUR");
    RuleOf(2).set_model(static_cast<type::v1::CreditModel>(1 + below(7)));
    RuleOf(2).set_party(static_cast<type::v1::CreditParty>(1 + below(3)));
    RuleOf(2).set_window_days(below(2) * 40);
    for (int i = below(12); i > 0; --i) {
      auto& touch = Add(&set, absl::StrCat("t", i), departments[below(3)], below(90), below(60));
      if (below(5) == 0) touch.set_voided_by(kSales);
      touch.set_lead_creation(below(4) == 0);
      touch.set_direct(below(3) == 0);
    }
    if (below(2) == 0) Sign(&set, 50, 30);
    const auto outlook = Outlook(set);
    ASSERT_TRUE(outlook.ok()) << outlook.status();
    const v1::CreditStatement& statement = outlook->statement();
    int64_t points = 0;
    int64_t money = 0;
    for (const auto& line : statement.lines()) {
      points += line.basis_points();
      money += *resource::ToMinorUnits(line.amount());
    }
    const bool is_split = statement.result() == v1::CREDIT_RESULT_SPLIT;
    EXPECT_EQ(points, is_split ? 10'000 : 0);
    EXPECT_EQ(money, is_split ? minor : 0);
    EXPECT_EQ(statement.touches_size() + statement.late_touches_size(), set.touches_size());
    for (const auto& split : statement.department_comparison().models()) {
      int64_t sum = 0;
      for (const auto& portion : split.portions()) sum += portion.basis_points();
      EXPECT_EQ(sum, split.result() == v1::CREDIT_RESULT_SPLIT ? 10'000 : 0);
    }
  }
}

}  // namespace
}  // namespace comity::gateway::credit
