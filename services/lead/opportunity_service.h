// Handlers of OpportunityService.
#ifndef COMITY_LEAD_OPPORTUNITY_SERVICE_H_
#define COMITY_LEAD_OPPORTUNITY_SERVICE_H_

#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::lead {

class OpportunityService final : public v1::OpportunityService::CallbackService {
 public:
  using Api = v1::OpportunityService;
  explicit OpportunityService(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(CreateOpportunity, v1::CreateOpportunityRequest, v1::Opportunity)
  COMITY_UNARY(BatchCreateOpportunities, v1::BatchCreateOpportunitiesRequest,
               v1::BatchCreateOpportunitiesResponse)
  COMITY_UNARY(GetOpportunity, v1::GetOpportunityRequest, v1::Opportunity)
  COMITY_UNARY(ListOpportunities, v1::ListOpportunitiesRequest, v1::ListOpportunitiesResponse)
  COMITY_UNARY(UpdateOpportunity, v1::UpdateOpportunityRequest, v1::Opportunity)
  COMITY_UNARY(BatchUpdateOpportunities, v1::BatchUpdateOpportunitiesRequest,
               v1::BatchUpdateOpportunitiesResponse)
  COMITY_UNARY(GetSignedBrief, v1::GetSignedBriefRequest, v1::SignedBrief)
  COMITY_UNARY(GetTouches, v1::GetTouchesRequest, v1::TouchSet)
  COMITY_UNARY(GetPromises, v1::GetPromisesRequest, v1::PromiseSet)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::lead

#endif  // COMITY_LEAD_OPPORTUNITY_SERVICE_H_
