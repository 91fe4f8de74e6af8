// Tokens, page tokens, the names in a certificate, traces: what says who calls.
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "services/runtime/identity/spiffe.h"
#include "services/runtime/identity/token.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/server/call.h"
#include "services/runtime/server/trace.h"
#include "services/runtime/status/errors.h"
#include "tests/fuzz/targets.h"

namespace comity::fuzz {
namespace {

std::string Encode(absl::string_view text) { return absl::WebSafeBase64Escape(text); }

std::string Compact(absl::string_view header, absl::string_view claims) {
  return absl::StrCat(Encode(header), ".", Encode(claims), ".", Encode(std::string(64, 's')));
}

Call MakeCall(const Runtime* runtime) {
  Call call;
  call.runtime = runtime;
  call.method = "comity.lead.v1.LeadService/ListLeads";
  call.principal = {"client/cli", "persons/ana", "departments/sales", {}};
  return call;
}

}  // namespace

// Also as header and claims in clear, which no mutation of base64 would reach: after a line break.
void FuzzToken(absl::string_view bytes) {
  std::string text(bytes);
  const size_t cut = bytes.find('\n');
  if (cut != absl::string_view::npos) text = Compact(bytes.substr(0, cut), bytes.substr(cut + 1));
  const absl::StatusOr<identity::Token> token = identity::ParseToken(text);
  if (!token.ok()) {
    Check(token.status().code() == absl::StatusCode::kUnauthenticated, "a bad token has its error");
    Check(!Reason(token.status()).empty(), "the error has a reason");
    return;
  }
  Check(text.size() <= identity::kLargestToken, "a token is bounded");
  Check(absl::StartsWith(text, token->signed_part + "."), "what is signed is what was sent");
  Check(!token->algorithm.empty() && token->algorithm != "none", "an algorithm is named");
  identity::CheckTimes(*token, absl::FromUnixSeconds(1767225600)).IgnoreError();
}

std::vector<std::string> TokenSeeds() {
  const std::string header = R"({"alg":"ES256","kid":"k","typ":"JWT"})";
  const std::string claims =
      R"({"iss":"i","aud":["comity"],"sub":"persons/ana","dept":"departments/sales",)"
      R"("iat":1767225600,"nbf":1767225600,"exp":1767229200})";
  return {Compact(header, claims), absl::StrCat(header, "\n", claims)};
}

// No bytes but those that were made for this query are a token for it.
void FuzzPageToken(absl::string_view bytes) {
  Runtime runtime;
  runtime.page_token_key = "a key that no caller knows";
  const Call call = MakeCall(&runtime);
  lead::v1::ListLeadsRequest request;
  request.set_page_token(std::string(bytes));
  const auto read = resource::ReadPageToken(call, request);
  Check(bytes.empty() == read.ok(), "no token is made without the key");
  const std::string made = resource::MakePageToken(call, request, bytes);
  request.set_page_token(made);
  const auto again = resource::ReadPageToken(call, request);
  Check(again.ok() && *again == bytes, "a token says what it was made of");
  std::string changed;
  Check(absl::WebSafeBase64Unescape(made, &changed), "a token is base64url");
  changed[bytes.size() % changed.size()] ^= 1;
  request.set_page_token(absl::WebSafeBase64Escape(changed));
  Check(!resource::ReadPageToken(call, request).ok(), "a changed token is refused");
}

void FuzzWorkload(absl::string_view bytes) {
  const std::vector<std::string> names = absl::StrSplit(bytes, '\n');
  const absl::StatusOr<std::string> path = identity::WorkloadOf(names);
  if (path.ok()) {
    Check(names.size() == 1 && names[0] == identity::SpiffeId(*path), "exactly one exact name");
    Check(identity::WorkloadMatches(*path, *path), "a workload is itself");
  }
  for (const std::string& pattern : {names.front(), names.back()}) {
    if (!identity::IsWorkloadPattern(pattern)) continue;
    Check(!identity::WorkloadMatches("service/lead-evil", pattern) || pattern == "service/*" ||
              pattern == "service/lead-evil",
          "a pattern matches nothing but what it says");
  }
}

void FuzzTrace(absl::string_view bytes) {
  const size_t cut = bytes.find('\n');
  const absl::string_view parent = bytes.substr(0, cut);
  const absl::string_view state =
      cut == absl::string_view::npos ? absl::string_view() : bytes.substr(cut + 1);
  const server::Trace trace = server::ContinueTrace(parent, state);
  Check(server::IsTraceparent(trace.traceparent), "what is passed on is a trace");
  Check(trace.tracestate.empty() || server::IsTracestate(trace.tracestate),
        "what is passed on is a state");
  Check(trace.id.size() == 32, "a trace has an id");
}

}  // namespace comity::fuzz
