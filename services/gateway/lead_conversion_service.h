// Starts ConvertLead; errors as the proto says.
#ifndef COMITY_GATEWAY_LEAD_CONVERSION_SERVICE_H_
#define COMITY_GATEWAY_LEAD_CONVERSION_SERVICE_H_

#include "comity/gateway/v1/convert_lead_service.grpc.pb.h"
#include "services/gateway/workflow/workflow_service.h"
#include "services/runtime/server/unary.h"

namespace comity::gateway {

class LeadConversionService final : public v1::LeadConversionService::CallbackService {
 public:
  using Api = v1::LeadConversionService;
  LeadConversionService(server::Edge* edge, WorkflowStarter starter)
      : edge_(edge), starter_(starter) {}
  COMITY_UNARY(ConvertLead, v1::ConvertLeadRequest, google::longrunning::Operation)

 private:
  server::Edge* const edge_;
  WorkflowStarter starter_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_LEAD_CONVERSION_SERVICE_H_
