#include "services/runtime/channel/channel.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/channel/tls.h"

namespace comity::channel {
namespace {

constexpr int kKeepaliveMs = 20000;
constexpr int kKeepaliveTimeoutMs = 10000;
constexpr int kLargestReply = 4 << 20;  // bytes

// Every write carries a request_id, so that a retry has its effect once.
constexpr char kServiceConfig[] = R"({
  "loadBalancingConfig": [{"round_robin": {}}],
  "healthCheckConfig": {"serviceName": ""},
  "methodConfig": [{
    "name": [{}],
    "retryPolicy": {
      "maxAttempts": 3,
      "initialBackoff": "0.05s",
      "maxBackoff": "1s",
      "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }],
  "retryThrottling": {"maxTokens": 20, "tokenRatio": 0.5}
})";

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 1);
  arguments.SetSslTargetNameOverride("localhost");  // a name in every certificate
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // A service that comes back is found within two seconds.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  // How long an attempt may take: on a busy machine a handshake takes more than a second.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetMaxReceiveMessageSize(kLargestReply);
  return arguments;
}

}  // namespace

Channels::Channels(TlsFiles tls, std::map<std::string, std::string> addresses) {
  for (const auto& [service, address] : addresses) {
    channels_[service] = grpc::CreateCustomChannel(
        address, ChannelTls(tls, absl::StrCat("service/", service)), Arguments());
  }
}

std::shared_ptr<grpc::Channel> Channels::To(const std::string& service) const {
  const auto found = channels_.find(service);
  return found == channels_.end() ? nullptr : found->second;
}

void Forward(const Call& call, grpc::ClientContext* context) {
  context->set_deadline(absl::ToChronoTime(call.deadline));
  if (!call.traceparent.empty()) context->AddMetadata("traceparent", call.traceparent);
  if (!call.tracestate.empty()) context->AddMetadata("tracestate", call.tracestate);
  if (!call.authorization.empty()) context->AddMetadata("authorization", call.authorization);
}

}  // namespace comity::channel
