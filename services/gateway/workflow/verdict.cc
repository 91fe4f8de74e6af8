#include "services/gateway/workflow/verdict.h"

#include <algorithm>
#include <map>
#include <string>

#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(20);
constexpr absl::Duration kLongestPause = absl::Seconds(5);
constexpr int kMostDoublings = 10;

// Reasons that mean something else than their code does.
const std::map<std::string, Verdict>& Table() {
  static const auto* const table = new std::map<std::string, Verdict>{
      // The record is another one than the step was made for: to ask again changes nothing.
      {"ETAG_MISMATCH", Verdict::kRefused},
      // The directory has not heard of the person yet, or no longer: which one, time tells.
      {"ROLE_UNKNOWN", Verdict::kNews},
      {"UNKNOWN_PERSON", Verdict::kNews},
      // The service saw the proposal later than the gateway did: its term ends later.
      {"TERM_NOT_OVER", Verdict::kNotKnown},
      // The service has not yet read of a delegate's signature in the gateway's journal.
      {"DELEGATION_NOT_SEEN", Verdict::kNotKnown},
      // The service has not yet read the revision before from the gateway's journal.
      {"BASE_NOT_KNOWN", Verdict::kNews},
      // A right is missing for good, where the charter is the one that the step was started under.
      {"RIGHT_REQUIRED", Verdict::kRefused},
      {"ROLE_REQUIRED", Verdict::kRefused},
      // A defect of the gateway, or of how the suite is set up: nobody's data says no.
      {"POLICY_MISSING", Verdict::kUnforeseen},
      {"WORKLOAD_NOT_ALLOWED", Verdict::kUnforeseen},
      {"ON_BEHALF_NOT_ALLOWED", Verdict::kUnforeseen},
      {"REQUEST_ID_REUSED", Verdict::kUnforeseen},
      {"REQUEST_ID_REQUIRED", Verdict::kUnforeseen},
      {"UNKNOWN_FIELD", Verdict::kUnforeseen},
      {"MESSAGE_TOO_LARGE", Verdict::kUnforeseen},
      // The service is busy.
      {"SERVER_BUSY", Verdict::kNotKnown},
      {"RATE_LIMITED", Verdict::kNotKnown},
      // An assertion was too old when it arrived, or clocks differ: the next one is new, and clocks
      // are set right.
      {"TOKEN_EXPIRED", Verdict::kNews},
      {"TOKEN_NOT_YET_VALID", Verdict::kNews},
      // Whether the successor is still, or already, a member, time tells.
      {"SUCCESSOR_INVALID", Verdict::kNews},
  };
  return *table;
}

}  // namespace

Verdict VerdictOf(const absl::Status& status) {
  if (status.ok()) return Verdict::kDone;
  const std::string reason = Reason(status);
  const auto listed = Table().find(reason);
  if (listed != Table().end()) return listed->second;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:  // by a connection that was cut
      return Verdict::kNotKnown;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kPermissionDenied:
      // A service names its reason; without one it was not the service that spoke.
      return reason.empty() ? Verdict::kUnforeseen : Verdict::kRefused;
    default:
      return Verdict::kUnforeseen;
  }
}

absl::Duration PauseAfter(int attempts) {
  const int doublings = std::min(std::max(attempts - 1, 0), kMostDoublings);
  return std::min(kFirstPause * (1 << doublings), kLongestPause);
}

}  // namespace comity::gateway
