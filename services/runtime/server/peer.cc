#include "services/runtime/server/peer.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "grpc/grpc_security_constants.h"
#include "services/runtime/identity/spiffe.h"
#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

constexpr absl::string_view kBearer = "Bearer ";

std::string TextOf(grpc::string_ref text) { return std::string(text.data(), text.size()); }

}  // namespace

absl::StatusOr<std::string> PeerWorkload(const grpc::CallbackServerContext& context) {
  std::vector<std::string> uri_names;
  const auto auth = context.auth_context();
  if (auth != nullptr && auth->IsPeerAuthenticated()) {
    for (grpc::string_ref name : auth->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
      uri_names.push_back(TextOf(name));
    }
  }
  return identity::WorkloadOf(uri_names);
}

absl::StatusOr<std::string> AuthorizationOf(const grpc::CallbackServerContext& context) {
  const auto range = context.client_metadata().equal_range("authorization");
  if (range.first == range.second) return std::string();
  std::string value = TextOf(range.first->second);
  if (std::next(range.first) != range.second || !absl::StartsWith(value, kBearer)) {
    return Unauthenticated("TOKEN_MALFORMED",
                           "send one header `authorization: Bearer` with one token");
  }
  return value;
}

absl::string_view TokenIn(absl::string_view authorization) {
  return absl::StripPrefix(authorization, kBearer);
}

std::string MetadataOf(const grpc::CallbackServerContext& context, absl::string_view key) {
  const auto found = context.client_metadata().find(grpc::string_ref(key.data(), key.size()));
  return found == context.client_metadata().end() ? "" : TextOf(found->second);
}

std::string AllMetadataOf(const grpc::CallbackServerContext& context, absl::string_view key) {
  std::string all;
  const auto range =
      context.client_metadata().equal_range(grpc::string_ref(key.data(), key.size()));
  for (auto found = range.first; found != range.second; ++found) {
    absl::StrAppend(&all, all.empty() ? "" : ",", TextOf(found->second));
  }
  return all;
}

}  // namespace comity::server
