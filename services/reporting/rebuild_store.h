// The SQL of rebuilds: one replica at a time, by a claim in the database that each of its
// transactions renews.
#ifndef COMITY_REPORTING_REBUILD_STORE_H_
#define COMITY_REPORTING_REBUILD_STORE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "services/reporting/effects.h"
#include "services/runtime/storage/transact.h"

namespace comity::reporting {

// Claims a generation of its own for a rebuild: higher than any before. FAILED_PRECONDITION
// REBUILD_RUNS while another has the claim.
absl::StatusOr<int64_t> ClaimGeneration(storage::Transaction& tx);
// Holds the claim for another while. ABORTED CONCURRENT_CHANGE when it was lost: it had run out,
// and another took it.
absl::Status RenewClaim(storage::Transaction& tx, int64_t generation);
// Gives it up. The same error.
absl::Status FreeClaim(storage::Transaction& tx, int64_t generation);

// Deletes up to `limit` rows of each table whose generation lies between the two. Returns how many
// there were.
absl::StatusOr<int64_t> DeleteGenerations(storage::Transaction& tx, int64_t after, int64_t before,
                                          int limit);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_REBUILD_STORE_H_
