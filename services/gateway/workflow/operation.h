// A workflow as google.longrunning.Operation (AIP-151). Pure.
#ifndef COMITY_GATEWAY_WORKFLOW_OPERATION_H_
#define COMITY_GATEWAY_WORKFLOW_OPERATION_H_

#include "absl/status/statusor.h"
#include "comity/gateway/v1/workflow.pb.h"
#include "google/longrunning/operations.pb.h"
#include "services/gateway/workflow/definition.h"

namespace comity::gateway {

// `metadata` is the Workflow; at the end `response` by `definition`, or `error`, what it was
// refused for. `definition` may be null (a kind of a newer release): then there is no response.
google::longrunning::Operation OperationOf(const v1::WorkflowRecord& record,
                                           const Definition* definition);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_OPERATION_H_
