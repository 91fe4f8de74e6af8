// A call of any method of any service, by what its descriptor says.
#ifndef COMITY_GATEWAY_WORKFLOW_SEND_CALL_H_
#define COMITY_GATEWAY_WORKFLOW_SEND_CALL_H_

#include <memory>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/grpcpp.h"
#include "services/gateway/workflow/definition.h"

namespace comity::gateway {

// The reply, or the service's error; it ends by the call's deadline or by the method's own timeout,
// whichever is earlier. `context` says as whom. INTERNAL where there is no such method, or it
// answers another message.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> SendCall(
    const std::shared_ptr<grpc::Channel>& channel, const StepCall& call,
    grpc::ClientContext* context);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_SEND_CALL_H_
