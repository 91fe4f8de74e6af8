// What becomes of an opportunity's credit, by random courses: signed, drawn, acknowledged, disputed, decided,
// late touches accepted, corrected, voided, terms that end. An oracle that knows none of the rules' code says
// what must come of each step, and counts again.
#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/gateway/credit/credit_acceptance.h"
#include "services/gateway/credit/credit_course.h"
#include "services/gateway/credit/credit_decision.h"
#include "services/gateway/credit/credit_rules.h"
#include "services/gateway/credit/credit_statement.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/rounds.h"

namespace comity::gateway::credit {
namespace {

using Names = std::set<std::string>;
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

// What an opportunity has been through, as far as the oracle looks at it.
struct Deal {
  type::v1::CreditRule rule;
  std::vector<v1::CreditTouch> touches;  // as they are told of now
  int64_t next_position = 1;
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  // The signature.
  bool is_signed = false;
  Signing signing;
  int signatures = 0;
};

// --- The oracle --------------------------------------------------------------------------------

// What stands by now, as it must be.
struct Expected {
  v1::CreditState state = v1::CREDIT_STATE_UNSPECIFIED;  // UNSPECIFIED: nothing stands
  absl::Time term_end;
  bool is_decided = false;
  std::vector<v1::CreditTouch> shown;    // what it was drawn from
  std::vector<v1::CreditTouch> brought;  // recorded since, and accepted by somebody
  std::map<std::string, Names> said;     // who has accepted which late touch
  Names counted_late;
  Names departments;  // whose term it is
  Names acknowledged;
  int disputes = 0;
};

class Oracle {
 public:
  explicit Oracle(const Deal& deal) : deal_(deal) {}
  Expected& now() { return now_; }

  // It is drawn from `touches`, by the rule.
  void Draw(const std::vector<v1::CreditTouch>& touches) {
    now_.shown = touches;
    now_.brought.clear();
    now_.is_decided = false;
    now_.acknowledged.clear();
    now_.disputes = 0;
    now_.counted_late.clear();
    for (auto said = now_.said.begin(); said != now_.said.end();) {
      said = IsLateClaim(said->first) ? std::next(said) : now_.said.erase(said);
    }
    for (const auto& [fact, by] : now_.said) {
      if (ByAll(by)) now_.counted_late.insert(fact);
    }
    now_.departments = Claimants();
    if (!Counted().empty() && ByDepartment()) AddRule(&now_.departments);
    now_.state = now_.departments.empty() ? v1::CREDIT_STATE_FINAL : v1::CREDIT_STATE_DRAWN;
    now_.term_end = deal_.now + deal_.rule.term_days() * absl::Hours(24);
  }
  std::string Acknowledge(const std::string& department) {
    if (!now_.departments.contains(department)) return "NOT_OWN_DEPARTMENT";
    if (now_.acknowledged.contains(department)) return "";
    if (!IsOpen()) return "CREDIT_STATEMENT_NOT_OPEN";
    now_.acknowledged.insert(department);
    if (now_.acknowledged == now_.departments) now_.state = v1::CREDIT_STATE_FINAL;
    return "";
  }
  std::string Dispute(const std::string& department) {
    if (!now_.departments.contains(department)) return "NOT_A_PARTY";
    if (now_.acknowledged.contains(department)) return "CREDIT_STATEMENT_ACKNOWLEDGED";
    const bool is_disputed = now_.state == v1::CREDIT_STATE_DISPUTED;
    if ((!IsOpen() && !is_disputed) || deal_.now >= now_.term_end) {
      return "CREDIT_STATEMENT_NOT_OPEN";
    }
    now_.state = v1::CREDIT_STATE_DISPUTED;
    ++now_.disputes;
    return "";
  }
  void EndDispute() {
    if (--now_.disputes > 0) return;
    now_.state = v1::CREDIT_STATE_DRAWN;
    EndTerm();
  }
  void EndTerm() {
    if (now_.state == v1::CREDIT_STATE_DRAWN && deal_.now >= now_.term_end) {
      now_.state = v1::CREDIT_STATE_FINAL;
    }
  }
  void Decide() {
    now_.state = v1::CREDIT_STATE_FINAL;
    now_.is_decided = true;
    now_.disputes = 0;
    now_.acknowledged.clear();
    now_.brought.clear();
    for (auto said = now_.said.begin(); said != now_.said.end();) {
      said = now_.counted_late.contains(said->first) ? std::next(said) : now_.said.erase(said);
    }
  }
  void Void() { now_ = Expected(); }
  // `is_drawn`: whether it must be drawn anew by it.
  std::string Accept(const std::string& department, const std::string& fact, bool* is_drawn) {
    const v1::CreditTouch* const since = Find(deal_.touches, fact);
    const bool is_news = Find(now_.shown, fact) == nullptr && Find(now_.brought, fact) == nullptr;
    const bool brings = is_news && since != nullptr && IsLate(*since) && IsClaim(*since);
    if (brings) now_.brought.push_back(*since);
    std::string reason;
    if (!Parties().contains(department)) {
      reason = "NOT_OWN_DEPARTMENT";
    } else if (!IsOpen()) {
      reason = "CREDIT_STATEMENT_NOT_OPEN";
    } else if (!IsLateClaim(fact)) {
      reason = "TOUCH_NOT_LATE";
    }
    if (reason.empty()) {
      now_.said[fact].insert(department);
    } else if (brings) {
      now_.brought.pop_back();
    }
    *is_drawn = MustBeDrawn();
    return reason;
  }
  std::string TakeBack(const std::string& department, const std::string& fact, bool* is_drawn) {
    *is_drawn = false;
    if (!Parties().contains(department)) return "NOT_OWN_DEPARTMENT";
    if (!IsOpen()) return "CREDIT_STATEMENT_NOT_OPEN";
    const auto said = now_.said.find(fact);
    if (said == now_.said.end() || !said->second.contains(department)) return "";
    if (now_.counted_late.contains(fact)) return "TOUCH_COUNTS";
    said->second.erase(department);
    if (said->second.empty()) {
      now_.said.erase(said);
      auto& brought = now_.brought;
      brought.erase(std::remove_if(brought.begin(), brought.end(),
                                   [&](const auto& touch) { return touch.fact() == fact; }),
                    brought.end());
    }
    *is_drawn = MustBeDrawn();
    return "";
  }
  // All that it shows by now: what it is drawn anew from.
  std::vector<v1::CreditTouch> Shown() const {
    std::vector<v1::CreditTouch> all = now_.shown;
    all.insert(all.end(), now_.brought.begin(), now_.brought.end());
    return all;
  }
  // Who must accept.
  Names Parties() const {
    Names parties = Claimants();
    if (ByDepartment()) AddRule(&parties);
    return parties;
  }
  // The touches that count, in the order in which they happened.
  std::vector<v1::CreditTouch> Counted() const {
    std::vector<v1::CreditTouch> counted;
    for (const v1::CreditTouch& touch : now_.shown) {
      if (!IsClaim(touch)) continue;
      if (!IsLate(touch) || now_.counted_late.contains(touch.fact())) counted.push_back(touch);
    }
    std::sort(counted.begin(), counted.end(), [](const auto& a, const auto& b) {
      return resource::ToTime(a.occur_time()) < resource::ToTime(b.occur_time());
    });
    return counted;
  }
  // Basis points by party, those without any left out: largest remainders, ties to the smaller name.
  std::map<std::string, int> Points() const {
    std::map<std::string, int64_t> weights;
    const auto counted = Counted();
    if (counted.empty()) return {};
    if (deal_.rule.model() == type::v1::CREDIT_MODEL_FIRST) {
      weights[PartyFor(counted.front())] = 1;
    } else if (deal_.rule.model() == type::v1::CREDIT_MODEL_LAST) {
      weights[PartyFor(counted.back())] = 1;
    } else {
      for (const auto& touch : counted) ++weights[PartyFor(touch)];
    }
    int64_t total = 0;
    for (const auto& [party, weight] : weights) total += weight;
    std::map<std::string, int> points;
    std::vector<std::pair<int64_t, std::string>> rests;
    int left = 10'000;
    for (const auto& [party, weight] : weights) {
      points[party] = static_cast<int>(weight * 10'000 / total);
      left -= points[party];
      rests.emplace_back(-(weight * 10'000 % total), party);
    }
    std::sort(rests.begin(), rests.end());
    for (int i = 0; i < left; ++i) ++points[rests[i].second];
    return points;
  }

 private:
  static const v1::CreditTouch* Find(const std::vector<v1::CreditTouch>& touches,
                                     const std::string& fact) {
    for (const auto& touch : touches) {
      if (touch.fact() == fact) return &touch;
    }
    return nullptr;
  }
  bool ByDepartment() const { return deal_.rule.party() == type::v1::CREDIT_PARTY_DEPARTMENT; }
  std::string PartyFor(const v1::CreditTouch& touch) const {
    return ByDepartment() ? touch.department() : touch.person();
  }
  void AddRule(Names* names) const {
    names->insert(deal_.rule.departments().begin(), deal_.rule.departments().end());
  }
  bool IsLate(const v1::CreditTouch& touch) const {
    return touch.position() >= deal_.signing.cuts[0].position();
  }
  bool IsClaim(const v1::CreditTouch& touch) const {
    const absl::Time time = resource::ToTime(touch.occur_time());
    const auto& of = deal_.rule.departments();
    if (!touch.voided_by().empty()) return false;
    if (!of.empty() && std::find(of.begin(), of.end(), touch.department()) == of.end()) return false;
    if (deal_.rule.window_days() > 0 &&
        time < deal_.signing.sign_time - deal_.rule.window_days() * absl::Hours(24)) {
      return false;
    }
    return !IsLate(touch) || time <= deal_.signing.sign_time;
  }
  bool IsLateClaim(const std::string& fact) const {
    for (const auto* touches : {&now_.shown, &now_.brought}) {
      const v1::CreditTouch* const touch = Find(*touches, fact);
      if (touch != nullptr) return IsLate(*touch) && IsClaim(*touch);
    }
    return false;
  }
  Names Claimants() const {
    Names names;
    for (const auto& touch : Shown()) {
      if (IsClaim(touch)) names.insert(touch.department());
    }
    return names;
  }
  bool ByAll(const Names& by) const {
    const Names parties = Parties();
    return std::includes(by.begin(), by.end(), parties.begin(), parties.end());
  }
  bool IsOpen() const {
    return now_.state == v1::CREDIT_STATE_DRAWN && deal_.now < now_.term_end;
  }
  bool MustBeDrawn() const {
    return std::any_of(now_.said.begin(), now_.said.end(), [&](const auto& each) {
      return !now_.counted_late.contains(each.first) && ByAll(each.second);
    });
  }

  const Deal& deal_;
  Expected now_;
};

// --- What is tested ----------------------------------------------------------------------------

// The rules, put together as the handlers do, over a list instead of a table.
class Course {
 public:
  explicit Course(unsigned seed) : random_(seed), oracle_(deal_) {
    constexpr type::v1::CreditModel kModels[] = {type::v1::CREDIT_MODEL_FIRST,
                                                 type::v1::CREDIT_MODEL_LAST,
                                                 type::v1::CREDIT_MODEL_LINEAR};
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
    switch (Below(random_, 12)) {
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
    *touch.mutable_occur_time() = resource::FromTime(
        deal_.now - Below(random_, 80) * absl::Hours(24) - absl::Milliseconds(deal_.touches.size()));
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
    if (Below(random_, 3) == 0) return Decide();
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
  void Accept() {
    if (standing_ == nullptr || deal_.touches.empty()) return;
    const std::string fact = OneOf(random_, deal_.touches).fact();
    const type::v1::Actor actor = SomeActor();
    bool is_drawn = false;
    const auto events =
        AcceptLate({deal_.rule, actor, deal_.now}, {fact}, deal_.touches, standing());
    EXPECT_EQ(Reason(events.status()), oracle_.Accept(actor.department(), fact, &is_drawn));
    AfterWords(is_drawn);
  }
  void TakeItBack() {
    if (standing_ == nullptr || deal_.touches.empty()) return;
    const std::string fact = OneOf(random_, deal_.touches).fact();
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
  for (int round = 0; round < testlib::Rounds(150); ++round) {
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
  EXPECT_GT(decided, 50);
}

}  // namespace
}  // namespace comity::gateway::credit
