// Every error of Comity: an absl::Status that carries google.rpc details (AIP-193). One function
// per reason; tests compare code and reason, never text. Domain of every reason: `comity`.
#ifndef COMITY_RUNTIME_STATUS_ERRORS_H_
#define COMITY_RUNTIME_STATUS_ERRORS_H_

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"

namespace comity {

using ErrorMetadata = std::initializer_list<std::pair<absl::string_view, absl::string_view>>;

// A status with ErrorInfo{reason, domain "comity", metadata}. `message` says how to mend it.
absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                       ErrorMetadata metadata = {});

// INVALID_ARGUMENT with a BadRequest violation of `field` (a path of the request, e.g.
// `lead.owner`).
absl::Status InvalidField(absl::string_view reason, absl::string_view field,
                          absl::string_view description);
// NOT_FOUND, reason RESOURCE_NOT_FOUND, metadata `name`.
absl::Status NotFound(absl::string_view name);
// ALREADY_EXISTS, metadata `name` of what exists.
absl::Status AlreadyExists(absl::string_view reason, absl::string_view name,
                           absl::string_view message);
// FAILED_PRECONDITION with a PreconditionFailure violation (type = reason, subject).
absl::Status PreconditionFailed(absl::string_view reason, absl::string_view subject,
                                absl::string_view description);
// PERMISSION_DENIED.
absl::Status PermissionDenied(absl::string_view reason, absl::string_view message);
// UNAUTHENTICATED.
absl::Status Unauthenticated(absl::string_view reason, absl::string_view message);
// ABORTED, reason ETAG_MISMATCH, metadata `name` and the current `etag`.
absl::Status EtagMismatch(absl::string_view name, absl::string_view current_etag);
// ABORTED, reason CONCURRENT_CHANGE: reruns were used up.
absl::Status ConcurrentChange(absl::string_view message);
// RESOURCE_EXHAUSTED, reason SERVER_BUSY, with RetryInfo.
absl::Status ServerBusy(absl::Duration retry_after);
// RESOURCE_EXHAUSTED, reason RATE_LIMITED, with RetryInfo: this caller alone asks too often.
absl::Status RateLimited(absl::Duration retry_after);
// RESOURCE_EXHAUSTED, reason TOO_MANY_STREAMS, with RetryInfo.
absl::Status TooManyStreams(absl::Duration retry_after);
// UNAVAILABLE, with RetryInfo. Reasons: DATABASE_UNAVAILABLE, SERVICE_UNAVAILABLE, DRAINING,
// NOT_READY, DIRECTORY_STALE.
absl::Status Unavailable(absl::string_view reason, absl::string_view message);
// DEADLINE_EXCEEDED, reason DEADLINE_EXCEEDED.
absl::Status DeadlineExceeded();
// INTERNAL, reason INTERNAL: generic text for callers; `detail` is for the log only and is kept in
// a payload that ToRpcStatus drops.
absl::Status Internal(absl::string_view detail);

// The ErrorInfo reason of `status`; empty if it has none.
std::string Reason(const absl::Status& status);
// The value of ErrorInfo metadata `key`; empty if absent.
std::string ErrorValue(const absl::Status& status, absl::string_view key);
// `status` with a detail for the log only, which ToRpcStatus drops.
absl::Status WithInternalDetail(absl::Status status, absl::string_view detail);
// An error of one part of a request: says so in its message and in ErrorInfo metadata `item`, e.g.
// `facts[1]`.
absl::Status WithItem(const absl::Status& status, absl::string_view item);
// The log-only detail; empty if absent.
std::string InternalDetail(const absl::Status& status);

// To and from the wire (`grpc-status-details-bin`), details and all.
google::rpc::Status ToRpcStatus(const absl::Status& status);
absl::Status FromRpcStatus(const google::rpc::Status& status);

}  // namespace comity

#endif  // COMITY_RUNTIME_STATUS_ERRORS_H_
