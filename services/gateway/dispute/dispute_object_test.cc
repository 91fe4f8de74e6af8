#include "services/gateway/dispute/dispute_object.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kId[] = "01920000-0000-7000-8000-000000000001";
constexpr char kQuality[] = "questions/lead-quality";

std::string Lead() { return std::string("leads/") + kId; }
std::string JudgementName(char last) {
  std::string name = Lead() + "/judgements/" + kId;
  name.back() = last;
  return name;
}

std::string ParseReason(const std::string& about, const std::string& question = "") {
  return Reason(ParseAbout(about, question).status());
}

DisputeObject Parsed(const std::string& about, const std::string& question = "") {
  const auto object = ParseAbout(about, question);
  EXPECT_TRUE(object.ok()) << object.status();
  return object.value_or(DisputeObject());
}

// Sales holds it nurture, marketing qualified, membership nurture.
judgement::v1::GetStandingResponse Standing() {
  judgement::v1::GetStandingResponse response;
  auto& standing = *response.add_standings();
  standing.set_question(kQuality);
  char last = '1';
  for (const auto& [department, answer] :
       {std::pair<const char*, const char*>("departments/sales", "nurture"),
        std::pair<const char*, const char*>("departments/marketing", "qualified"),
        std::pair<const char*, const char*>("departments/membership", "nurture")}) {
    auto& judgement = *standing.add_judgements();
    judgement.set_name(JudgementName(last++));
    judgement.set_department(department);
    judgement.set_question(kQuality);
    judgement.set_answer(answer);
  }
  standing.mutable_settled()->set_answer("nurture");
  standing.mutable_settled()->set_department("departments/sales");
  standing.mutable_settled()->set_basis(type::v1::ANSWER_BASIS_OWN);
  return response;
}

TEST(DisputeObject, KnowsByItsNameWhatItIs) {
  EXPECT_EQ(Parsed(JudgementName('1')).kind, v1::DISPUTE_KIND_JUDGEMENT);
  EXPECT_EQ(Parsed(JudgementName('1')).subject, Lead());
  EXPECT_EQ(Parsed(Lead() + "/facts/" + kId).kind, v1::DISPUTE_KIND_FACT);
  EXPECT_EQ(Parsed(std::string("credit-statements/") + kId).kind,
            v1::DISPUTE_KIND_CREDIT_STATEMENT);
  EXPECT_EQ(Parsed(std::string("handovers/") + kId).kind, v1::DISPUTE_KIND_HANDOVER);
  EXPECT_EQ(Parsed(Lead(), kQuality).kind, v1::DISPUTE_KIND_SETTLEMENT);
}

TEST(DisputeObject, RefusesWhatCannotBeDisputed) {
  EXPECT_EQ(ParseReason(Lead()), "ABOUT_INVALID") << "a record says nothing";
  EXPECT_EQ(ParseReason(Lead(), kQuality), "");
  EXPECT_EQ(ParseReason(JudgementName('1'), kQuality), "QUESTION_NOT_EXPECTED");
  for (const std::string& about :
       {std::string(), std::string("leads"), std::string("leads/1/judgements/2"),
        Lead() + "/notes/" + kId, Lead() + "/facts", std::string("persons/ana"),
        std::string("campaigns/") + kId + "/facts/" + kId, std::string("disputes/") + kId}) {
    EXPECT_EQ(ParseReason(about), "ABOUT_INVALID") << about;
  }
}

TEST(DisputeObject, AJudgementIsDisputedWhileItStands) {
  DisputeObject object = Parsed(JudgementName('2'));
  ASSERT_TRUE(TakeJudgement(Standing(), &object).ok());
  EXPECT_EQ(object.question, kQuality);
  EXPECT_EQ(object.disputed, "qualified");
  EXPECT_THAT(object.others, ElementsAre("departments/marketing"));
  object = Parsed(JudgementName('9'));
  EXPECT_EQ(Reason(TakeJudgement(Standing(), &object)), "JUDGEMENT_NOT_STANDING");
}

TEST(DisputeObject, ASettlementIsOfThoseWhoMadeIt) {
  DisputeObject object = Parsed(Lead(), kQuality);
  auto response = Standing();
  ASSERT_TRUE(TakeSettlement(response, &object).ok());
  EXPECT_THAT(object.others, ElementsAre("departments/sales")) << "it decides alone";
  object.others.clear();
  auto& settled = *response.mutable_standings(0)->mutable_settled();
  settled.clear_department();
  ASSERT_TRUE(TakeSettlement(response, &object).ok());
  EXPECT_THAT(object.others, ElementsAre("departments/sales", "departments/membership"))
      << "a majority";
  settled.set_basis(type::v1::ANSWER_BASIS_FACT);
  EXPECT_EQ(Reason(TakeSettlement(response, &object)), "SETTLED_BY_FACT");
  settled.clear_answer();
  EXPECT_EQ(Reason(TakeSettlement(response, &object)), "NOT_SETTLED");
}

TEST(DisputeObject, AFactIsOfWhoRecordedIt) {
  DisputeObject object = Parsed(Lead() + "/facts/" + kId);
  fact::v1::Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_AMOUNT_CHANGED);
  ASSERT_TRUE(TakeFact(fact, &object).ok());
  EXPECT_THAT(object.others, IsEmpty()) << "a service's own";
  fact.mutable_actor()->set_department("departments/sales");
  ASSERT_TRUE(TakeFact(fact, &object).ok());
  EXPECT_THAT(object.others, ElementsAre("departments/sales"));
  EXPECT_EQ(object.disputed, "amount-changed");
  fact.set_superseded_by("leads/1/facts/2");
  EXPECT_EQ(Reason(TakeFact(fact, &object)), "FACT_SUPERSEDED");
}

TEST(DisputeObject, OnlyWhoOfferedObjectsToAReturn) {
  DisputeObject object = Parsed(std::string("handovers/") + kId);
  v1::Handover handover;
  handover.set_state(v1::HANDOVER_STATE_ACCEPTED);
  EXPECT_EQ(Reason(TakeHandover(handover, &object)), "HANDOVER_NOT_RETURNED");
  handover.set_state(v1::HANDOVER_STATE_RETURNED);
  handover.set_from("departments/marketing");
  handover.set_to("departments/sales");
  ASSERT_TRUE(TakeHandover(handover, &object).ok());
  EXPECT_THAT(object.parties, ElementsAre("departments/marketing"));
  EXPECT_THAT(object.others, ElementsAre("departments/sales"));
}

TEST(DisputeObject, SeesWhetherADepartmentHasJudgedOtherwise) {
  v1::Dispute dispute;
  dispute.set_subject(Lead());
  dispute.set_question(kQuality);
  dispute.set_disputed("nurture");
  EXPECT_EQ(DoneByJudgement(dispute, "departments/sales", Standing()), "");
  EXPECT_EQ(DoneByJudgement(dispute, "departments/marketing", Standing()), JudgementName('2'));
  EXPECT_EQ(DoneByJudgement(dispute, "departments/it", Standing()), Lead()) << "withdrawn";
  dispute.mutable_outcome()->set_answer("disqualified");
  EXPECT_EQ(DoneByJudgement(dispute, "departments/marketing", Standing()), "");
  EXPECT_EQ(DoneByJudgement(dispute, "departments/it", Standing()), "") << "it is to judge";
  dispute.mutable_outcome()->set_answer("qualified");
  EXPECT_EQ(DoneByJudgement(dispute, "departments/marketing", Standing()), JudgementName('2'));
}

}  // namespace
}  // namespace comity::gateway
