#include "services/lead/lead_service.h"

#include "services/lead/lead_facts.h"
#include "services/lead/lead_rules.h"
#include "services/lead/lead_store.h"
#include "services/runtime/judgement/along.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::lead {
namespace {

// Changes the lead that the request names by a rule, and journals `type`.
template <typename Request>
absl::StatusOr<v1::Lead> Change(Call& call, const Request& request, const char* type,
                                const std::function<absl::Status(v1::Lead*)>& rule) {
  const auto change = [&rule](google::protobuf::Message* record) {
    return rule(static_cast<v1::Lead*>(record));
  };
  return storage::Transact<v1::Lead>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Lead> {
        v1::Lead lead;
        COMITY_RETURN_IF_ERROR(
            resource::ChangeIn(tx, call, LeadResource(), request.name(), type, change, &lead));
        return lead;
      });
}

}  // namespace

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

absl::StatusOr<v1::Lead> LeadService::BeginConversion(Call& call,
                                                      const v1::BeginConversionRequest& request) {
  return Change(call, request, "conversion-begun",
                [&](v1::Lead* lead) { return lead::BeginConversion(request.workflow(), lead); });
}

absl::StatusOr<v1::Lead> LeadService::CompleteConversion(
    Call& call, const v1::CompleteConversionRequest& request) {
  return Change(call, request, "converted",
                [&](v1::Lead* lead) { return lead::CompleteConversion(request, call.now, lead); });
}

absl::StatusOr<v1::Lead> LeadService::ReleaseConversion(
    Call& call, const v1::ReleaseConversionRequest& request) {
  if (!request.opportunity().empty()) {
    v1::CompleteConversionRequest kept;
    kept.set_workflow(request.workflow());
    kept.set_account(request.account());
    kept.set_contact(request.contact());
    kept.set_opportunity(request.opportunity());
    return Change(call, request, "converted",
                  [&](v1::Lead* lead) { return lead::CompleteConversion(kept, call.now, lead); });
  }
  return Change(call, request, "conversion-released", [&](v1::Lead* lead) {
    lead::ReleaseConversion(request.workflow(), lead);
    return absl::OkStatus();
  });
}

}  // namespace comity::lead
