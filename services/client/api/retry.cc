#include "services/client/api/retry.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "services/runtime/status/errors.h"

namespace comity::client {

bool WorthAnotherTry(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
      return true;
    case absl::StatusCode::kAborted:
      return Reason(status) != "ETAG_MISMATCH";
    default:
      return Reason(status) == "ROLE_UNKNOWN" || Reason(status) == "PERSON_UNKNOWN";
  }
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
