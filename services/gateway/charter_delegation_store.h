// The SQL of delegations. Table by migrations/0113_create_charter_delegations.sql.
#ifndef COMITY_GATEWAY_CHARTER_DELEGATION_STORE_H_
#define COMITY_GATEWAY_CHARTER_DELEGATION_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/gateway/v1/charter_delegation.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

inline constexpr char kCharterDelegations[] = "charterDelegations";

struct StoredDelegation {
  v1::CharterDelegation delegation;
  int64_t version = 0;  // entries about it in the journal
};

// ALREADY_EXISTS reason DELEGATION_EXISTS: the same signed bytes were taken in before.
absl::Status InsertDelegation(storage::Transaction& tx, const v1::CharterDelegation& delegation);
// Writes the delegation and its next version. ABORTED CONCURRENT_CHANGE where it is not locked.
absl::Status UpdateDelegation(storage::Transaction& tx, const StoredDelegation& stored);
// NOT_FOUND.
absl::StatusOr<StoredDelegation> GetDelegation(storage::Reader& reader, const std::string& name);
absl::StatusOr<StoredDelegation> LockDelegation(storage::Transaction& tx, const std::string& name);
// By the SHA-256 of what was signed. FAILED_PRECONDITION reason DELEGATION_UNKNOWN.
absl::StatusOr<StoredDelegation> LockDelegationOf(storage::Transaction& tx,
                                                  const std::string& digest);
// The latest first, before `before` (a name; empty: from the last). `department` empty: of any.
absl::StatusOr<std::vector<v1::CharterDelegation>> ListDelegations(storage::Reader& reader,
                                                                   const std::string& department,
                                                                   const std::string& before,
                                                                   int limit);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CHARTER_DELEGATION_STORE_H_
