// Handlers of HandoverService; errors as the proto says.
#ifndef COMITY_GATEWAY_HANDOVER_HANDOVER_SERVICE_H_
#define COMITY_GATEWAY_HANDOVER_HANDOVER_SERVICE_H_

#include "comity/gateway/v1/handover_service.grpc.pb.h"
#include "services/gateway/handover/responsibility_reader.h"
#include "services/gateway/workflow/runner.h"
#include "services/gateway/workflow/step_caller.h"
#include "services/runtime/server/unary.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

class HandoverService final : public v1::HandoverService::CallbackService {
 public:
  using Api = v1::HandoverService;
  // `caller`: asks the services that own records who is responsible, and on behalf of whoever
  // offers what was promised.
  HandoverService(server::Edge* edge, Runner* runner, StepCaller* caller)
      : edge_(edge), runner_(runner), caller_(caller) {}
  COMITY_UNARY(OfferHandover, v1::OfferHandoverRequest, v1::Handover)
  COMITY_UNARY(BatchOfferHandovers, v1::BatchOfferHandoversRequest, v1::BatchOfferHandoversResponse)
  COMITY_UNARY(AcceptHandover, v1::AcceptHandoverRequest, google::longrunning::Operation)
  COMITY_UNARY(BatchAcceptHandovers, v1::BatchAcceptHandoversRequest,
               v1::BatchAcceptHandoversResponse)
  COMITY_UNARY(ReturnHandover, v1::ReturnHandoverRequest, v1::Handover)
  COMITY_UNARY(WithdrawHandover, v1::WithdrawHandoverRequest, v1::Handover)
  COMITY_UNARY(GetHandover, v1::GetHandoverRequest, v1::Handover)
  COMITY_UNARY(ListHandovers, v1::ListHandoversRequest, v1::ListHandoversResponse)
  COMITY_UNARY(BeginAcceptance, v1::BeginAcceptanceRequest, v1::Handover)
  COMITY_UNARY(CompleteAcceptance, v1::CompleteAcceptanceRequest, v1::Handover)
  COMITY_UNARY(ReleaseAcceptance, v1::ReleaseAcceptanceRequest, v1::Handover)
  COMITY_UNARY(OfferCustomer, v1::OfferCustomerRequest, v1::OfferCustomerResponse)
  COMITY_UNARY(TakeBackOffer, v1::TakeBackOfferRequest, v1::TakeBackOfferResponse)

 private:
  // What is to be done for one request, or why it is not; it fills `reply`.
  static absl::Status Prepare(Call& call, const v1::OfferHandoverRequest& request,
                              ResponsibilityReader* reader, v1::Handover* reply,
                              storage::BatchItem* item);
  absl::Status Prepare(Call& call, const v1::AcceptHandoverRequest& request,
                       google::longrunning::Operation* reply, storage::BatchItem* item) const;

  server::Edge* const edge_;
  Runner* const runner_;
  StepCaller* const caller_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_HANDOVER_SERVICE_H_
