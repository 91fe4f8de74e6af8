#include "services/gateway/workflow/operation.h"

namespace comity::gateway {
google::longrunning::Operation OperationOf(const v1::WorkflowRecord& record,
                                           const Definition* definition) {
  const v1::Workflow& workflow = record.workflow();
  google::longrunning::Operation operation;
  operation.set_name(workflow.name());
  operation.mutable_metadata()->PackFrom(workflow);
  if (workflow.state() == v1::WORKFLOW_STATE_WITHDRAWN) {
    operation.set_done(true);
    *operation.mutable_error() = workflow.refusal();
  } else if (workflow.state() == v1::WORKFLOW_STATE_SUCCEEDED) {
    operation.set_done(true);
    const auto input = UnpackAny(record.input());
    const auto data = UnpackAny(record.data());
    if (definition != nullptr && input != nullptr && data != nullptr) {
      const auto result = definition->result(
          {workflow.name(), *input, *data, workflow.actor(), workflow.create_time()});
      operation.mutable_response()->PackFrom(*result);
    }
  }
  return operation;
}

}  // namespace comity::gateway
