// Workload identity: the SPIFFE id in a certificate.
#ifndef COMITY_RUNTIME_IDENTITY_SPIFFE_H_
#define COMITY_RUNTIME_IDENTITY_SPIFFE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace comity::identity {

// `spiffe://comity.local/{path}`.
std::string SpiffeId(absl::string_view path);

// The path, e.g. `service/lead`, of the one URI name in a certificate.
// Errors: UNAUTHENTICATED reason WORKLOAD_UNKNOWN when there is none, more than one, or one that is
// no SPIFFE id of this trust domain.
absl::StatusOr<std::string> WorkloadOf(const std::vector<std::string>& uri_names);

// Whether `text` is `client/*`, `service/gateway` …: segments of [a-z0-9-], or `*` as the last one.
bool IsWorkloadPattern(absl::string_view text);
// A trailing `*` matches exactly one segment; everything else matches itself only.
bool WorkloadMatches(absl::string_view workload, absl::string_view pattern);

}  // namespace comity::identity

#endif  // COMITY_RUNTIME_IDENTITY_SPIFFE_H_
