// Handlers of DisputeService; errors as the proto says.
#ifndef COMITY_GATEWAY_DISPUTE_DISPUTE_SERVICE_H_
#define COMITY_GATEWAY_DISPUTE_DISPUTE_SERVICE_H_

#include "comity/gateway/v1/dispute_service.grpc.pb.h"
#include "services/gateway/dispute/dispute_reader.h"
#include "services/runtime/server/unary.h"

namespace comity::gateway {

class DisputeService final : public v1::DisputeService::CallbackService {
 public:
  using Api = v1::DisputeService;
  // `forwarder`: asks the services as whoever calls; `caller`: as the gateway.
  DisputeService(server::Edge* edge, CallForwarder* forwarder, StepCaller* caller)
      : edge_(edge), reader_(forwarder, caller) {}
  COMITY_UNARY(OpenDispute, v1::OpenDisputeRequest, v1::Dispute)
  COMITY_UNARY(AnswerDispute, v1::AnswerDisputeRequest, v1::Dispute)
  COMITY_UNARY(WithdrawDispute, v1::WithdrawDisputeRequest, v1::Dispute)
  COMITY_UNARY(ProposeAgreement, v1::ProposeAgreementRequest, v1::Dispute)
  COMITY_UNARY(AgreeDispute, v1::AgreeDisputeRequest, v1::Dispute)
  COMITY_UNARY(DecideDispute, v1::DecideDisputeRequest, v1::Dispute)
  COMITY_UNARY(AppealDispute, v1::AppealDisputeRequest, v1::Dispute)
  COMITY_UNARY(FulfilDispute, v1::FulfilDisputeRequest, v1::Dispute)
  COMITY_UNARY(GetDispute, v1::GetDisputeRequest, v1::Dispute)
  COMITY_UNARY(ListDisputes, v1::ListDisputesRequest, v1::ListDisputesResponse)

 private:
  server::Edge* const edge_;
  const DisputeReader reader_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_DISPUTE_SERVICE_H_
