// What a server context says about its caller.
#ifndef COMITY_RUNTIME_SERVER_PEER_H_
#define COMITY_RUNTIME_SERVER_PEER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/grpcpp.h"

namespace comity::server {

// The workload of the verified client certificate. UNAUTHENTICATED reason WORKLOAD_UNKNOWN.
absl::StatusOr<std::string> PeerWorkload(const grpc::CallbackServerContext& context);

// The `authorization` header as received; empty when there is none.
// UNAUTHENTICATED reason TOKEN_MALFORMED when there are two, or one that is no bearer token.
absl::StatusOr<std::string> AuthorizationOf(const grpc::CallbackServerContext& context);
// The token in it.
absl::string_view TokenIn(absl::string_view authorization);

// The first value of a metadata key; empty when there is none.
std::string MetadataOf(const grpc::CallbackServerContext& context, absl::string_view key);
// All values of a metadata key, joined by commas as HTTP does.
std::string AllMetadataOf(const grpc::CallbackServerContext& context, absl::string_view key);

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_PEER_H_
