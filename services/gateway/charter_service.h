// Handlers of CharterService; errors as the proto says.
#ifndef COMITY_GATEWAY_CHARTER_SERVICE_H_
#define COMITY_GATEWAY_CHARTER_SERVICE_H_

#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "services/gateway/workflow/runner.h"
#include "services/gateway/workflow/step_caller.h"
#include "services/runtime/server/unary.h"

namespace comity::gateway {

class CharterService final : public v1::CharterService::CallbackService {
 public:
  using Api = v1::CharterService;
  // `asker` asks reporting for previews, on behalf of persons.
  CharterService(server::Edge* edge, Runner* runner, StepCaller* asker)
      : edge_(edge), runner_(runner), asker_(asker) {}
  COMITY_UNARY(GetCharter, v1::GetCharterRequest, type::v1::Charter)
  COMITY_UNARY(ListRevisions, v1::ListRevisionsRequest, v1::ListRevisionsResponse)
  COMITY_UNARY(CreateProposal, v1::CreateProposalRequest, v1::CharterProposal)
  COMITY_UNARY(AmendProposal, v1::AmendProposalRequest, v1::CharterProposal)
  COMITY_UNARY(GetProposal, v1::GetProposalRequest, v1::CharterProposal)
  COMITY_UNARY(ListProposals, v1::ListProposalsRequest, v1::ListProposalsResponse)
  COMITY_UNARY(PreviewProposal, v1::PreviewProposalRequest, v1::CharterProposal)
  COMITY_UNARY(SignProposal, v1::SignProposalRequest, v1::CharterProposal)
  COMITY_UNARY(RefuseProposal, v1::RefuseProposalRequest, v1::CharterProposal)
  COMITY_UNARY(CommentOnProposal, v1::CommentOnProposalRequest, v1::CharterProposal)
  COMITY_UNARY(WithdrawProposal, v1::WithdrawProposalRequest, v1::CharterProposal)
  // Of delegations: charter_delegations.cc.
  COMITY_UNARY(DelegateSignature, v1::DelegateSignatureRequest, v1::CharterDelegation)
  COMITY_UNARY(GetDelegation, v1::GetDelegationRequest, v1::CharterDelegation)
  COMITY_UNARY(ListDelegations, v1::ListDelegationsRequest, v1::ListDelegationsResponse)
  COMITY_UNARY(RevokeDelegation, v1::RevokeDelegationRequest, v1::CharterDelegation)
  COMITY_UNARY(SignAsDelegate, v1::SignAsDelegateRequest, v1::CharterProposal)
  COMITY_UNARY(EnactProposal, v1::EnactProposalRequest, v1::CharterProposal)

 private:
  server::Edge* const edge_;
  Runner* const runner_;
  StepCaller* const asker_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CHARTER_SERVICE_H_
