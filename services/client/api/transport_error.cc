#include "services/client/api/transport_error.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

constexpr char kTooLarge[] = "MESSAGE_TOO_LARGE";

// Words of gRPC 1.51, the more special ones first.
struct Words {
  absl::string_view words;
  absl::string_view reason;
};
constexpr Words kUnavailable[] = {
    {"Failed to create security handshaker", "CERTIFICATE_UNREADABLE"},
    {"Custom verification check failed", "PEER_IS_ANOTHER"},
    {"certificate verify failed", "PEER_NOT_TRUSTED"},
    {"wrong version number", "PEER_WITHOUT_TLS"},
    {"Connection refused", "SERVICE_AWAY"},
};

// TLS 1.3 ends a connection without a word when the server refuses the client's certificate.
bool HungUp(absl::string_view text) {
  return absl::StrContains(text, "Socket closed") || absl::StrContains(text, "Connection reset") ||
         absl::StrContains(text, "Broken pipe");
}

}  // namespace

absl::Status CheckRequestSize(size_t bytes) {
  if (bytes <= kLargestRequest) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kResourceExhausted, kTooLarge,
      absl::StrCat("the request has ", bytes, " bytes; a service takes ", kLargestRequest));
}

absl::Status NameTransportError(const absl::Status& status, absl::string_view certificate_problem) {
  if (status.ok() || !Reason(status).empty()) return status;
  const std::string text(status.message());
  if (status.code() == absl::StatusCode::kResourceExhausted &&
      absl::StrContains(text, "larger than max")) {
    return MakeError(status.code(), kTooLarge, absl::StrCat("the answer is too large: ", text));
  }
  if (status.code() != absl::StatusCode::kUnavailable) return status;
  for (const Words& known : kUnavailable) {
    if (absl::StrContains(text, known.words)) return MakeError(status.code(), known.reason, text);
  }
  if (HungUp(text) && !certificate_problem.empty()) {
    return MakeError(status.code(), certificate_problem, text);
  }
  return status;
}

}  // namespace comity::client
