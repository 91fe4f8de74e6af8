// Asks another service something as whoever calls this one.
#ifndef COMITY_GATEWAY_DISPUTE_CALL_FORWARDER_H_
#define COMITY_GATEWAY_DISPUTE_CALL_FORWARDER_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/grpcpp.h"
#include "services/gateway/workflow/definition.h"
#include "services/runtime/server/call.h"

namespace comity::gateway {

// One interface, so that tests answer without processes.
class CallForwarder {
 public:
  virtual ~CallForwarder() = default;
  // The reply, or the service's error, to `step` as whoever calls.
  virtual absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Forward(
      const Call& call, const StepCall& step) = 0;
};

// Over gRPC.
class GrpcCallForwarder final : public CallForwarder {
 public:
  using ChannelTo = std::function<std::shared_ptr<grpc::Channel>(const std::string& service)>;
  explicit GrpcCallForwarder(ChannelTo channel_to) : channel_to_(std::move(channel_to)) {}
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Forward(const Call& call,
                                                                     const StepCall& step) override;

 private:
  const ChannelTo channel_to_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_CALL_FORWARDER_H_
