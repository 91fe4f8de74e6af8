#include "services/gateway/http_door/forwarded_headers.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/runtime/identity/token.h"
#include "services/runtime/server/trace.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

constexpr absl::string_view kBearer = "bearer ";

bool IsPrintable(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

}  // namespace

absl::StatusOr<std::string> TokenOf(const HttpRequest& request) {
  const std::string header = request.header("authorization");
  // A person stands behind every call through the door: without a token the gateway's own rights
  // would decide.
  if (!absl::StartsWithIgnoreCase(header, kBearer)) {
    return Unauthenticated("TOKEN_MISSING", "send a token: `Authorization: Bearer …`");
  }
  if (!IsPrintable(header)) {
    return Unauthenticated("TOKEN_MALFORMED", "a token is base64url text; get a new one");
  }
  if (header.size() > kBearer.size() + identity::kLargestToken) {
    return Unauthenticated("TOKEN_TOO_LARGE", "a token has at most 6 KiB");
  }
  return header.substr(kBearer.size());
}

std::vector<std::pair<std::string, std::string>> MetadataFor(const HttpRequest& request,
                                                             absl::string_view token) {
  std::vector<std::pair<std::string, std::string>> metadata;
  metadata.emplace_back("authorization", absl::StrCat("Bearer ", token));
  std::string parent = request.header("traceparent");
  if (!server::IsTraceparent(parent)) return metadata;
  metadata.emplace_back("traceparent", std::move(parent));
  std::string state = request.header("tracestate");
  if (server::IsTracestate(state)) metadata.emplace_back("tracestate", std::move(state));
  return metadata;
}

}  // namespace comity::gateway
