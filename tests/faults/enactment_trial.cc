// A change of the charter gets its last signature, and comes into force in all services.
#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "tests/faults/insist.h"
#include "tests/faults/trial.h"
#include "tests/faults/workflow_world.h"
#include "tests/integration/proposals.h"

namespace comity::integration {
namespace {

class EnactmentTrial final : public Trial {
 public:
  // A proposal that lacks the last signature.
  void Prepare() override {
    proposal_ =
        Propose("sam@sales", CharterWithCriteria(absl::StrCat("Asked at ", NewRequestId())));
    for (int i = 0; i + 1 < proposal_.affected_size(); ++i) {
      EXPECT_TRUE(Sign(StewardOf(proposal_.affected(i)), proposal_).ok());
    }
  }
  void Start() override {
    const std::string as = StewardOf(*proposal_.affected().rbegin());
    gateway::v1::SignProposalRequest request;
    request.set_name(proposal_.name());
    *request.mutable_signature() = SignatureOf(as, proposal_.body());
    request.set_request_id(NewRequestId());
    Insist(&gateway::v1::CharterService::Stub::SignProposal, "gateway", request, as);
  }
  std::string Workflow() override { return WorkflowOf(proposal_.name(), "enact-charter"); }
  void ExpectDone() override {
    const auto enacted = AwaitState(proposal_.name(), gateway::v1::CHARTER_PROPOSAL_STATE_ENACTED);
    EXPECT_TRUE(enacted.has_effective_time());
    AwaitRevision(proposal_.base_revision() + 1);
    EXPECT_EQ(WorkflowsOf(proposal_.name()).size(), 1u);
  }

 private:
  gateway::v1::CharterProposal proposal_;
};

}  // namespace

std::unique_ptr<Trial> TryEnactment() { return std::make_unique<EnactmentTrial>(); }

}  // namespace comity::integration
