#include "services/gateway/credit/credit_acceptance.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/credit/credit_statement.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway::credit {
namespace {

constexpr char kSeller[] = "departments/sales";
constexpr char kMarketer[] = "departments/marketing";
constexpr char kHelper[] = "departments/support";

absl::Time OnDay(int day) { return absl::FromUnixSeconds(1'500'000'000) + day * absl::Hours(24); }

type::v1::Actor Speaker(const std::string& department) {
  type::v1::Actor actor;
  actor.set_department(department);
  return actor;
}

v1::CreditTouch CallBy(const std::string& department, const std::string& fact, int64_t position) {
  v1::CreditTouch touch;
  touch.set_fact(fact);
  touch.set_department(department);
  *touch.mutable_occur_time() = resource::FromTime(OnDay(50));
  touch.set_service("lead");
  touch.set_position(position);
  return touch;
}

// Signed on day 100 at position 50, drawn on day 101; its term is over on day 115.
class CreditAcceptanceTest : public testing::Test {
 protected:
  CreditAcceptanceTest() {
    rule_.set_name("credit-rules/1");
    rule_.set_model(type::v1::CREDIT_MODEL_LINEAR);
    rule_.set_party(type::v1::CREDIT_PARTY_DEPARTMENT);
    rule_.add_departments(kSeller);
    rule_.add_departments(kMarketer);
    rule_.set_term_days(14);
    signing_.opportunity = "opportunities/1";
    signing_.signature = "opportunities/1/facts/s";
    signing_.sign_time = OnDay(100);
    signing_.amount = resource::FromMinorUnits(100, "EUR");
    signing_.cuts.emplace_back().set_service("lead");
    signing_.cuts.back().set_position(50);
  }
  void Draw(const std::vector<v1::CreditTouch>& touches) {
    auto drawn = DrawStatement(rule_, signing_, touches, {"credit-statements/1", 1, OnDay(101)});
    ASSERT_TRUE(drawn.ok()) << drawn.status();
    statement_ = *drawn;
    Begin(OnDay(101), &statement_);
  }
  std::string Accept(const std::string& department, const std::string& fact,
                     const std::vector<v1::CreditTouch>& later = {}) {
    const type::v1::Actor actor = Speaker(department);
    return Reason(AcceptLate({rule_, actor, now_}, {fact}, later, &statement_).status());
  }
  std::string TakeItBack(const std::string& department, const std::string& fact) {
    const type::v1::Actor actor = Speaker(department);
    return Reason(TakeBack({rule_, actor, now_}, {fact}, &statement_).status());
  }
  void DrawAnew() {
    ASSERT_TRUE(MustBeDrawnAnew(statement_));
    const auto anew = DrawAccepted(rule_, statement_, "credit-statements/2", now_);
    ASSERT_TRUE(anew.ok()) << anew.status();
    statement_ = anew->statement;
  }
  std::vector<std::string> AwaitedFor(const std::string& fact) const {
    for (const auto& each : statement_.late_acceptances()) {
      if (each.fact() == fact) return {each.awaits().begin(), each.awaits().end()};
    }
    return {"nobody has accepted it"};
  }

  type::v1::CreditRule rule_;
  Signing signing_;
  v1::CreditStatement statement_;
  absl::Time now_ = OnDay(102);
};

TEST_F(CreditAcceptanceTest, NothingIsAcceptedWhileItIsDisputed) {
  Draw({CallBy(kSeller, "in", 1), CallBy(kMarketer, "late", 60)});
  ASSERT_EQ(Accept(kMarketer, "late"), "");
  statement_.set_state(v1::CREDIT_STATE_DISPUTED);
  EXPECT_EQ(Accept(kSeller, "late"), "CREDIT_STATEMENT_NOT_OPEN");
  EXPECT_EQ(TakeItBack(kMarketer, "late"), "CREDIT_STATEMENT_NOT_OPEN");
  statement_.set_state(v1::CREDIT_STATE_DRAWN);
  EXPECT_EQ(Accept(kSeller, "late"), "") << "what was accepted before the dispute stands";
  EXPECT_TRUE(MustBeDrawnAnew(statement_));
}

TEST_F(CreditAcceptanceTest, WhereNobodyHasALineAllOfTheRuleMustAccept) {
  Draw({CallBy(kMarketer, "late", 60)});
  ASSERT_EQ(statement_.result(), v1::CREDIT_RESULT_NO_TOUCHES);
  ASSERT_EQ(Accept(kMarketer, "late"), "");
  EXPECT_FALSE(MustBeDrawnAnew(statement_)) << "nobody takes all by his own word";
  EXPECT_THAT(AwaitedFor("late"), testing::ElementsAre(kSeller));
  ASSERT_EQ(Accept(kSeller, "late"), "");
  DrawAnew();
  EXPECT_EQ(statement_.lines(0).basis_points(), 10'000);
  EXPECT_EQ(resource::ToTime(statement_.term_end_time()), OnDay(116));
}

TEST_F(CreditAcceptanceTest, TheOnlyPartyAcceptsAlone) {
  rule_.set_party(type::v1::CREDIT_PARTY_PERSON);
  v1::CreditTouch in = CallBy(kSeller, "in", 1);
  in.set_person("persons/ana");
  v1::CreditTouch late = CallBy(kSeller, "late", 60);
  late.set_person("persons/bo");
  Draw({in, late});
  ASSERT_EQ(statement_.lines_size(), 2);
  EXPECT_EQ(statement_.lines(1).basis_points(), 0);
  ASSERT_EQ(Accept(kSeller, "late"), "") << "inside a department it is its own affair";
  DrawAnew();
  EXPECT_EQ(statement_.lines(1).basis_points(), 5'000);
}

TEST_F(CreditAcceptanceTest, WhatHasNoPositionYetStaysLate) {
  Draw({CallBy(kSeller, "in", 1), CallBy(kMarketer, "late", kNoPosition),
        CallBy(kMarketer, "later", 61)});
  statement_.mutable_late_touches(0)->set_position(-1);  // as it is stored
  ASSERT_EQ(Accept(kSeller, "later"), "");
  ASSERT_EQ(Accept(kMarketer, "later"), "");
  DrawAnew();
  ASSERT_EQ(statement_.late_touches_size(), 1) << "it has not slipped in before the signature";
  EXPECT_EQ(statement_.late_touches(0).fact(), "late");
  EXPECT_EQ(statement_.late_touches(0).position(), -1);
}

// A rule for everybody: support was none of the parties when it was drawn.
TEST_F(CreditAcceptanceTest, WhoseTouchIsAcceptedBecomesAParty) {
  rule_.clear_departments();
  Draw({CallBy(kSeller, "in", 1), CallBy(kMarketer, "too", 2), CallBy(kSeller, "late", 60)});
  const v1::CreditTouch helped = CallBy(kHelper, "helped", 70);
  EXPECT_EQ(Accept(kSeller, "helped"), "TOUCH_NOT_LATE") << "nobody has told of it";
  ASSERT_EQ(Accept(kSeller, "late"), "");
  ASSERT_EQ(Accept(kSeller, "helped", {helped}), "");
  EXPECT_THAT(AwaitedFor("late"), testing::ElementsAre(kMarketer, kHelper));
  ASSERT_EQ(Accept(kMarketer, "late"), "");
  EXPECT_FALSE(MustBeDrawnAnew(statement_)) << "support is a party by now";
  ASSERT_EQ(TakeItBack(kSeller, "helped"), "");
  EXPECT_EQ(statement_.later_touches_size(), 0);
  EXPECT_TRUE(MustBeDrawnAnew(statement_)) << "and is none any more";
}

TEST_F(CreditAcceptanceTest, AnErrorChangesNothingAndThereIsAMost) {
  std::vector<v1::CreditTouch> touches = {CallBy(kSeller, "in", 1)};
  for (int i = 0; i <= kMostAccepted; ++i) {
    touches.push_back(CallBy(kMarketer, absl::StrCat("late ", i), 60 + i));
  }
  Draw(touches);
  for (int i = 0; i < kMostAccepted; ++i) {
    ASSERT_EQ(Accept(kSeller, absl::StrCat("late ", i)), "");
  }
  const std::string before = statement_.SerializeAsString();
  EXPECT_EQ(Accept(kSeller, absl::StrCat("late ", kMostAccepted)), "TOO_MANY_LATE_TOUCHES");
  EXPECT_EQ(Accept(kSeller, "in"), "TOUCH_NOT_LATE");
  EXPECT_EQ(statement_.SerializeAsString(), before);
}

// What was decided keeps who had accepted what counts.
TEST_F(CreditAcceptanceTest, WhatWaitsIsDroppedByADecision) {
  Draw({CallBy(kSeller, "in", 1), CallBy(kMarketer, "a", 60), CallBy(kMarketer, "b", 61)});
  for (const char* department : {kSeller, kMarketer}) ASSERT_EQ(Accept(department, "a"), "");
  ASSERT_EQ(Accept(kMarketer, "b"), "");
  DrawAnew();
  ASSERT_EQ(statement_.late_acceptances_size(), 2);
  DropPending(&statement_);
  ASSERT_EQ(statement_.late_acceptances_size(), 1);
  EXPECT_EQ(statement_.late_acceptances(0).fact(), "a");
}

}  // namespace
}  // namespace comity::gateway::credit
