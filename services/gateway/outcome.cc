#include "services/gateway/outcome.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {

absl::Status OutcomeOf(const grpc::Status& status, const std::string& service) {
  absl::Status outcome = channel::FromGrpcStatus(status);
  if (outcome.ok() || !Reason(outcome).empty()) return outcome;
  switch (outcome.code()) {
    case absl::StatusCode::kUnavailable:
      return Unavailable("SERVICE_UNAVAILABLE",
                         absl::StrCat("the ", service, " service cannot be reached; try again"));
    case absl::StatusCode::kDeadlineExceeded:
      return DeadlineExceeded();
    default:
      return outcome;
  }
}

bool IsAway(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace comity::gateway
