#include "services/gateway/lead_conversion_service.h"

namespace comity::gateway {

absl::StatusOr<google::longrunning::Operation> LeadConversionService::ConvertLead(
    Call& call, const v1::ConvertLeadRequest& request) {
  return starter_.Start(call, "convert-lead", request.lead(), request);
}

}  // namespace comity::gateway
