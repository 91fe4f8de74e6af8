// Handlers of ParticipantService: what a service owes the workflows that cross it.
#ifndef COMITY_RUNTIME_WORKFLOW_PARTICIPANT_SERVICE_H_
#define COMITY_RUNTIME_WORKFLOW_PARTICIPANT_SERVICE_H_

#include <string>
#include <utility>
#include <vector>

#include "comity/workflow/v1/participant_service.grpc.pb.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/server/unary.h"
#include "services/runtime/workflow/withdraw.h"

namespace comity::workflow {

class ParticipantService final : public v1::ParticipantService::CallbackService {
 public:
  using Api = v1::ParticipantService;
  // `subjects`: what persons work on here.
  ParticipantService(server::Edge* edge, std::vector<Withdrawable> kinds,
                     std::vector<fact::SubjectFacts> subjects)
      : edge_(edge), kinds_(std::move(kinds)), subjects_(std::move(subjects)) {}
  COMITY_UNARY(VoidRequest, v1::VoidRequestRequest, v1::VoidRequestResponse)
  COMITY_UNARY(WithdrawRecord, v1::WithdrawRecordRequest, v1::WithdrawRecordResponse)
  COMITY_UNARY(MoveOwned, v1::MoveOwnedRequest, v1::MoveOwnedResponse)
  COMITY_UNARY(GetResponsibility, v1::GetResponsibilityRequest, v1::Responsibility)
  COMITY_UNARY(TransferResponsibility, v1::TransferResponsibilityRequest, v1::Responsibility)
  COMITY_UNARY(RestoreResponsibility, v1::RestoreResponsibilityRequest,
               v1::RestoreResponsibilityResponse)

 private:
  // INVALID_ARGUMENT reason NOT_HANDED_OVER.
  absl::StatusOr<const fact::SubjectFacts*> KindOf(const std::string& name) const;

  server::Edge* const edge_;
  const std::vector<Withdrawable> kinds_;
  const std::vector<fact::SubjectFacts> subjects_;
};

}  // namespace comity::workflow

#endif  // COMITY_RUNTIME_WORKFLOW_PARTICIPANT_SERVICE_H_
