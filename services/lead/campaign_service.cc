#include "services/lead/campaign_service.h"

#include "services/lead/campaign_store.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::lead {

absl::StatusOr<v1::Campaign> CampaignService::CreateCampaign(
    Call& call, const v1::CreateCampaignRequest& request) {
  return resource::Create<v1::Campaign>(call, CampaignResource(), request);
}

absl::StatusOr<v1::BatchCreateCampaignsResponse> CampaignService::BatchCreateCampaigns(
    Call& call, const v1::BatchCreateCampaignsRequest& request) {
  return resource::BatchCreate<v1::BatchCreateCampaignsResponse>(call, CampaignResource(), request);
}

absl::StatusOr<v1::Campaign> CampaignService::GetCampaign(Call& call,
                                                          const v1::GetCampaignRequest& request) {
  return resource::Get<v1::Campaign>(call, CampaignResource(), request);
}

absl::StatusOr<v1::ListCampaignsResponse> CampaignService::ListCampaigns(
    Call& call, const v1::ListCampaignsRequest& request) {
  return resource::List<v1::ListCampaignsResponse>(call, CampaignResource(), request);
}

absl::StatusOr<v1::Campaign> CampaignService::UpdateCampaign(
    Call& call, const v1::UpdateCampaignRequest& request) {
  return resource::Update<v1::Campaign>(call, CampaignResource(), request);
}

}  // namespace comity::lead
