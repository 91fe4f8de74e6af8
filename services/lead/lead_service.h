// Handlers of LeadService.
#ifndef COMITY_LEAD_LEAD_SERVICE_H_
#define COMITY_LEAD_LEAD_SERVICE_H_

#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::lead {

class LeadService final : public v1::LeadService::CallbackService {
 public:
  using Api = v1::LeadService;
  explicit LeadService(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(CreateLead, v1::CreateLeadRequest, v1::Lead)
  COMITY_UNARY(BatchCreateLeads, v1::BatchCreateLeadsRequest, v1::BatchCreateLeadsResponse)
  COMITY_UNARY(GetLead, v1::GetLeadRequest, v1::Lead)
  COMITY_UNARY(ListLeads, v1::ListLeadsRequest, v1::ListLeadsResponse)
  COMITY_UNARY(UpdateLead, v1::UpdateLeadRequest, v1::Lead)
  COMITY_UNARY(BatchUpdateLeads, v1::BatchUpdateLeadsRequest, v1::BatchUpdateLeadsResponse)
  COMITY_UNARY(BeginConversion, v1::BeginConversionRequest, v1::Lead)
  COMITY_UNARY(CompleteConversion, v1::CompleteConversionRequest, v1::Lead)
  COMITY_UNARY(ReleaseConversion, v1::ReleaseConversionRequest, v1::Lead)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::lead

#endif  // COMITY_LEAD_LEAD_SERVICE_H_
