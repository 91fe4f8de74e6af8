// Handlers of WorkflowService, and how handlers of other services start a workflow.
#ifndef COMITY_GATEWAY_WORKFLOW_WORKFLOW_SERVICE_H_
#define COMITY_GATEWAY_WORKFLOW_WORKFLOW_SERVICE_H_

#include <string>

#include "comity/gateway/v1/workflow_service.grpc.pb.h"
#include "services/gateway/workflow/runner.h"
#include "services/gateway/workflow/waiters.h"
#include "services/gateway/workflow/workflow_store.h"
#include "services/runtime/server/unary.h"

namespace comity::gateway {

// Starts workflows for callers: stores them with the answer to their request, and runs them here.
class WorkflowStarter {
 public:
  explicit WorkflowStarter(Runner* runner) : runner_(runner) {}
  // Of `request`, a message with request_id and validate_only; `subject`: what it is about. Returns
  // the operation as it begins. A repeated request returns the first answer and starts nothing.
  absl::StatusOr<google::longrunning::Operation> Start(Call& call, const std::string& kind,
                                                       const std::string& subject,
                                                       const google::protobuf::Message& request);

 private:
  Runner* const runner_;
};

// What a workflow is started with.
struct Beginning {
  std::string subject;
  type::v1::Actor actor;  // on whose behalf
  const google::protobuf::Message& input;
  Start start;
};
// Starts one in a transaction that does more; whichever replica finds it due runs it. One that its
// key has started before is left as it is. Returns its name.
absl::StatusOr<std::string> StartWorkflow(storage::Transaction& tx, absl::Time now,
                                          const Definition& definition, const Beginning& beginning);

class WorkflowService final : public v1::WorkflowService::CallbackService {
 public:
  using Api = v1::WorkflowService;
  WorkflowService(server::Edge* edge, const Runner* runner, Waiters* waiters)
      : edge_(edge), runner_(runner), waiters_(waiters) {}
  COMITY_UNARY(GetWorkflow, v1::GetWorkflowRequest, v1::Workflow)
  COMITY_UNARY(ListWorkflows, v1::ListWorkflowsRequest, v1::ListWorkflowsResponse)
  COMITY_UNARY(StopWorkflow, v1::StopWorkflowRequest, v1::Workflow)
  COMITY_UNARY(ResumeWorkflow, v1::ResumeWorkflowRequest, v1::Workflow)
  COMITY_UNARY(UndoWorkflow, v1::UndoWorkflowRequest, v1::Workflow)
  COMITY_UNARY(GetOperation, google::longrunning::GetOperationRequest,
               google::longrunning::Operation)
  grpc::ServerUnaryReactor* WaitOperation(grpc::CallbackServerContext* context,
                                          const google::longrunning::WaitOperationRequest* request,
                                          google::longrunning::Operation* response) override;

 private:
  absl::StatusOr<google::longrunning::Operation> Read(Call& call, const std::string& name) const;

  server::Edge* const edge_;
  const Runner* const runner_;
  Waiters* const waiters_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_WORKFLOW_SERVICE_H_
