#include "services/gateway/credit/credit_statement.h"

#include <algorithm>
#include <iostream>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway::credit {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using type::v1::CreditRule;

constexpr unsigned kSeed = 20261127;
constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";
constexpr char kSupport[] = "departments/support";

absl::Time Day(double day) { return absl::FromUnixSeconds(1'500'000'000) + day * absl::Hours(24); }

google::protobuf::Timestamp At(double day) { return resource::FromTime(Day(day)); }

CreditRule RuleOf(type::v1::CreditModel model) {
  CreditRule rule;
  rule.set_name("credit-rules/new-business");
  rule.set_model(model);
  rule.set_party(type::v1::CREDIT_PARTY_DEPARTMENT);
  rule.add_departments(kSales);
  rule.add_departments(kMarketing);
  rule.set_window_days(90);
  rule.set_term_days(14);
  return rule;
}

// Signed on day 100, at position 50 of lead's journal.
Signing SigningOf(int64_t minor) {
  Signing signing;
  signing.opportunity = "opportunities/o";
  signing.signature = "opportunities/o/facts/s";
  signing.sign_time = Day(100);
  signing.amount = resource::FromMinorUnits(minor, "EUR");
  signing.cuts.emplace_back();
  signing.cuts.back().set_service("lead");
  signing.cuts.back().set_position(50);
  return signing;
}

v1::CreditTouch TouchBy(const std::string& department, const std::string& id, double day,
                        int64_t position) {
  v1::CreditTouch touch;
  touch.set_fact(id);
  touch.set_department(department);
  *touch.mutable_occur_time() = At(day);
  *touch.mutable_record_time() = At(static_cast<double>(position));
  touch.set_service("lead");
  touch.set_position(position);
  touch.set_charter_revision(static_cast<int32_t>(position));
  return touch;
}

v1::CreditStatement Draw(const CreditRule& rule, const std::vector<v1::CreditTouch>& touches,
                         const Signing& signing = SigningOf(100'00),
                         const std::string& name = "credit-statements/1") {
  const auto statement = DrawStatement(rule, signing, touches, {name, 3, Day(101)});
  EXPECT_TRUE(statement.ok()) << statement.status();
  return statement.ok() ? *statement : v1::CreditStatement();
}

int64_t Minor(const google::type::Money& money) {
  const auto minor = resource::ToMinorUnits(money);
  EXPECT_TRUE(minor.ok()) << minor.status();
  return minor.value_or(0);
}

std::vector<std::string> LinesOf(const v1::CreditStatement& statement) {
  std::vector<std::string> lines;
  for (const auto& line : statement.lines()) {
    lines.push_back(
        absl::StrCat(line.party(), " ", line.basis_points(), " ", Minor(line.amount())));
  }
  return lines;
}

template <typename Touches>
std::vector<std::string> StandingsOf(const Touches& touches) {
  std::vector<std::string> standings;
  for (const v1::CreditTouch& touch : touches) {
    const std::string standing = v1::CreditStanding_Name(touch.standing());
    standings.push_back(absl::StrCat(touch.fact(), " ", standing.substr(16)));
  }
  return standings;
}

const v1::CreditModelSplit& SplitOf(const v1::CreditComparison& comparison,
                                    type::v1::CreditModel model) {
  for (const auto& split : comparison.models()) {
    if (split.model() == model) return split;
  }
  ADD_FAILURE() << model;
  return v1::CreditModelSplit::default_instance();
}

TEST(CreditStatement, SaysWhatItIsAndSplitsExactly) {
  const auto statement = Draw(
      RuleOf(type::v1::CREDIT_MODEL_LINEAR),
      {TouchBy(kMarketing, "a", 20, 1), TouchBy(kSales, "b", 30, 2), TouchBy(kSales, "c", 40, 3)},
      SigningOf(100'01));
  EXPECT_EQ(statement.name(), "credit-statements/1");
  EXPECT_EQ(statement.rule(), "credit-rules/new-business");
  EXPECT_EQ(statement.charter_revision(), 3);
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_EQ(statement.result(), v1::CREDIT_RESULT_SPLIT);
  EXPECT_EQ(statement.cuts(0).position(), 50);
  EXPECT_EQ(resource::ToTime(statement.term_end_time()), Day(115));
  EXPECT_THAT(LinesOf(statement),
              ElementsAre("departments/marketing 3333 3333", "departments/sales 6667 6668"));
  EXPECT_DOUBLE_EQ(statement.touches(1).weight(), 1.0 / 3);
  EXPECT_EQ(statement.touches(1).party(), kSales);
}

TEST(CreditStatement, PositionDecidesWhatCameBeforeTheSignature) {
  auto late = TouchBy(kMarketing, "late", 20, 60);
  const std::vector<v1::CreditTouch> touches = {
      TouchBy(kSales, "in", 50, 1),
      TouchBy(kSales, "edge", 10, 2),
      TouchBy(kSales, "old", 9.9, 3),
      TouchBy(kSupport, "other", 50, 4),
      // The signature is dated back: it was recorded after this one.
      TouchBy(kMarketing, "signed-back", 101, 49),
      TouchBy(kMarketing, "after", 101, 61),
      late,
      TouchBy(kSales, "at", 99, 50),
  };
  const auto statement = Draw(RuleOf(type::v1::CREDIT_MODEL_LINEAR), touches);
  EXPECT_THAT(StandingsOf(statement.touches()),
              ElementsAre("old OUTSIDE_WINDOW", "edge COUNTS", "in COUNTS", "other NOT_A_PARTY",
                          "signed-back COUNTS"));
  EXPECT_THAT(StandingsOf(statement.late_touches()),
              ElementsAre("late LATE", "at LATE", "after AFTER_SIGNATURE"));
  EXPECT_THAT(LinesOf(statement),
              ElementsAre("departments/marketing 3333 3333", "departments/sales 6667 6667"));
}

TEST(CreditStatement, LateTouchesCountOnceAllPartiesAcceptThem) {
  auto late = TouchBy(kMarketing, "late", 20, 60);
  auto after = TouchBy(kMarketing, "after", 101, 61);
  const auto in = TouchBy(kSales, "in", 50, 1);
  const CreditRule rule = RuleOf(type::v1::CREDIT_MODEL_FIRST);
  EXPECT_THAT(LinesOf(Draw(rule, {in, late, after})),
              ElementsAre("departments/marketing 0 0", "departments/sales 10000 10000"));
  late.set_accepted(true);
  after.set_accepted(true);
  const auto statement = Draw(rule, {in, late, after});
  EXPECT_THAT(StandingsOf(statement.touches()), ElementsAre("late ACCEPTED", "in COUNTS"));
  EXPECT_THAT(StandingsOf(statement.late_touches()), ElementsAre("after AFTER_SIGNATURE"));
  EXPECT_THAT(LinesOf(statement),
              ElementsAre("departments/marketing 10000 10000", "departments/sales 0 0"));
}

TEST(CreditStatement, EachJournalHasItsOwnCut) {
  auto call = TouchBy(kSales, "call", 50, 700);
  call.set_service("support");
  const CreditRule rule = RuleOf(type::v1::CREDIT_MODEL_LINEAR);
  Signing signing = SigningOf(100);
  EXPECT_EQ(Reason(DrawStatement(rule, signing, {call}, {}).status()), "CREDIT_CUT_MISSING");
  signing.cuts.emplace_back();
  signing.cuts.back().set_service("support");
  signing.cuts.back().set_position(701);
  EXPECT_THAT(StandingsOf(Draw(rule, {call}, signing).touches()), ElementsAre("call COUNTS"));
  signing.cuts.back().set_position(700);
  EXPECT_THAT(StandingsOf(Draw(rule, {call}, signing).late_touches()), ElementsAre("call LATE"));
}

TEST(CreditStatement, AFactThatIsReachedTwiceCountsOnce) {
  const auto a = TouchBy(kSales, "a", 20, 1);
  const auto statement =
      Draw(RuleOf(type::v1::CREDIT_MODEL_LINEAR), {a, TouchBy(kMarketing, "b", 30, 2), a});
  EXPECT_THAT(LinesOf(statement),
              ElementsAre("departments/marketing 5000 5000", "departments/sales 5000 5000"));
}

TEST(CreditStatement, AFactThatIsReachedTwiceIsWhatEitherWaySays) {
  auto as_lead = TouchBy(kSales, "a", 20, 1);
  const auto as_contact = as_lead;
  as_lead.set_lead_creation(true);
  const auto first = TouchBy(kMarketing, "b", 10, 2);
  const auto other = TouchBy(kMarketing, "c", 30, 3);
  const CreditRule rule = RuleOf(type::v1::CREDIT_MODEL_POSITION_W);
  const auto lines = LinesOf(Draw(rule, {first, as_lead, other}));
  EXPECT_THAT(lines, ElementsAre("departments/marketing 5714 5714", "departments/sales 4286 4286"));
  EXPECT_EQ(LinesOf(Draw(rule, {first, as_lead, as_contact, other})), lines);
  EXPECT_EQ(LinesOf(Draw(rule, {first, as_contact, as_lead, other})), lines);
  auto late = TouchBy(kSales, "late", 20, 60);
  const auto in_dispute = late;
  late.set_accepted(true);
  for (const auto& statement : {Draw(rule, {late, in_dispute}), Draw(rule, {in_dispute, late})}) {
    EXPECT_THAT(StandingsOf(statement.touches()), ElementsAre("late ACCEPTED"));
  }
}

TEST(CreditStatement, WithoutTouchesItHasAStatusAndNoNumbers) {
  auto late = TouchBy(kMarketing, "late", 20, 60);
  const auto statement = Draw(RuleOf(type::v1::CREDIT_MODEL_LINEAR), {late});
  EXPECT_EQ(statement.result(), v1::CREDIT_RESULT_NO_TOUCHES);
  EXPECT_THAT(statement.lines(), IsEmpty());
  EXPECT_THAT(statement.comparison().spreads(), IsEmpty());
  for (const auto& split : statement.comparison().models()) {
    EXPECT_EQ(split.result(), v1::CREDIT_RESULT_NO_TOUCHES);
    EXPECT_THAT(split.portions(), IsEmpty());
  }
  EXPECT_THAT(StandingsOf(statement.late_touches()), ElementsAre("late LATE"));
}

TEST(CreditStatement, FixedSharesNeedNoTouches) {
  CreditRule rule = RuleOf(type::v1::CREDIT_MODEL_BY_ROLE);
  rule.add_shares()->set_department(kSales);
  rule.mutable_shares(0)->set_basis_points(7500);
  rule.add_shares()->set_department(kMarketing);
  rule.mutable_shares(1)->set_basis_points(2500);
  const auto statement = Draw(rule, {}, SigningOf(3));
  EXPECT_THAT(LinesOf(statement),
              ElementsAre("departments/marketing 2500 1", "departments/sales 7500 2"));
  EXPECT_EQ(SplitOf(statement.comparison(), type::v1::CREDIT_MODEL_BY_ROLE).result(),
            v1::CREDIT_RESULT_SPLIT);
  EXPECT_EQ(SplitOf(statement.comparison(), type::v1::CREDIT_MODEL_LINEAR).result(),
            v1::CREDIT_RESULT_NO_TOUCHES);
  rule.mutable_shares(1)->set_basis_points(2499);
  EXPECT_EQ(Reason(DrawStatement(rule, SigningOf(3), {}, {}).status()), "CREDIT_SHARES_INVALID");
}

TEST(CreditStatement, PersonsAndTeamsAndWhoHasNone) {
  auto ana = TouchBy(kSales, "a", 20, 1);
  ana.set_person("persons/ana");
  ana.set_team("teams/north");
  auto service = TouchBy(kMarketing, "b", 30, 2);
  CreditRule rule = RuleOf(type::v1::CREDIT_MODEL_LINEAR);
  rule.set_party(type::v1::CREDIT_PARTY_PERSON);
  const auto by_person = Draw(rule, {ana, service});
  EXPECT_THAT(LinesOf(by_person),
              ElementsAre("departments/marketing 5000 5000", "persons/ana 5000 5000"));
  EXPECT_EQ(by_person.comparison().party(), type::v1::CREDIT_PARTY_PERSON);
  EXPECT_EQ(by_person.department_comparison().party(), type::v1::CREDIT_PARTY_DEPARTMENT);
  EXPECT_EQ(by_person.department_comparison().spreads(1).party(), kSales);
  rule.set_party(type::v1::CREDIT_PARTY_TEAM);
  EXPECT_THAT(LinesOf(Draw(rule, {ana, service})),
              ElementsAre("departments/marketing 5000 5000", "teams/north 5000 5000"));
}

TEST(CreditStatement, ShowsAllModelsSideBySideWithTheSpread) {
  const auto statement = Draw(RuleOf(type::v1::CREDIT_MODEL_LINEAR),
                              {TouchBy(kMarketing, "a", 30, 1), TouchBy(kSales, "b", 44, 2)});
  const auto& comparison = statement.comparison();
  ASSERT_EQ(comparison.models_size(), 7);
  const auto marketing = [&](type::v1::CreditModel model) {
    return SplitOf(comparison, model).portions(0).basis_points();
  };
  EXPECT_EQ(marketing(type::v1::CREDIT_MODEL_FIRST), 10'000);
  EXPECT_EQ(marketing(type::v1::CREDIT_MODEL_LAST), 0);
  EXPECT_EQ(marketing(type::v1::CREDIT_MODEL_POSITION_U), 5000);
  EXPECT_EQ(marketing(type::v1::CREDIT_MODEL_POSITION_W), 7500);
  EXPECT_EQ(marketing(type::v1::CREDIT_MODEL_TIME_DECAY), 2000);
  ASSERT_EQ(comparison.spreads_size(), 2);
  EXPECT_EQ(comparison.spreads(0).party(), kMarketing);
  EXPECT_EQ(comparison.spreads(0).least_basis_points(), 0);
  EXPECT_EQ(comparison.spreads(0).most_basis_points(), 10'000);
  EXPECT_EQ(comparison.spreads(0).spread_basis_points(), 10'000);
}

TEST(CreditStatement, RefusesWhatItCannotRead) {
  const auto reason = [](const CreditRule& rule, const std::vector<v1::CreditTouch>& touches,
                         const Signing& signing) {
    return Reason(DrawStatement(rule, signing, touches, {}).status());
  };
  const CreditRule good = RuleOf(type::v1::CREDIT_MODEL_LINEAR);
  CreditRule rule = good;
  rule.set_model(type::v1::CREDIT_MODEL_UNSPECIFIED);
  EXPECT_EQ(reason(rule, {}, SigningOf(1)), "CREDIT_RULE_INVALID");
  rule = good;
  rule.set_half_life_days(-1);
  EXPECT_EQ(reason(rule, {}, SigningOf(1)), "CREDIT_RULE_INVALID");
  rule = good;
  rule.set_half_life_days(1e-30);
  EXPECT_EQ(reason(rule, {}, SigningOf(1)), "CREDIT_RULE_INVALID");
  rule = good;
  rule.set_window_days(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(reason(rule, {}, SigningOf(1)), "CREDIT_RULE_INVALID");
  EXPECT_EQ(reason(good, {v1::CreditTouch()}, SigningOf(1)), "CREDIT_TOUCH_INVALID");
  Signing signing = SigningOf(1);
  signing.amount.set_currency_code("???");
  EXPECT_EQ(reason(good, {}, signing), "CURRENCY_UNKNOWN");
  EXPECT_EQ(reason(good, {}, SigningOf(std::numeric_limits<int64_t>::min())), "MONEY_OUT_OF_RANGE");
}

TEST(CreditStatement, AReversalNegatesOnce) {
  auto statement = Draw(
      RuleOf(type::v1::CREDIT_MODEL_LINEAR),
      {TouchBy(kMarketing, "a", 20, 1), TouchBy(kSales, "b", 30, 2), TouchBy(kSales, "c", 40, 3)});
  const auto reverse = [](const v1::CreditStatement& of) {
    return ReverseStatement(of, "credit-statements/2", "signature voided", Day(102));
  };
  const auto reversal = reverse(statement);
  ASSERT_TRUE(reversal.ok()) << reversal.status();
  EXPECT_EQ(reversal->reverses(), statement.name());
  EXPECT_EQ(reversal->reason(), "signature voided");
  EXPECT_EQ(reversal->state(), v1::CREDIT_STATE_FINAL);
  EXPECT_EQ(Minor(reversal->amount()), -100'00);
  EXPECT_THAT(LinesOf(*reversal),
              ElementsAre("departments/marketing -3333 -3333", "departments/sales -6667 -6667"));
  EXPECT_EQ(Reason(reverse(*reversal).status()), "CREDIT_STATEMENT_IS_REVERSAL");
  statement.set_state(v1::CREDIT_STATE_REVERSED);
  EXPECT_EQ(Reason(reverse(statement).status()), "CREDIT_STATEMENT_REVERSED");
}

TEST(CreditStatement, TheRuleLocksAtCreationOrAtTheTouchThatWasRecordedFirst) {
  constexpr int32_t kAtCreation = 30;
  const std::vector<v1::CreditTouch> touches = {
      TouchBy(kSales, "a", 50, 7),
      // Dated back, and recorded later.
      TouchBy(kMarketing, "b", 1, 8),
  };
  const auto locked = [&](type::v1::CreditLock lock, const std::vector<v1::CreditTouch>& all) {
    return LockedRevision(lock, SigningOf(1), all, kAtCreation).value_or(-1);
  };
  EXPECT_EQ(locked(type::v1::CREDIT_LOCK_OPPORTUNITY, touches), 30);
  EXPECT_EQ(locked(type::v1::CREDIT_LOCK_UNSPECIFIED, touches), 30);
  EXPECT_EQ(locked(type::v1::CREDIT_LOCK_FIRST_TOUCH, touches), 7);
  EXPECT_EQ(locked(type::v1::CREDIT_LOCK_FIRST_TOUCH, {}), 30);
  EXPECT_EQ(locked(type::v1::CREDIT_LOCK_FIRST_TOUCH, {TouchBy(kSales, "late", 1, 60)}), 30);
}

TEST(CreditStatement, WhatMayCountIsBeforeTheSignatureInTheWindowAndOfAParty) {
  CreditRule rule = RuleOf(type::v1::CREDIT_MODEL_LINEAR);
  const auto may = [&](const v1::CreditTouch& touch) {
    return MayCount(rule, SigningOf(1), touch).value_or(false);
  };
  v1::CreditTouch touch = TouchBy(kSales, "a", 50, 7);
  EXPECT_TRUE(may(touch));
  EXPECT_FALSE(may(TouchBy(kSales, "late", 50, 60)));
  EXPECT_FALSE(may(TouchBy(kSales, "old", 9, 7)));
  EXPECT_FALSE(may(TouchBy(kSupport, "stranger", 50, 7)));
  touch.set_direct(true);
  EXPECT_TRUE(may(touch));
  rule.set_model(type::v1::CREDIT_MODEL_LAST_NON_DIRECT);
  EXPECT_FALSE(may(touch));
  touch.set_direct(false);
  EXPECT_TRUE(may(touch));
  touch.set_voided_by(kSales);
  EXPECT_FALSE(may(touch));
  touch.set_service("support");
  EXPECT_EQ(Reason(MayCount(rule, SigningOf(1), touch).status()), "CREDIT_CUT_MISSING");
}

TEST(CreditStatement, TooManyTouchesHaveAStatusAndTheTermOfTheRulesDepartments) {
  Signing signing = SigningOf(100'00);
  signing.too_many_touches = true;
  const v1::CreditStatement statement =
      Draw(RuleOf(type::v1::CREDIT_MODEL_LINEAR), {TouchBy(kSales, "a", 50, 7)}, signing);
  EXPECT_EQ(statement.result(), v1::CREDIT_RESULT_TOO_MANY_TOUCHES);
  EXPECT_THAT(statement.lines(), IsEmpty());
  EXPECT_THAT(statement.touches(), IsEmpty());
  EXPECT_EQ(Minor(statement.amount()), 100'00);
  EXPECT_TRUE(statement.has_term_end_time());
  EXPECT_THAT(statement.departments(), ElementsAre(kMarketing, kSales));
}

class CreditStatementProperties : public ::testing::Test {
 protected:
  CreditStatementProperties() { std::cout << "seed " << kSeed << std::endl; }

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  CreditRule RandomRule() {
    CreditRule rule = RuleOf(static_cast<type::v1::CreditModel>(1 + Below(8)));
    rule.set_party(static_cast<type::v1::CreditParty>(1 + Below(3)));
    rule.set_window_days(Below(3) * 50);
    const int share = Below(10'001);
    if (rule.model() == type::v1::CREDIT_MODEL_BY_ROLE || Below(2) == 0) {
      rule.add_shares()->set_department(kSales);
      rule.mutable_shares(0)->set_basis_points(share);
      rule.add_shares()->set_department(kMarketing);
      rule.mutable_shares(1)->set_basis_points(10'000 - share);
    }
    return rule;
  }
  std::vector<v1::CreditTouch> RandomTouches() {
    static constexpr const char* kDepartments[] = {kSales, kMarketing, kSupport};
    std::vector<v1::CreditTouch> touches;
    for (int i = Below(9); i > 0; --i) {
      auto touch =
          TouchBy(kDepartments[Below(3)], absl::StrCat("facts/", i), Below(110), Below(70));
      if (Below(4) != 0) touch.set_person(absl::StrCat("persons/", Below(4)));
      if (Below(4) != 0) touch.set_team(absl::StrCat("teams/", Below(3)));
      touch.set_direct(Below(3) == 0);
      touch.set_lead_creation(Below(4) == 0);
      touch.set_opportunity_creation(Below(4) == 0);
      touch.set_accepted(Below(2) == 0);
      touches.push_back(touch);
    }
    return touches;
  }
  int64_t RandomAmount() {
    if (Below(10) == 0) return 0;
    return std::uniform_int_distribution<int64_t>(-1'000'000'000, 1'000'000'000)(random_);
  }

  std::mt19937 random_{kSeed};
};

struct Sums {
  int64_t points = 0;
  int64_t minor = 0;

  bool operator==(const Sums& other) const {
    return points == other.points && minor == other.minor;
  }
};

Sums SumOf(const v1::CreditStatement& statement) {
  Sums sums;
  for (const auto& line : statement.lines()) {
    sums.points += line.basis_points();
    sums.minor += Minor(line.amount());
  }
  return sums;
}

void ExpectComparisonExact(const v1::CreditComparison& comparison) {
  std::map<std::string, std::vector<int32_t>> by_party;
  for (const auto& split : comparison.models()) {
    if (split.result() != v1::CREDIT_RESULT_SPLIT) continue;
    ASSERT_EQ(split.portions_size(), comparison.spreads_size());
    int64_t sum = 0;
    for (const auto& portion : split.portions()) {
      sum += portion.basis_points();
      by_party[portion.party()].push_back(portion.basis_points());
    }
    EXPECT_EQ(sum, 10'000) << split.model();
  }
  for (const auto& spread : comparison.spreads()) {
    const auto& points = by_party[spread.party()];
    EXPECT_EQ(spread.least_basis_points(), *std::min_element(points.begin(), points.end()));
    EXPECT_EQ(spread.most_basis_points(), *std::max_element(points.begin(), points.end()));
    EXPECT_EQ(spread.spread_basis_points(),
              spread.most_basis_points() - spread.least_basis_points());
  }
}

TEST_F(CreditStatementProperties, SumsAreExactAndTheRulesModelIsOneOfThoseCompared) {
  for (int round = 0; round < 1000; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const CreditRule rule = RandomRule();
    const int64_t amount = RandomAmount();
    const auto statement = Draw(rule, RandomTouches(), SigningOf(amount));
    ExpectComparisonExact(statement.comparison());
    ExpectComparisonExact(statement.department_comparison());
    if (statement.result() == v1::CREDIT_RESULT_NO_TOUCHES) {
      EXPECT_THAT(statement.lines(), IsEmpty());
      continue;
    }
    EXPECT_EQ(SumOf(statement), (Sums{10'000, amount}));
    std::map<std::string, int32_t> compared;
    for (const auto& portion : SplitOf(statement.comparison(), rule.model()).portions()) {
      compared[portion.party()] = portion.basis_points();
    }
    for (const auto& line : statement.lines()) {
      EXPECT_EQ(compared[line.party()], line.basis_points()) << line.party();
    }
  }
}

TEST_F(CreditStatementProperties, OrderAndTouchesThatDoNotCountChangeNoNumber) {
  for (int round = 0; round < 1000; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const CreditRule rule = RandomRule();
    const Signing signing = SigningOf(RandomAmount());
    auto touches = RandomTouches();
    const auto statement = Draw(rule, touches, signing);
    std::shuffle(touches.begin(), touches.end(), random_);
    EXPECT_TRUE(MessageDifferencer::Equals(Draw(rule, touches, signing), statement));
    touches.push_back(TouchBy(kSupport, "other", 50, 3));
    touches.push_back(TouchBy(kSales, "after", 105, 80));
    EXPECT_EQ(LinesOf(Draw(rule, touches, signing)), LinesOf(statement));
    auto late = TouchBy(kSales, "late", 60, 80);
    late.set_person("persons/zoe");
    late.set_team("teams/zoe");
    touches.push_back(late);
    auto lines = LinesOf(Draw(rule, touches, signing));
    lines.erase(std::remove_if(lines.begin(), lines.end(),
                               [](const auto& line) { return line.find("/zoe 0 0") != line.npos; }),
                lines.end());
    EXPECT_EQ(lines, LinesOf(statement));
  }
}

// What is booked of one opportunity, line by line: a party has the credit of one statement, or
// none.
class Ledger {
 public:
  void Book(const v1::CreditStatement& statement) {
    const bool reversal = !statement.reverses().empty();
    if (!reversal) standing_ = statement;
    for (const auto& line : statement.lines()) {
      Sums& balance = balances_[line.party()];
      balance.points += line.basis_points();
      balance.minor += Minor(line.amount());
      const Sums expected = reversal ? Sums{} : Sums{line.basis_points(), Minor(line.amount())};
      EXPECT_EQ(balance, expected) << line.party();
    }
    if (reversal) standing_.Clear();
    Sums total;
    for (const auto& [party, balance] : balances_) {
      total.points += balance.points;
      total.minor += balance.minor;
    }
    EXPECT_EQ(total, SumOf(standing_));
  }

 private:
  v1::CreditStatement standing_;
  std::map<std::string, Sums> balances_;
};

TEST_F(CreditStatementProperties, AnyPrefixOfTheLedgerSumsToWhatStands) {
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    Ledger ledger;
    for (int drawn = 0; drawn < 4; ++drawn) {
      const auto statement = Draw(RandomRule(), RandomTouches(), SigningOf(RandomAmount()),
                                  absl::StrCat("credit-statements/", drawn));
      ledger.Book(statement);
      const auto reversal = ReverseStatement(statement, "credit-statements/r", "corrected", Day(9));
      ASSERT_TRUE(reversal.ok()) << reversal.status();
      ledger.Book(*reversal);
    }
  }
}

}  // namespace
}  // namespace comity::gateway::credit
