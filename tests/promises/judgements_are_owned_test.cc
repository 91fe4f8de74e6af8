// Promise 1: facts are shared, judgements are owned.
#include <map>
#include <string>

#include "comity/fact/v1/fact_service.grpc.pb.h"
#include "comity/judgement/v1/judgement_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/records.h"

namespace comity::integration {
namespace {

std::map<std::string, std::string> AnswersByDepartment(const std::string& as,
                                                       const std::string& lead) {
  std::map<std::string, std::string> answers;
  const auto standing = StandingOf(as, lead, "lead-quality");
  EXPECT_TRUE(standing.ok()) << standing.status();
  if (!standing.ok()) return answers;
  for (const auto& judgement : standing->judgements()) {
    answers[judgement.department()] = judgement.answer();
  }
  return answers;
}

TEST(JudgementsAreOwned, TwoDepartmentsSeeTheSameLeadDifferently) {
  const auto lead = CreateLead("mia@marketing");
  ASSERT_TRUE(lead.ok()) << lead.status();
  ASSERT_TRUE(Judge("mia@marketing", lead->name(), "lead-quality", "qualified").ok());
  ASSERT_TRUE(Judge("ana@sales", lead->name(), "lead-quality", "nurture").ok());
  const std::map<std::string, std::string> both = {{"departments/marketing", "qualified"},
                                                   {"departments/sales", "nurture"}};
  EXPECT_EQ(AnswersByDepartment("mia@marketing", lead->name()), both);
  EXPECT_EQ(AnswersByDepartment("ana@sales", lead->name()), both);
  EXPECT_EQ(StandingOf("mia@marketing", lead->name(), "lead-quality")->lens_answer().answer(),
            "qualified");
  EXPECT_EQ(StandingOf("ana@sales", lead->name(), "lead-quality")->lens_answer().answer(),
            "nurture");
}

TEST(JudgementsAreOwned, NobodyJudgesInAnotherDepartmentsName) {
  const auto lead = CreateLead("ana@sales");
  ASSERT_TRUE(lead.ok());
  ASSERT_TRUE(Judge("mia@marketing", lead->name(), "lead-quality", "qualified").ok());
  judgement::v1::JudgeRequest request;
  auto* judgement = request.mutable_judgement();
  judgement->set_subject(lead->name());
  judgement->set_question("questions/lead-quality");
  judgement->set_answer("disqualified");
  judgement->set_department("departments/marketing");
  judgement->mutable_actor()->set_person("persons/mia");
  request.set_request_id(NewRequestId());
  const auto judged = Suite::Get().Call(&judgement::v1::JudgementService::Stub::Judge, "lead",
                                        "ana@sales", request);
  if (judged.ok()) {
    EXPECT_EQ(judged->department(), "departments/sales") << "the credential says who judges";
    EXPECT_EQ(judged->actor().person(), "persons/ana");
  }
  EXPECT_EQ(AnswersByDepartment("ana@sales", lead->name()).at("departments/marketing"),
            "qualified");
}

TEST(JudgementsAreOwned, NoVoiceNoJudgement) {
  const auto lead = CreateLead("ana@sales");
  ASSERT_TRUE(lead.ok());
  const absl::Status status =
      Judge("sue@support", lead->name(), "lead-quality", "qualified").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
}

TEST(JudgementsAreOwned, AFactIsTheSameForAll) {
  const std::string opportunity = CreateOpportunity("ana@sales", CreateAccount("ana@sales"));
  ASSERT_TRUE(RecordFact("ana@sales", opportunity, fact::v1::FACT_KIND_SIGNED).ok());
  for (const std::string as : {"ana@sales", "mia@marketing", "max@management"}) {
    const auto standing = StandingOf(as, opportunity, "opportunity-outcome");
    ASSERT_TRUE(standing.ok()) << as << standing.status();
    EXPECT_EQ(standing->lens_answer().answer(), "won") << as;
    EXPECT_EQ(standing->lens_answer().basis(), type::v1::ANSWER_BASIS_FACT) << as;
  }
}

}  // namespace
}  // namespace comity::integration
