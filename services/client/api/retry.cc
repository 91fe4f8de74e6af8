#include "services/client/api/retry.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "services/runtime/status/errors.h"

namespace comity::client {

namespace {

// What another certificate, profile or request mends, and time does not.
bool Lasts(const std::string& reason) {
  static const auto* lasting = new std::set<std::string>{
      "CERTIFICATE_UNREADABLE", "CERTIFICATE_EXPIRED", "CERTIFICATE_FOREIGN", "PEER_NOT_TRUSTED",
      "PEER_IS_ANOTHER",        "PEER_WITHOUT_TLS",    "MESSAGE_TOO_LARGE"};
  return lasting->contains(reason);
}

}  // namespace

bool WorthAnotherTry(const absl::Status& status) {
  if (Lasts(Reason(status))) return false;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return true;
    case absl::StatusCode::kResourceExhausted:
      // A busy service says so; what gRPC alone finds too much is too much the next time as well.
      return !Reason(status).empty();
    case absl::StatusCode::kAborted:
      return Reason(status) != "ETAG_MISMATCH";
    default:
      return Reason(status) == "ROLE_UNKNOWN" || Reason(status) == "PERSON_UNKNOWN";
  }
}

bool IsAway(const absl::Status& status) {
  return WorthAnotherTry(status) && (status.code() == absl::StatusCode::kUnavailable ||
                                     status.code() == absl::StatusCode::kDeadlineExceeded ||
                                     status.code() == absl::StatusCode::kResourceExhausted);
}

bool IsRefusedContent(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInvalidArgument ||
         status.code() == absl::StatusCode::kOutOfRange ||
         (status.code() == absl::StatusCode::kResourceExhausted && !WorthAnotherTry(status));
}

absl::Duration RetryDelay(const absl::Status& status) {
  const google::rpc::Status rpc = ToRpcStatus(status);
  for (const auto& detail : rpc.details()) {
    google::rpc::RetryInfo info;
    if (!detail.UnpackTo(&info)) continue;
    return absl::Seconds(info.retry_delay().seconds()) +
           absl::Nanoseconds(info.retry_delay().nanos());
  }
  return absl::ZeroDuration();
}

absl::Status WithRetries(absl::Duration patience, const std::function<absl::Status()>& attempt) {
  const absl::Time until = absl::Now() + patience;
  absl::Duration pause = absl::Milliseconds(50);
  while (true) {
    absl::Status status = attempt();
    if (status.ok() || !WorthAnotherTry(status)) return status;
    const absl::Duration wait = std::max(pause, RetryDelay(status));
    if (absl::Now() + wait > until) return status;
    absl::SleepFor(wait);
    pause = std::min(pause * 2, absl::Seconds(1));
  }
}

}  // namespace comity::client
