// An opportunity is signed: its buyer is received as a customer, and its credit is drawn.
#include <algorithm>
#include <utility>

#include "gtest/gtest.h"
#include "tests/faults/trial.h"
#include "tests/faults/workflow_world.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

bool StandsStill(const gateway::v1::Workflow& workflow) {
  return workflow.state() == gateway::v1::WORKFLOW_STATE_SUCCEEDED ||
         workflow.state() == gateway::v1::WORKFLOW_STATE_STUCK;
}

class SignatureTrial final : public Trial {
 public:
  explicit SignatureTrial(std::string kind) : kind_(std::move(kind)) {}
  void Start() override { made_ = Sign(NewFirm()); }
  std::string Workflow() override { return WorkflowOf(made_.opportunity, kind_); }
  void ExpectDone() override {
    const auto operation = AwaitEnd(Workflow());
    EXPECT_TRUE(operation.has_response()) << operation.ShortDebugString();
    if (kind_ == "onboard-customer") ExpectOnboarded(operation);
  }
  // Both workflows of it stand still by then: one is in the middle of nothing.
  void TakeBack() override {
    EXPECT_TRUE(Eventually([&] {
      const auto workflows = WorkflowsOf(made_.opportunity);
      return workflows.size() == 2 && std::all_of(workflows.begin(), workflows.end(), StandsStill);
    }));
    VoidSignature(made_);
  }
  void ExpectUndone() override {
    const std::string name = Workflow();
    EXPECT_TRUE(Eventually([&] { return IsWithdrawn(name); }))
        << GetWorkflow(name).ShortDebugString();
    EXPECT_EQ(ReasonOf(AwaitEnd(name)), "SIGNATURE_VOIDED");
  }

 private:
  const std::string kind_;
  SignedOpportunity made_;
};

}  // namespace

std::unique_ptr<Trial> TrySignature(const std::string& kind) {
  return std::make_unique<SignatureTrial>(kind);
}

}  // namespace comity::integration
