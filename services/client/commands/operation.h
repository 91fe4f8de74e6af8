// Waiting for a workflow's end, as google.longrunning.Operation.
#ifndef COMITY_CLIENT_COMMANDS_OPERATION_H_
#define COMITY_CLIENT_COMMANDS_OPERATION_H_

#include <string>

#include "comity/gateway/v1/workflow.pb.h"
#include "google/longrunning/operations.pb.h"
#include "services/client/commands/context.h"

namespace comity::client {

inline constexpr char kWorkflows[] = "comity.gateway.v1.WorkflowService/";

// `running`, `stuck` …
std::string StateName(const gateway::v1::Workflow& workflow);
// `running, create-contact, tried 3 times`.
std::string WhereItStands(const gateway::v1::Workflow& workflow);

// Waits for its end, with a line of progress, also while the gateway is away: it is known there.
// Whoever stops waiting stops nothing.
// FAILED_PRECONDITION reasons WORKFLOW_STUCK, WORKFLOW_STOPPED: it waits for somebody.
absl::StatusOr<google::longrunning::Operation> Await(Context& context,
                                                     google::longrunning::Operation operation);

}  // namespace comity::client

#endif  // COMITY_CLIENT_COMMANDS_OPERATION_H_
