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
  const v1::Standing standing = StandingOf(question, "departments/marketing", judgements, {});
  EXPECT_EQ(standing.judgements_size(), 2);
  EXPECT_EQ(standing.settled().answer(), "disqualified");
  EXPECT_EQ(standing.lens_answer().answer(), "qualified");
  EXPECT_EQ(standing.lens_answer().basis(), type::v1::ANSWER_BASIS_OWN);
  EXPECT_FALSE(standing.explanation().empty());
  EXPECT_EQ(StandingOf(outcome_, "settled", judgements, {}).settled().answer(), "");
}

}  // namespace
}  // namespace comity::judgement
