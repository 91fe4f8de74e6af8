// What becomes of an opportunity's credit, by random courses: signed, drawn, acknowledged,
// disputed, decided, late touches accepted, corrected, voided, terms that end. An oracle that knows
// none of the rules' code says what must come of each step, and counts again.
#include "services/gateway/credit/credit_course.h"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/gateway/credit/credit_acceptance.h"
#include "services/gateway/credit/credit_decision.h"
#include "services/gateway/credit/credit_oracle.h"
#include "services/gateway/credit/credit_rules.h"
#include "services/gateway/credit/credit_statement.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/rounds.h"

namespace comity::gateway::credit {
namespace {

using Random = std::mt19937;

constexpr char kSignature[] = "opportunities/1/facts/s";
const std::vector<std::string>& Everybody() {
  static const auto* const all = new std::vector<std::string>{
      "departments/marketing", "departments/sales", "departments/support"};
  return *all;
}

int Below(Random& random, int end) { return static_cast<int>(random() % end); }
template <typename Items>
const auto& OneOf(Random& random, const Items& items) {
  return items[Below(random, static_cast<int>(items.size()))];
}

// The rules, put together as the handlers do, over a list instead of a table.
class Course {
 public:
  explicit Course(unsigned seed) : random_(seed), oracle_(deal_) {
    constexpr type::v1::CreditModel kModels[] = {
        type::v1::CREDIT_MODEL_FIRST, type::v1::CREDIT_MODEL_LAST, type::v1::CREDIT_MODEL_LINEAR};
    deal_.rule.set_name("credit-rules/1");
    deal_.rule.set_model(kModels[Below(random_, 3)]);
    deal_.rule.set_party(Below(random_, 3) == 0 ? type::v1::CREDIT_PARTY_PERSON
                                                : type::v1::CREDIT_PARTY_DEPARTMENT);
    if (Below(random_, 3) != 0) {
      deal_.rule.add_departments("departments/sales");
      deal_.rule.add_departments("departments/marketing");
    }
    if (Below(random_, 2) == 0) deal_.rule.set_window_days(60);
    deal_.rule.set_term_days(14);
  }

  void Step() {
    deal_.now += absl::Hours(1) + absl::Seconds(Below(random_, 3'600));
    // What is open is where something can happen.
    const bool is_final = standing_ != nullptr && standing_->state() == v1::CREDIT_STATE_FINAL;
    if (!deal_.is_signed && Below(random_, 3) == 0) return Sign();
    if (is_final && Below(random_, 3) == 0) return Correct();
    switch (Below(random_, 18)) {
      case 0:
      case 1:
        return Record();
      case 2:
        return deal_.is_signed ? Correct() : Sign();
      case 3:
        return Acknowledge();
      case 4:
        return Dispute();
      case 5:
        return EndDispute();
      case 6:
        return Pass();
      case 7:
        return Below(random_, 3) == 0 ? Void() : VoidTouch();
      case 8:
      case 9:
        return TakeItBack();
      default:
        return Accept();
    }
  }

  void Check() {
    ExpectSumsAtEveryPosition(all_);
    const Expected& expected = oracle_.now();
    if (standing_ == nullptr) {
      EXPECT_EQ(expected.state, v1::CREDIT_STATE_UNSPECIFIED);
      return;
    }
    EXPECT_EQ(v1::CreditState_Name(standing()->state()), v1::CreditState_Name(expected.state));
    EXPECT_EQ(Names(standing()->departments().begin(), standing()->departments().end()),
              expected.departments);
    EXPECT_EQ(SaidOf(*standing()), expected.said);
    ExpectLateOnlyByAll(*standing(), expected.said);
    Names counted_late;
    for (const auto& touch : standing()->touches()) {
      if (touch.standing() == v1::CREDIT_STANDING_ACCEPTED) counted_late.insert(touch.fact());
    }
    EXPECT_EQ(counted_late, expected.counted_late);
    if (!expected.is_decided) EXPECT_EQ(PointsOf(*standing()), oracle_.Points());
  }
  int drawn_by_acceptance() const { return drawn_by_acceptance_; }
  int decided() const { return decided_; }

 private:
  v1::CreditStatement* standing() { return standing_.get(); }
  std::string NewName() { return absl::StrCat("credit-statements/", all_.size() + 1); }
  const std::string& Somebody() { return OneOf(random_, Everybody()); }
  type::v1::Actor SomeActor() {
    type::v1::Actor actor;
    actor.set_department(Somebody());
    return actor;
  }

  // One that happened some time before now, also long ago; no two at the same time.
  void Record() {
    v1::CreditTouch touch;
    touch.set_fact(absl::StrCat("leads/1/facts/", 1'000 + deal_.touches.size()));
    touch.set_department(Somebody());
    touch.set_person(absl::StrCat("persons/", touch.department().substr(12), Below(random_, 2)));
    *touch.mutable_occur_time() =
        resource::FromTime(deal_.now - Below(random_, 80) * absl::Hours(24) -
                           absl::Milliseconds(deal_.touches.size()));
    touch.set_service("lead");
    touch.set_position(deal_.next_position++);
    deal_.touches.push_back(touch);
  }
  void VoidTouch() {
    if (deal_.touches.empty()) return;
    v1::CreditTouch& touch = deal_.touches[Below(random_, static_cast<int>(deal_.touches.size()))];
    touch.set_voided_by(touch.department());
  }

  void Sign() {
    deal_.is_signed = true;
    Signing& signing = deal_.signing;
    signing.opportunity = "opportunities/1";
    signing.sign_time = deal_.now - Below(random_, 5) * absl::Hours(24);
    signing.cuts.assign(1, v1::CreditCut());
    signing.cuts[0].set_service("lead");
    signing.cuts[0].set_position(deal_.next_position++);
    NameSignature();
    Draw(/*corrected=*/nullptr);
  }
  // Of the same position; the amount, and sometimes the day, are others.
  void Correct() {
    if (Below(random_, 2) == 0) deal_.signing.sign_time -= absl::Hours(30);
    NameSignature();
    if (standing_ == nullptr) return Draw(nullptr);
    const v1::CreditStatement corrected = *standing_;
    Reverse("SIGNATURE_CORRECTED");
    Draw(&corrected);
  }
  void NameSignature() {
    deal_.signing.signature = absl::StrCat(kSignature, ++deal_.signatures);
    deal_.signing.amount = resource::FromMinorUnits(Below(random_, 100'000), "EUR");
  }
  void Void() {
    if (!deal_.is_signed) return;
    deal_.is_signed = false;
    if (standing_ != nullptr) Reverse("SIGNATURE_VOIDED");
    oracle_.Void();
  }
  void Draw(const v1::CreditStatement* corrected) {
    const auto drawn =
        DrawStatement(deal_.rule, deal_.signing, deal_.touches, {NewName(), 1, deal_.now});
    ASSERT_TRUE(drawn.ok()) << drawn.status();
    v1::CreditStatement statement = *drawn;
    Begin(deal_.now, &statement);
    if (corrected != nullptr) CarryAcceptances(deal_.rule, *corrected, &statement);
    if (MustBeDrawnAnew(statement)) {
      const auto anew = DrawAccepted(deal_.rule, statement, statement.name(), deal_.now);
      ASSERT_TRUE(anew.ok()) << anew.status();
      statement = anew->statement;
    }
    Stand(statement);
    oracle_.Draw(deal_.touches);
  }
  void Stand(const v1::CreditStatement& statement) {
    all_.push_back(statement);
    standing_ = std::make_unique<v1::CreditStatement>(statement);
  }
  void Reverse(const std::string& reason) {
    const auto reversal = ReverseStatement(*standing_, NewName(), reason, deal_.now);
    ASSERT_TRUE(reversal.ok()) << reversal.status();
    all_.push_back(*reversal);
    standing_.reset();
  }

  void Acknowledge() {
    if (standing_ == nullptr) return;
    const type::v1::Actor actor = SomeActor();
    const auto events = credit::Acknowledge(actor, deal_.now, standing());
    EXPECT_EQ(Reason(events.status()), oracle_.Acknowledge(actor.department()));
  }
  void Dispute() {
    if (standing_ == nullptr) return;
    const std::string department = Somebody();
    const auto events = NoteDisputed(department, deal_.now, standing());
    EXPECT_EQ(Reason(events.status()), oracle_.Dispute(department));
  }
  // Without effect, or by a split that nobody's rule would make.
  void EndDispute() {
    if (oracle_.now().disputes == 0) return;
    if (Below(random_, 2) == 0) return Decide();
    NoteDisputeEnded(oracle_.now().disputes > 1, deal_.now, standing());
    oracle_.EndDispute();
  }
  void Decide() {
    v1::Dispute dispute;
    dispute.set_name("disputes/1");
    const int of_sales = Below(random_, 10'001);
    for (const auto& [department, points] :
         {std::pair("departments/sales", of_sales),
          std::pair("departments/marketing", 10'000 - of_sales)}) {
      auto* share = dispute.mutable_outcome()->add_split();
      share->set_department(department);
      share->set_basis_points(points);
    }
    const v1::CreditStatement old = *standing_;
    Reverse("DISPUTE_ENDED");
    const auto drawn = DrawByOutcome(old, dispute, NewName(), deal_.now);
    ASSERT_TRUE(drawn.ok()) << drawn.status();
    Stand(*drawn);
    oracle_.Decide();
    ++decided_;
  }
  void Pass() {
    deal_.now += Below(random_, 8) * absl::Hours(24);
    if (standing_ != nullptr) NoteTerm(deal_.now, standing());
    oracle_.EndTerm();
  }
  // Mostly one that is late, mostly the latest: where each speaks of another one, nothing ever
  // comes of it.
  std::string SomeFact() {
    const int most = static_cast<int>(deal_.touches.size());
    const int among = Below(random_, 4) == 0 ? most : std::min(most, 3);
    return deal_.touches[most - 1 - Below(random_, among)].fact();
  }
  void Accept() {
    if (standing_ == nullptr || deal_.touches.empty()) return;
    const std::string fact = SomeFact();
    const type::v1::Actor actor = SomeActor();
    bool is_drawn = false;
    const auto events =
        AcceptLate({deal_.rule, actor, deal_.now}, {fact}, deal_.touches, standing());
    EXPECT_EQ(Reason(events.status()), oracle_.Accept(actor.department(), fact, &is_drawn));
    AfterWords(is_drawn);
  }
  void TakeItBack() {
    if (standing_ == nullptr || deal_.touches.empty()) return;
    const std::string fact = SomeFact();
    const type::v1::Actor actor = SomeActor();
    bool is_drawn = false;
    const auto events = TakeBack({deal_.rule, actor, deal_.now}, {fact}, standing());
    EXPECT_EQ(Reason(events.status()), oracle_.TakeBack(actor.department(), fact, &is_drawn));
    AfterWords(is_drawn);
  }
  void AfterWords(bool is_drawn) {
    const bool must = MustBeDrawnAnew(*standing_);
    EXPECT_EQ(must, is_drawn);
    if (!must) return;
    const v1::CreditStatement old = *standing_;
    Reverse("LATE_TOUCHES_ACCEPTED");
    const auto anew = DrawAccepted(deal_.rule, old, NewName(), deal_.now);
    ASSERT_TRUE(anew.ok()) << anew.status();
    EXPECT_EQ(anew->statement.amount().units(), old.amount().units());
    Stand(anew->statement);
    oracle_.Draw(oracle_.Shown());
    ++drawn_by_acceptance_;
  }

  Random random_;
  Deal deal_;
  Oracle oracle_;
  std::vector<v1::CreditStatement> all_;  // as they were drawn, in order
  std::unique_ptr<v1::CreditStatement> standing_;
  int drawn_by_acceptance_ = 0;
  int decided_ = 0;
};

TEST(CreditCourse, WhateverHappensTheLinesSumAndNothingLateCountsWithoutAll) {
  constexpr unsigned kSeed = 20261128;
  int drawn_by_acceptance = 0;
  int decided = 0;
  for (int round = 0; round < testlib::Rounds(60); ++round) {
    Course course(kSeed + round);
    for (int step = 0; step < 80 && !testing::Test::HasFailure(); ++step) {
      course.Step();
      course.Check();
    }
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << kSeed + round;
    drawn_by_acceptance += course.drawn_by_acceptance();
    decided += course.decided();
  }
  // Courses in which nothing happens would prove nothing.
  EXPECT_GT(drawn_by_acceptance, 50);
  EXPECT_GT(decided, 5);
}

}  // namespace
}  // namespace comity::gateway::credit
