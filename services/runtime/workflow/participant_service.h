// Handlers of ParticipantService: what a service owes the workflows that cross it.
#ifndef COMITY_RUNTIME_WORKFLOW_PARTICIPANT_SERVICE_H_
#define COMITY_RUNTIME_WORKFLOW_PARTICIPANT_SERVICE_H_

#include <string>
#include <utility>
#include <vector>

#include "comity/workflow/v1/participant_service.grpc.pb.h"
#include "services/runtime/server/unary.h"
#include "services/runtime/workflow/withdraw.h"

namespace comity::workflow {

class ParticipantService final : public v1::ParticipantService::CallbackService {
 public:
  using Api = v1::ParticipantService;
  ParticipantService(server::Edge* edge, std::vector<Withdrawable> kinds)
      : edge_(edge), kinds_(std::move(kinds)) {}
  COMITY_UNARY(VoidRequest, v1::VoidRequestRequest, v1::VoidRequestResponse)
  COMITY_UNARY(WithdrawRecord, v1::WithdrawRecordRequest, v1::WithdrawRecordResponse)

 private:
  server::Edge* const edge_;
  const std::vector<Withdrawable> kinds_;
};

}  // namespace comity::workflow

#endif  // COMITY_RUNTIME_WORKFLOW_PARTICIPANT_SERVICE_H_
