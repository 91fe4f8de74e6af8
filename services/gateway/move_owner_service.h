// Handlers of MoveOwnerService; errors as the proto says.
#ifndef COMITY_GATEWAY_MOVE_OWNER_SERVICE_H_
#define COMITY_GATEWAY_MOVE_OWNER_SERVICE_H_

#include "comity/gateway/v1/move_owner_service.grpc.pb.h"
#include "services/gateway/workflow/workflow_service.h"
#include "services/runtime/server/unary.h"

namespace comity::gateway {

class MoveOwnerService final : public v1::MoveOwnerService::CallbackService {
 public:
  using Api = v1::MoveOwnerService;
  MoveOwnerService(server::Edge* edge, WorkflowStarter starter) : edge_(edge), starter_(starter) {}
  COMITY_UNARY(MoveOwner, v1::MoveOwnerRequest, google::longrunning::Operation)

 private:
  server::Edge* const edge_;
  WorkflowStarter starter_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_MOVE_OWNER_SERVICE_H_
