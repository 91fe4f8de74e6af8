// Channels to the other services: mTLS with the peer's SPIFFE id pinned, client-side health checks,
// round_robin, retries of UNAVAILABLE only.
#ifndef COMITY_RUNTIME_CHANNEL_CHANNEL_H_
#define COMITY_RUNTIME_CHANNEL_CHANNEL_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"
#include "services/runtime/server/call.h"

namespace comity::channel {

struct TlsFiles {
  std::string certificate;
  std::string key;
  std::string ca;
};

// One channel per peer, made at once, connected when used. Thread-safe.
class Channels {
 public:
  // `addresses`: service → `host:port`.
  Channels(TlsFiles tls, std::map<std::string, std::string> addresses);
  // Null when no address is known for `service`.
  std::shared_ptr<grpc::Channel> To(const std::string& service) const;

 private:
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

// Sets deadline, trace and bearer token of an outgoing call made for `call`.
void Forward(const Call& call, grpc::ClientContext* context);

// The absl::Status of a grpc::Status, details and all (the inverse of ToGrpcStatus).
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace comity::channel

#endif  // COMITY_RUNTIME_CHANNEL_CHANNEL_H_
