// Statements that signatures draw, by the handler and by the workflow.
#include <set>

#include "gmock/gmock.h"
#include "services/gateway/credit/credit_statements_fixture.h"
#include "services/runtime/server/validate.h"

namespace comity::gateway {
namespace {

using DrawCreditTest = CreditStatementsTest;
using testing::ElementsAre;

TEST_F(DrawCreditTest, ASignatureDrawsOne) {
  const lead::v1::TouchSet& set = Signed(10);
  const std::string name = Drawn(set, 10);
  EXPECT_EQ(Drawn(set, 10), name);
  EXPECT_EQ(List("")->statements_size(), 1);
}

TEST_F(DrawCreditTest, ACorrectedSignatureMakesReversalAndNewLines) {
  lead::v1::TouchSet& set = Signed(10, 12'000);
  const std::string first = Drawn(set, 10);
  const lead::v1::TouchSet as_before = set;
  Sign(&set, 10, 9'000);  // it keeps its place in the journal
  set.mutable_signature()->add_corrects(set.signature().fact());
  set.mutable_signature()->set_fact(set.opportunity() + "/facts/corrected");
  const std::string second = Drawn(set, 30);
  EXPECT_NE(second, first);
  EXPECT_EQ(Get(first).state(), v1::CREDIT_STATE_REVERSED);
  EXPECT_EQ(ReasonFor(first), "SIGNATURE_CORRECTED");
  EXPECT_EQ(Get(second).state(), v1::CREDIT_STATE_DRAWN);
  int64_t sum = 0;
  for (const auto& [party, cents] : SumsOf(set.opportunity())) sum += cents;
  EXPECT_EQ(sum, 900'000);
  EXPECT_EQ(Drawn(as_before, 10), "") << "a late drawing of the earlier one";
  EXPECT_EQ(Get(second).state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_EQ(List("state = REVERSED")->statements_size(), 1);
}

TEST_F(DrawCreditTest, AnotherSignatureNegatesAsVoided) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string first = Drawn(set, 10);
  Sign(&set, 30, 9'000);  // the first one was voided, and its workflow is slower
  Drawn(set, 30);
  EXPECT_EQ(ReasonFor(first), "SIGNATURE_VOIDED");
}

TEST_F(DrawCreditTest, TooManyTouchesEndTheWorkflowToo) {
  lead::v1::TouchSet& set = Signed(10);
  set.clear_touches();
  set.set_too_many(true);
  const v1::Workflow workflow = Run(Start(set, 10));
  EXPECT_EQ(workflow.state(), v1::WORKFLOW_STATE_SUCCEEDED) << workflow.DebugString();
  const v1::CreditStatement statement = Get(workflow.steps(1).record());
  EXPECT_EQ(statement.result(), v1::CREDIT_RESULT_TOO_MANY_TOUCHES);
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_THAT(statement.departments(), ElementsAre(kOwnMarketing, kOwnSales));
  EXPECT_EQ(Reverse(statement.name()).substr(0, 18), "credit-statements/");
}

TEST_F(DrawCreditTest, AsManyTouchesAsThereMayBePassTheEdge) {
  lead::v1::TouchSet& set = Signed(50'000);
  while (set.touches_size() < 1'000) {
    Touch(&set, absl::StrCat("leads/1/facts/", set.touches_size()), kOwnMarketing);
  }
  v1::DrawStatementRequest request;
  *request.mutable_touches() = set;
  EXPECT_TRUE(server::Validate(request).ok()) << server::Validate(request);
  EXPECT_EQ(Get(Drawn(set, 50'000)).touches_size(), 1'000);
}

TEST_F(DrawCreditTest, WithoutARuleNothingIsDrawn) {
  charter::Book& book = *runtime_.runtime()->charters;
  type::v1::Charter document = book.last().charter.document();
  document.set_revision(2);
  document.clear_credit_rules();
  book.Put({charter::Charter::Make(document).value(), "", absl::Now()});
  lead::v1::TouchSet& set = Signed(10);
  set.set_charter_revision(2);
  EXPECT_EQ(Drawn(set, 10), "");
  EXPECT_EQ(List("")->statements_size(), 0);
}

TEST_F(DrawCreditTest, AWorkflowDrawsOnceWhateverAnswerIsLost) {
  const lead::v1::TouchSet& set = Signed(10);
  std::set<std::string> lost;
  caller_.after = [&lost](const std::string& method) {
    return lost.insert(method).second ? Unavailable("SERVICE_UNAVAILABLE", "its answer is lost")
                                      : absl::OkStatus();
  };
  const v1::Workflow workflow = Run(Start(set, 10));
  EXPECT_EQ(workflow.state(), v1::WORKFLOW_STATE_SUCCEEDED) << workflow.DebugString();
  EXPECT_EQ(lost.size(), 2u);
  ASSERT_EQ(List("")->statements_size(), 1);
  EXPECT_EQ(workflow.steps(1).record(), List("")->statements(0).name());
}

TEST_F(DrawCreditTest, AVoidedSignatureUndoesIt) {
  const lead::v1::TouchSet& set = Signed(10);
  const std::string workflow = Start(set, 10);
  Run(workflow);
  Void(set.opportunity(), 20);
  EXPECT_EQ(Run(workflow).state(), v1::WORKFLOW_STATE_WITHDRAWN);
  EXPECT_EQ(List("")->statements_size(), 2);
  for (const auto& [party, cents] : SumsOf(set.opportunity())) EXPECT_EQ(cents, 0) << party;
}

TEST_F(DrawCreditTest, ASignatureThatStandsNoMoreDrawsNothing) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string workflow = Start(set, 10);
  set.clear_signature();
  EXPECT_EQ(Run(workflow).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  EXPECT_EQ(List("")->statements_size(), 0);
  Void(set.opportunity(), 20);
  EXPECT_EQ(Run(workflow).state(), v1::WORKFLOW_STATE_WITHDRAWN);
  EXPECT_EQ(List("")->statements_size(), 0);
}

}  // namespace
}  // namespace comity::gateway
