#include "services/gateway/dispute/call_forwarder.h"

#include "services/gateway/outcome.h"
#include "services/gateway/workflow/send_call.h"
#include "services/runtime/channel/channel.h"

namespace comity::gateway {

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> GrpcCallForwarder::Forward(
    const Call& call, const StepCall& step) {
  const auto channel = channel_to_(step.service);
  if (channel == nullptr) {
    return OutcomeOf(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""), step.service);
  }
  grpc::ClientContext context;
  channel::Forward(call, &context);
  return SendCall(channel, step, &context);
}

}  // namespace comity::gateway
