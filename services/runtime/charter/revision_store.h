// The SQL of the charter's revisions. Tables by
// runtime/migrations/0008_create_charter_revisions.sql and 0011_create_charter_delegations.sql.
#ifndef COMITY_RUNTIME_CHARTER_REVISION_STORE_H_
#define COMITY_RUNTIME_CHARTER_REVISION_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/runtime/charter/book.h"
#include "services/runtime/storage/transact.h"

namespace comity::charter {

// What was signed as a revision; none when this service has not stored it.
absl::StatusOr<std::optional<v1::SignedRevision>> ReadSigned(storage::Reader& reader, int revision);
// All that are stored from that number on, with the times from which on they are in force.
absl::StatusOr<std::vector<Revision>> ReadRevisions(storage::Reader& reader, int from);
// ABORTED CONCURRENT_CHANGE (rerun) where another call has stored one since.
absl::Status InsertRevision(storage::Transaction& tx, int revision,
                            const v1::SignedRevision& signed_revision, absl::Time now);
// One that is there stays as it is.
absl::Status InsertEffect(storage::Transaction& tx, const v1::EffectiveRevision& effect);

// Notes when a body was first seen here; one that was seen before stays.
absl::Status InsertSighting(storage::Transaction& tx, absl::string_view body, absl::Time now);
// Infinite when it was never seen.
absl::StatusOr<absl::Time> ReadSighting(storage::Reader& reader, absl::string_view body);

// Notes that a delegate's statement (StatementOf) is there, and was not before `earliest`; one that
// was noted stays. After the revocation of its delegation (SHA-256 of its body) nothing is noted.
absl::Status InsertDelegateUse(storage::Transaction& tx, const std::string& delegation,
                               const std::string& statement, absl::Time earliest);
absl::Status InsertRevocation(storage::Transaction& tx, const std::string& delegation,
                              absl::Time now);
// What is noted of the statements of delegates in it.
absl::StatusOr<DelegateUses> ReadDelegateUses(storage::Reader& reader,
                                              const v1::SignedRevision& signed_revision);

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_REVISION_STORE_H_
