#include "services/lead/lead_service.h"

#include "services/lead/lead_facts.h"
#include "services/lead/lead_store.h"
#include "services/runtime/judgement/along.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::lead {

absl::StatusOr<v1::Lead> LeadService::CreateLead(Call& call, const v1::CreateLeadRequest& request) {
  return resource::Create<v1::Lead>(call, LeadResource(), request,
                                    judgement::RecordAlong(call, LeadFacts()));
}

absl::StatusOr<v1::BatchCreateLeadsResponse> LeadService::BatchCreateLeads(
    Call& call, const v1::BatchCreateLeadsRequest& request) {
  return resource::BatchCreate<v1::BatchCreateLeadsResponse>(
      call, LeadResource(), request, judgement::RecordAlong(call, LeadFacts()));
}

absl::StatusOr<v1::Lead> LeadService::GetLead(Call& call, const v1::GetLeadRequest& request) {
  return resource::Get<v1::Lead>(call, LeadResource(), request);
}

absl::StatusOr<v1::ListLeadsResponse> LeadService::ListLeads(Call& call,
                                                             const v1::ListLeadsRequest& request) {
  return resource::List<v1::ListLeadsResponse>(call, LeadResource(), request);
}

absl::StatusOr<v1::Lead> LeadService::UpdateLead(Call& call, const v1::UpdateLeadRequest& request) {
  return resource::Update<v1::Lead>(call, LeadResource(), request, /*check=*/{},
                                    judgement::RecordAlongUpdate(call, LeadFacts()));
}

absl::StatusOr<v1::BatchUpdateLeadsResponse> LeadService::BatchUpdateLeads(
    Call& call, const v1::BatchUpdateLeadsRequest& request) {
  return resource::BatchUpdate<v1::BatchUpdateLeadsResponse>(
      call, LeadResource(), request, /*check=*/{}, judgement::RecordAlongUpdate(call, LeadFacts()));
}

}  // namespace comity::lead
