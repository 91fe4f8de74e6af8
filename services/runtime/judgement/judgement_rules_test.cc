#include "services/runtime/judgement/judgement_rules.h"

#include <cstdlib>

#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::judgement {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
constexpr char kLead[] = "leads/0190a000-0000-7000-8000-000000000001";
constexpr char kOpportunity[] = "opportunities/0190a000-0000-7000-8000-000000000002";

v1::Judgement MakeJudgement(const std::string& subject, const std::string& question,
                            const std::string& answer) {
  v1::Judgement judgement;
  judgement.set_subject(subject);
  judgement.set_question("questions/" + question);
  judgement.set_answer(answer);
  return judgement;
}

// What judgements of old say, where silence says nothing.
Held HeldBy(const type::v1::Question& question, const std::vector<v1::Judgement>& judgements,
            const charter::StandingFacts& facts = {}) {
  Held held;
  held.facts = facts;
  for (const v1::Judgement& judgement : judgements) {
    if (judgement.question() != question.name()) continue;
    held.answers.push_back({judgement.department(), judgement.answer()});
  }
  return held;
}

class JudgementRulesTest : public ::testing::Test {
 protected:
  std::string Refusal(const v1::Judgement& judgement, const std::string& department) {
    return Reason(CheckJudgement(charter_, judgement, department, kNow));
  }
  const charter::Charter charter_ = *charter::Charter::FromYamlFile(
      std::string(std::getenv("COMITY_SOURCE_DIR")) + "/config/charter.yaml");
  const type::v1::Question& outcome_ = *charter_.FindQuestion("questions/opportunity-outcome");
};

TEST_F(JudgementRulesTest, OnlyADepartmentWithAVoiceJudges) {
  const v1::Judgement judgement = MakeJudgement(kLead, "lead-quality", "qualified");
  EXPECT_EQ(Refusal(judgement, "departments/sales"), "");
  EXPECT_EQ(Refusal(judgement, "departments/support"), "NO_VOICE");
  EXPECT_EQ(Refusal(judgement, "departments/nobody"), "NO_VOICE");
}

TEST_F(JudgementRulesTest, WithoutAVoiceInAnyQuestionNothingIsTold) {
  EXPECT_TRUE(CheckHasVoice(charter_, "opportunities", "departments/marketing").ok());
  EXPECT_EQ(Reason(CheckHasVoice(charter_, "opportunities", "departments/support")), "NO_VOICE");
  EXPECT_EQ(Reason(CheckHasVoice(charter_, "contacts", "departments/sales")), "NO_VOICE");
}

TEST_F(JudgementRulesTest, QuestionAndAnswerAreThoseOfTheCharter) {
  EXPECT_EQ(Refusal(MakeJudgement(kLead, "opportunity-outcome", "lost"), "departments/sales"),
            "UNKNOWN_QUESTION");
  EXPECT_EQ(Refusal(MakeJudgement(kLead, "beauty", "yes"), "departments/sales"),
            "UNKNOWN_QUESTION");
  EXPECT_EQ(Refusal(MakeJudgement(kLead, "lead-quality", "splendid"), "departments/sales"),
            "UNKNOWN_ANSWER");
}

TEST_F(JudgementRulesTest, NobodyHoldsAnythingSinceTheFuture) {
  v1::Judgement judgement = MakeJudgement(kLead, "lead-quality", "qualified");
  judgement.mutable_occur_time()->set_seconds(absl::ToUnixSeconds(kNow) + 3600);
  EXPECT_EQ(Refusal(judgement, "departments/sales"), "OCCURS_IN_FUTURE");
}

TEST_F(JudgementRulesTest, WonNeedsASignatureAndNothingIsJudgedAgainstOne) {
  const auto won = MakeJudgement(kOpportunity, "opportunity-outcome", "won");
  const auto lost = MakeJudgement(kOpportunity, "opportunity-outcome", "lost");
  EXPECT_EQ(Reason(CheckAgainstFacts(outcome_, won, {})), "FACT_MISSING");
  EXPECT_TRUE(CheckAgainstFacts(outcome_, won, {"signed"}).ok());
  EXPECT_EQ(Reason(CheckAgainstFacts(outcome_, lost, {"signed"})), "DECIDED_BY_FACT");
  EXPECT_TRUE(CheckAgainstFacts(outcome_, lost, {"note"}).ok());
}

TEST_F(JudgementRulesTest, ADepartmentWithdrawsItsOwnStandingJudgement) {
  v1::Judgement judgement = MakeJudgement(kLead, "lead-quality", "qualified");
  judgement.set_department("departments/marketing");
  judgement.set_subject_version(4);
  EXPECT_TRUE(CheckWithdrawal(judgement, "departments/marketing", 4).ok());
  EXPECT_EQ(Reason(CheckWithdrawal(judgement, "departments/sales", 4)), "OTHER_DEPARTMENT");
  EXPECT_EQ(Reason(CheckWithdrawal(judgement, "departments/marketing", 7)), "NOT_STANDING");
  EXPECT_EQ(Reason(CheckWithdrawal(judgement, "departments/marketing", 0)), "NOT_STANDING");
}

TEST_F(JudgementRulesTest, AStandingShowsAllSidesAndSaysWhy) {
  std::vector<v1::Judgement> judgements = {MakeJudgement(kLead, "lead-quality", "qualified"),
                                           MakeJudgement(kLead, "lead-quality", "disqualified")};
  judgements[0].set_department("departments/marketing");
  judgements[1].set_department("departments/sales");
  const auto& question = *charter_.FindQuestion("questions/lead-quality");
  const v1::Standing standing =
      StandingOf(question, "departments/marketing", judgements, HeldBy(question, judgements));
  EXPECT_EQ(standing.judgements_size(), 2);
  EXPECT_EQ(standing.settled().answer(), "disqualified");
  EXPECT_EQ(standing.lens_answer().answer(), "qualified");
  EXPECT_EQ(standing.lens_answer().basis(), type::v1::ANSWER_BASIS_OWN);
  EXPECT_EQ(standing.explanation(),
            "`disqualified`, because departments/sales decides this question and holds so.");
  EXPECT_EQ(
      StandingOf(outcome_, "settled", judgements, HeldBy(outcome_, judgements)).settled().answer(),
      "");
}

// Why the outcome of an opportunity is what it is, by a rule.
class ExplanationTest : public JudgementRulesTest {
 protected:
  // Sales, marketing and membership have a voice.
  ExplanationTest() {
    question_ = outcome_;
    question_.mutable_voices()->RemoveLast();
  }
  void SettleBy(type::v1::SettlementRule rule) {
    question_.clear_decider();
    question_.mutable_settlement()->set_rule(rule);
  }
  using Answers = std::vector<std::pair<std::string, std::string>>;
  std::string Explanation(const Answers& answers, const charter::StandingFacts& facts = {}) {
    std::vector<v1::Judgement> judgements;
    for (const auto& [department, answer] : answers) {
      judgements.push_back(MakeJudgement(kOpportunity, "opportunity-outcome", answer));
      judgements.back().set_department("departments/" + department);
    }
    return StandingOf(question_, "settled", judgements, HeldBy(question_, judgements, facts))
        .explanation();
  }
  type::v1::Question question_;
};

TEST_F(ExplanationTest, OfAFactAndTheDecider) {
  EXPECT_EQ(Explanation({{"sales", "lost"}}, {"signed"}),
            "`won` for every department, because the fact `signed` decides it and is not voided.");
  EXPECT_EQ(Explanation({{"sales", "lost"}}),
            "`lost`, because departments/sales decides this question and holds so.");
  EXPECT_EQ(Explanation({{"marketing", "lost"}}),
            "Undecided, because departments/sales decides this question and has not judged.");
  EXPECT_EQ(
      Explanation({{"sales", "won"}}),
      "Undecided, because departments/sales decides this question and says `won` (which needs "
      "the fact `signed`).");
}

TEST_F(ExplanationTest, OfAnAnswerThatAnEarlierRevisionHad) {
  EXPECT_EQ(Explanation({{"sales", "postponed"}}),
            "Undecided, because departments/sales decides this question and says `postponed` "
            "(which the charter no longer has).");
}

TEST_F(ExplanationTest, OfPrecedence) {
  SettleBy(type::v1::SETTLEMENT_RULE_PRECEDENCE);
  question_.mutable_settlement()->add_precedence("departments/membership");
  question_.mutable_settlement()->add_precedence("departments/sales");
  EXPECT_EQ(Explanation({{"sales", "lost"}, {"marketing", "lost"}}),
            "`lost`, because departments/sales comes first of those that hold an answer: "
            "departments/membership is silent, departments/sales says `lost`.");
  EXPECT_EQ(Explanation({{"sales", ""}, {"membership", "won"}}),
            "Undecided, because nobody in the order of precedence holds an answer: "
            "departments/membership says `won` (which needs the fact `signed`), departments/sales "
            "is silent.");
}

TEST_F(ExplanationTest, OfAMajority) {
  SettleBy(type::v1::SETTLEMENT_RULE_MAJORITY);
  auto* weight = question_.mutable_settlement()->add_weights();
  weight->set_department("departments/sales");
  weight->set_weight(2);
  EXPECT_EQ(Explanation({{"sales", "lost"}, {"marketing", "lost"}}),
            "`lost`, because 2 of 3 voices (weight 3 of 4) say so and more than half decides: "
            "departments/sales (weight 2) says `lost`, departments/marketing says `lost`, "
            "departments/membership is silent.");
  EXPECT_EQ(Explanation({{"sales", "lost"}}),
            "Undecided, because no answer has more than half of the weight, which is 4: "
            "departments/sales (weight 2) says `lost`, departments/marketing is silent, "
            "departments/membership is silent.");
}

TEST_F(ExplanationTest, OfUnanimity) {
  SettleBy(type::v1::SETTLEMENT_RULE_UNANIMITY);
  EXPECT_EQ(
      Explanation({{"sales", "lost"}, {"marketing", "lost"}, {"membership", "lost"}}),
      "`lost`, because all voices agree: departments/sales says `lost`, departments/marketing "
      "says `lost`, departments/membership says `lost`.");
  EXPECT_EQ(
      Explanation({{"sales", "lost"}, {"marketing", "won"}}),
      "Undecided, because not all agree: departments/sales says `lost`, departments/marketing "
      "says `won` (which needs the fact `signed`), departments/membership is silent.");
}

}  // namespace
}  // namespace comity::judgement
