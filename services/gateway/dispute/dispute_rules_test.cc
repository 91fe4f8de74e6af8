#include "services/gateway/dispute/dispute_rules.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";
constexpr char kMembership[] = "departments/membership";
constexpr char kManagement[] = "departments/management";
constexpr char kIt[] = "departments/it";

const absl::Time kMorning = absl::FromUnixSeconds(1'800'000'000);

// Ten hours to answer, twenty to decide, five to appeal, round the clock.
type::v1::Charter DisputeCharter() {
  type::v1::Charter charter;
  charter.set_revision(7);
  auto& rules = *charter.mutable_disputes();
  rules.add_arbiters(kManagement);
  rules.add_arbiters(kSales);
  rules.add_arbiters(kIt);
  rules.set_answer_hours(10);
  rules.set_decide_hours(20);
  rules.set_appeal_hours(5);
  rules.set_calendar("calendars/always");
  auto& calendar = *charter.add_calendars();
  calendar.set_name("calendars/always");
  calendar.set_time_zone("UTC");
  auto& question = *charter.add_questions();
  question.set_name("questions/lead-quality");
  question.add_answers()->set_id("nurture");
  return charter;
}

class DisputeRules : public ::testing::Test {
 protected:
  DisputeTurn By(const std::string& department, absl::Duration after = absl::ZeroDuration()) const {
    type::v1::Actor actor;
    actor.set_person("persons/one");
    actor.set_department(department);
    return {charter_, actor, kMorning + after};
  }
  // Marketing objects to what sales judged.
  static DisputeObject AboutAJudgement() {
    DisputeObject object;
    object.kind = v1::DISPUTE_KIND_JUDGEMENT;
    object.about = "leads/1/judgements/2";
    object.subject = "leads/1";
    object.question = "questions/lead-quality";
    object.disputed = "disqualified";
    object.others = {kSales};
    return object;
  }
  static DisputeObject AboutAStatement() {
    DisputeObject object;
    object.kind = v1::DISPUTE_KIND_CREDIT_STATEMENT;
    object.about = "credit-statements/1";
    object.others = {kMembership, kSales, kMarketing};
    object.parties = object.others;
    return object;
  }
  absl::StatusOr<v1::Dispute> Begin(const DisputeObject& object,
                                    const std::string& department = kMarketing) const {
    v1::OpenDisputeRequest request;
    request.set_reason("criteria-not-met");
    request.set_note("They have a need");
    return BeginDispute(By(department), object, request);
  }
  v1::Dispute Begun(const DisputeObject& object = AboutAJudgement()) const {
    auto dispute = Begin(object);
    EXPECT_TRUE(dispute.ok()) << dispute.status();
    return dispute.value_or(v1::Dispute());
  }
  v1::Dispute Submitted(const DisputeObject& object = AboutAJudgement()) const {
    v1::Dispute dispute = Begun(object);
    for (const std::string& other : dispute.others()) {
      EXPECT_TRUE(Answer(By(other), v1::AnswerDisputeRequest(), &dispute).ok());
    }
    EXPECT_EQ(dispute.state(), v1::DISPUTE_STATE_SUBMITTED);
    return dispute;
  }
  static v1::DisputeOutcome Verdict(v1::DisputeVerdict verdict) {
    v1::DisputeOutcome outcome;
    outcome.set_verdict(verdict);
    outcome.set_reason("as-agreed");
    return outcome;
  }
  static v1::DisputeOutcome Split(int sales, int marketing) {
    v1::DisputeOutcome outcome = Verdict(v1::DISPUTE_VERDICT_PARTLY);
    for (const auto& [department, points] : {std::pair<const char*, int>(kSales, sales),
                                             std::pair<const char*, int>(kMarketing, marketing)}) {
      auto* share = outcome.add_split();
      share->set_department(department);
      share->set_basis_points(points);
    }
    return outcome;
  }
  std::vector<std::string> Note(absl::Duration after, v1::Dispute* dispute) const {
    const auto events = NoteClocks(By("", after), dispute);
    EXPECT_TRUE(events.ok()) << events.status();
    return TypesOf(events.value_or(DisputeEvents()));
  }
  static std::vector<std::string> TypesOf(const DisputeEvents& events) {
    std::vector<std::string> types;
    for (const DisputeEvent& event : events) types.push_back(event.type);
    return types;
  }
  template <typename T>
  static std::string ReasonOf(const absl::StatusOr<T>& result) {
    return Reason(result.status());
  }

  type::v1::Charter charter_ = DisputeCharter();
};

TEST_F(DisputeRules, BeginsAgainstTheOthersByTheRulesOfTheCharter) {
  const v1::Dispute dispute = Begun(AboutAStatement());
  EXPECT_THAT(dispute.others(), ElementsAre(kMembership, kSales));
  EXPECT_EQ(dispute.charter_revision(), 7);
  EXPECT_EQ(resource::ToTime(dispute.answer_clock().due_time()), kMorning + absl::Hours(10));
  EXPECT_EQ(NextLook(dispute), kMorning + absl::Hours(8)) << "the warning";
  EXPECT_THAT(Awaits(dispute), ElementsAre(kMembership, kSales));
}

TEST_F(DisputeRules, SaysWhyNoneBegins) {
  EXPECT_EQ(ReasonOf(Begin(AboutAStatement(), kIt)), "NOT_A_PARTY");
  EXPECT_EQ(ReasonOf(Begin(AboutAJudgement(), kSales)), "NO_OTHER_SIDE") << "it is its own";
  charter_.mutable_disputes()->clear_arbiters();
  charter_.mutable_disputes()->add_arbiters(kSales);
  EXPECT_EQ(ReasonOf(Begin(AboutAJudgement())), "NO_ARBITER");
  charter_.clear_disputes();
  EXPECT_EQ(ReasonOf(Begin(AboutAJudgement())), "NO_DISPUTE_RULES");
}

TEST_F(DisputeRules, GoesToTheArbiterWhenAllHaveAnswered) {
  v1::Dispute dispute = Begun(AboutAStatement());
  EXPECT_EQ(ReasonOf(Answer(By(kMarketing), {}, &dispute)), "NOT_A_PARTY") << "it objects";
  EXPECT_EQ(ReasonOf(Answer(By(kIt), {}, &dispute)), "NOT_A_PARTY");
  EXPECT_EQ(TypesOf(*Answer(By(kSales), {}, &dispute)), std::vector<std::string>{"answered"});
  EXPECT_EQ(ReasonOf(Answer(By(kSales), {}, &dispute)), "DISPUTE_ANSWERED");
  EXPECT_THAT(Awaits(dispute), ElementsAre(kMembership));
  EXPECT_THAT(TypesOf(*Answer(By(kMembership, absl::Hours(1)), {}, &dispute)),
              ElementsAre("answered", "submitted"));
  EXPECT_EQ(dispute.hearings(0).arbiter(), kManagement);
  EXPECT_THAT(Awaits(dispute), ElementsAre(kManagement));
  EXPECT_EQ(resource::ToTime(dispute.answer_clock().stop_time()), kMorning + absl::Hours(1));
  EXPECT_EQ(NextLook(dispute), kMorning + absl::Hours(17)) << "the arbiter's warning";
}

TEST_F(DisputeRules, UnansweredItGoesToTheArbiterAndSaysSo) {
  v1::Dispute dispute = Begun();
  EXPECT_THAT(Note(absl::Hours(7), &dispute), IsEmpty());
  EXPECT_THAT(Note(absl::Hours(8), &dispute), ElementsAre("answer-warned"));
  EXPECT_THAT(Note(absl::Hours(9), &dispute), IsEmpty());
  EXPECT_THAT(Note(absl::Hours(11), &dispute),
              ElementsAre("answer-breached", "submitted-unanswered"));
  EXPECT_EQ(dispute.state(), v1::DISPUTE_STATE_SUBMITTED);
  EXPECT_EQ(resource::ToTime(dispute.hearings(0).clock().start_time()), kMorning + absl::Hours(11))
      << "the arbiter has all of its time";
  ASSERT_TRUE(Answer(By(kSales, absl::Hours(12)), {}, &dispute).ok()) << "it may still be heard";
  EXPECT_TRUE(dispute.answers(0).late());
  EXPECT_TRUE(dispute.answer_clock().breached()) << "which stays";
}

TEST_F(DisputeRules, OnlyTheArbiterThatIsAskedDecides) {
  v1::Dispute dispute = Begun();
  const v1::DisputeOutcome upheld = Verdict(v1::DISPUTE_VERDICT_UPHELD);
  EXPECT_EQ(ReasonOf(Decide(By(kManagement), upheld, &dispute)), "DISPUTE_NOT_SUBMITTED");
  dispute = Submitted();
  for (const char* department : {kSales, kMarketing, kIt}) {
    EXPECT_EQ(ReasonOf(Decide(By(department), upheld, &dispute)), "NOT_ARBITER") << department;
  }
  EXPECT_THAT(TypesOf(*Decide(By(kManagement, absl::Hours(2)), upheld, &dispute)),
              ElementsAre("decided"));
  EXPECT_EQ(dispute.state(), v1::DISPUTE_STATE_DECIDED);
  EXPECT_EQ(NextLook(dispute), kMorning + absl::Hours(7)) << "when the time to appeal is over";
  EXPECT_THAT(Awaits(dispute), ElementsAre(kSales)) << "who lost";
  EXPECT_EQ(ReasonOf(Decide(By(kManagement), upheld, &dispute)), "DISPUTE_NOT_SUBMITTED");
  EXPECT_EQ(ReasonOf(Withdraw(By(kMarketing), &dispute)), "DISPUTE_NOT_OPEN");
}

TEST_F(DisputeRules, ADecisionThatNobodyAppealsIsFinal) {
  v1::Dispute dispute = Submitted();
  ASSERT_TRUE(Decide(By(kManagement), Verdict(v1::DISPUTE_VERDICT_UPHELD), &dispute).ok());
  EXPECT_THAT(Note(absl::Hours(4), &dispute), IsEmpty());
  EXPECT_THAT(dispute.remedies(), IsEmpty()) << "nobody has to act before";
  EXPECT_THAT(Note(absl::Hours(5), &dispute), ElementsAre("final"));
  EXPECT_TRUE(HasEffect(dispute));
  ASSERT_EQ(dispute.remedies_size(), 1);
  EXPECT_EQ(dispute.remedies(0).department(), kSales);
  EXPECT_THAT(Awaits(dispute), ElementsAre(kSales)) << "until it has acted";
  EXPECT_EQ(NextLook(dispute), absl::InfiniteFuture());
}

TEST_F(DisputeRules, AnAppealGoesOnceToTheNextThatIsNoParty) {
  v1::Dispute dispute = Submitted();
  v1::AppealDisputeRequest appeal;
  appeal.set_reason("overlooked");
  EXPECT_EQ(ReasonOf(Appeal(By(kSales), appeal, &dispute)), "DISPUTE_NOT_APPEALABLE");
  ASSERT_TRUE(Decide(By(kManagement), Verdict(v1::DISPUTE_VERDICT_UPHELD), &dispute).ok());
  EXPECT_EQ(ReasonOf(Appeal(By(kIt), appeal, &dispute)), "NOT_A_PARTY");
  EXPECT_THAT(TypesOf(*Appeal(By(kSales, absl::Hours(1)), appeal, &dispute)),
              ElementsAre("appealed"));
  EXPECT_EQ(dispute.hearings(1).arbiter(), kIt) << "sales, before it, is a party";
  EXPECT_TRUE(dispute.hearings(1).appeal());
  EXPECT_THAT(TypesOf(*Decide(By(kIt), Verdict(v1::DISPUTE_VERDICT_DISMISSED), &dispute)),
              ElementsAre("decided", "final"));
  EXPECT_EQ(dispute.outcome().verdict(), v1::DISPUTE_VERDICT_DISMISSED);
  EXPECT_EQ(dispute.hearings(0).outcome().verdict(), v1::DISPUTE_VERDICT_UPHELD) << "it stays";
  EXPECT_THAT(dispute.remedies(), IsEmpty());
  EXPECT_THAT(Awaits(dispute), IsEmpty());
  EXPECT_EQ(ReasonOf(Appeal(By(kSales), appeal, &dispute)), "DISPUTE_NOT_APPEALABLE");
}

TEST_F(DisputeRules, UndecidedItGoesToTheNextAndThenWhatWasDisputedStands) {
  v1::Dispute dispute = Submitted();
  EXPECT_THAT(Note(absl::Hours(20), &dispute),
              ElementsAre("decide-warned", "decide-breached", "passed-on"));
  EXPECT_TRUE(dispute.hearings(0).clock().breached());
  EXPECT_EQ(dispute.hearings(1).arbiter(), kIt);
  EXPECT_FALSE(dispute.hearings(1).appeal());
  EXPECT_EQ(ReasonOf(Decide(By(kManagement, absl::Hours(21)), Verdict(v1::DISPUTE_VERDICT_UPHELD),
                            &dispute)),
            "NOT_ARBITER")
      << "too late";
  EXPECT_THAT(Note(absl::Hours(40), &dispute),
              ElementsAre("decide-warned", "decide-breached", "lapsed"));
  EXPECT_EQ(dispute.state(), v1::DISPUTE_STATE_LAPSED);
  EXPECT_FALSE(dispute.has_outcome());
  EXPECT_THAT(Awaits(dispute), IsEmpty());
}

TEST_F(DisputeRules, AnAppealThatNobodyDecidesLeavesTheDecision) {
  v1::Dispute dispute = Submitted();
  ASSERT_TRUE(Decide(By(kManagement), Verdict(v1::DISPUTE_VERDICT_UPHELD), &dispute).ok());
  ASSERT_TRUE(Appeal(By(kSales), {}, &dispute).ok());
  EXPECT_THAT(Note(absl::Hours(20), &dispute),
              ElementsAre("decide-warned", "decide-breached", "final"));
  EXPECT_EQ(dispute.outcome().verdict(), v1::DISPUTE_VERDICT_UPHELD);
  EXPECT_EQ(dispute.remedies_size(), 1);
}

TEST_F(DisputeRules, OnlyWhoOpenedItTakesItBack) {
  v1::Dispute dispute = Begun();
  EXPECT_EQ(ReasonOf(Withdraw(By(kSales), &dispute)), "NOT_OWN_DEPARTMENT");
  EXPECT_THAT(TypesOf(*Withdraw(By(kMarketing), &dispute)), ElementsAre("withdrawn"));
  EXPECT_FALSE(IsOpen(dispute));
  EXPECT_EQ(ReasonOf(Withdraw(By(kMarketing), &dispute)), "DISPUTE_NOT_OPEN");
  EXPECT_EQ(ReasonOf(Answer(By(kSales), {}, &dispute)), "DISPUTE_NOT_OPEN");
}

TEST_F(DisputeRules, AllPartiesAgreeOnWhatOneOffers) {
  v1::Dispute dispute = Begun(AboutAStatement());
  EXPECT_EQ(ReasonOf(Agree(By(kSales), 1, &dispute)), "NO_AGREEMENT_OFFERED");
  EXPECT_EQ(ReasonOf(Propose(By(kIt), Split(5000, 5000), &dispute)), "NOT_A_PARTY");
  ASSERT_TRUE(Propose(By(kSales), Split(9000, 1000), &dispute).ok());
  ASSERT_TRUE(Agree(By(kMembership), 1, &dispute).ok());
  ASSERT_TRUE(Propose(By(kMarketing), Split(6000, 4000), &dispute).ok());
  EXPECT_EQ(ReasonOf(Agree(By(kMembership), 1, &dispute)), "AGREEMENT_DIFFERS")
      << "who agreed to one has not agreed to another";
  EXPECT_THAT(TypesOf(*Agree(By(kMembership), 2, &dispute)), ElementsAre("agreed-to"));
  EXPECT_THAT(TypesOf(*Agree(By(kMembership), 2, &dispute)), IsEmpty());
  EXPECT_EQ(ReasonOf(Agree(By(kIt), 2, &dispute)), "NOT_A_PARTY");
  EXPECT_THAT(TypesOf(*Agree(By(kSales), 2, &dispute)), ElementsAre("agreed-to", "agreed"));
  EXPECT_EQ(dispute.outcome().split(0).basis_points(), 6000);
  EXPECT_THAT(dispute.remedies(), IsEmpty()) << "the statement is drawn anew";
}

TEST_F(DisputeRules, WhatWasOfferedBeforeADecisionIsAgreedToAnew) {
  v1::Dispute dispute = Submitted();
  ASSERT_TRUE(Propose(By(kMarketing), Verdict(v1::DISPUTE_VERDICT_UPHELD), &dispute).ok());
  ASSERT_TRUE(Decide(By(kManagement), Verdict(v1::DISPUTE_VERDICT_DISMISSED), &dispute).ok());
  EXPECT_THAT(Awaits(dispute), ElementsAre(kMarketing)) << "only whoever lost thinks of an appeal";
  ASSERT_TRUE(Appeal(By(kMarketing), v1::AppealDisputeRequest(), &dispute).ok());
  EXPECT_THAT(Awaits(dispute), ElementsAre(kIt)) << "nobody waits for an answer to that offer";
  EXPECT_THAT(TypesOf(*Agree(By(kSales), 1, &dispute)), ElementsAre("agreed-to"));
  EXPECT_TRUE(IsOpen(dispute)) << "marketing offered it before it was decided";
  EXPECT_THAT(Awaits(dispute), ElementsAre(kIt, kMarketing));
  EXPECT_THAT(TypesOf(*Agree(By(kMarketing), 1, &dispute)), ElementsAre("agreed-to", "agreed"));
}

TEST_F(DisputeRules, AnOutcomeFitsWhatItIsAbout) {
  v1::Dispute judgement = Submitted();
  const auto decide = [&](const v1::DisputeOutcome& outcome, v1::Dispute dispute) {
    return ReasonOf(Decide(By(kManagement), outcome, &dispute));
  };
  EXPECT_EQ(decide(v1::DisputeOutcome(), judgement), "VERDICT_REQUIRED");
  EXPECT_EQ(decide(Split(5000, 5000), judgement), "SPLIT_NOT_EXPECTED");
  v1::DisputeOutcome outcome = Verdict(v1::DISPUTE_VERDICT_UPHELD);
  outcome.set_answer("great");
  EXPECT_EQ(decide(outcome, judgement), "ANSWER_UNKNOWN");
  outcome.set_answer("nurture");
  EXPECT_EQ(decide(outcome, judgement), "");
  const v1::Dispute statement = Submitted(AboutAStatement());
  EXPECT_EQ(decide(outcome, statement), "ANSWER_NOT_EXPECTED");
  outcome.set_verdict(v1::DISPUTE_VERDICT_DISMISSED);
  EXPECT_EQ(decide(outcome, judgement), "ANSWER_NOT_EXPECTED") << "there is nothing to judge";
  EXPECT_EQ(decide(Verdict(v1::DISPUTE_VERDICT_UPHELD), statement), "SPLIT_INVALID")
      << "it would change nothing";
  EXPECT_EQ(decide(Split(5000, 4999), statement), "SPLIT_INVALID");
  EXPECT_EQ(decide(Split(11000, -1000), statement), "SPLIT_INVALID");
  v1::DisputeOutcome strange = Split(5000, 5000);
  strange.mutable_split(0)->set_department(kIt);
  EXPECT_EQ(decide(strange, statement), "SPLIT_INVALID");
  strange.mutable_split(0)->set_department(kMarketing);
  EXPECT_EQ(decide(strange, statement), "SPLIT_INVALID") << "one twice";
  EXPECT_EQ(decide(Split(5000, 5000), statement), "");
}

TEST_F(DisputeRules, WhatIsNoMoreOvertakesIt) {
  v1::Dispute dispute = Submitted(AboutAStatement());
  ASSERT_TRUE(Decide(By(kManagement), Split(5000, 5000), &dispute).ok());
  EXPECT_THAT(TypesOf(Overtake(kMorning, &dispute)), ElementsAre("overtaken"));
  EXPECT_FALSE(HasEffect(dispute));
  EXPECT_FALSE(dispute.has_outcome());
  EXPECT_THAT(TypesOf(Overtake(kMorning, &dispute)), IsEmpty());
}

TEST_F(DisputeRules, APrecedentIsAboutTheSameQuestionElseTheSameReason) {
  v1::Dispute dispute = Submitted();
  EXPECT_EQ(PrecedentKey(dispute), "questions/lead-quality");
  v1::DisputeOutcome outcome = Verdict(v1::DISPUTE_VERDICT_DISMISSED);
  outcome.set_note("Ms Weber said no");
  ASSERT_TRUE(Decide(By(kManagement), outcome, &dispute).ok());
  Note(absl::Hours(5), &dispute);
  const v1::DisputePrecedent precedent = PrecedentOf(dispute);
  EXPECT_EQ(precedent.arbiter(), kManagement);
  EXPECT_EQ(precedent.outcome().verdict(), v1::DISPUTE_VERDICT_DISMISSED);
  EXPECT_EQ(precedent.outcome().note(), "");
  EXPECT_EQ(PrecedentKey(Begun(AboutAStatement())),
            "DISPUTE_KIND_CREDIT_STATEMENT/criteria-not-met");
}

TEST_F(DisputeRules, TheJournalHoldsNoMoney) {
  v1::Dispute dispute = Begun();
  dispute.mutable_amount()->set_units(100);
  EXPECT_FALSE(ForJournal(dispute).has_amount());
}

}  // namespace
}  // namespace comity::gateway
