// Handlers of CampaignService.
#ifndef COMITY_LEAD_CAMPAIGN_SERVICE_H_
#define COMITY_LEAD_CAMPAIGN_SERVICE_H_

#include "comity/lead/v1/campaign_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::lead {

class CampaignService final : public v1::CampaignService::CallbackService {
 public:
  using Api = v1::CampaignService;
  explicit CampaignService(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(CreateCampaign, v1::CreateCampaignRequest, v1::Campaign)
  COMITY_UNARY(BatchCreateCampaigns, v1::BatchCreateCampaignsRequest,
               v1::BatchCreateCampaignsResponse)
  COMITY_UNARY(GetCampaign, v1::GetCampaignRequest, v1::Campaign)
  COMITY_UNARY(ListCampaigns, v1::ListCampaignsRequest, v1::ListCampaignsResponse)
  COMITY_UNARY(UpdateCampaign, v1::UpdateCampaignRequest, v1::Campaign)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::lead

#endif  // COMITY_LEAD_CAMPAIGN_SERVICE_H_
