// Accounts in SQL: table accounts, working lists account_lists
// (migrations/0101_create_accounts.sql).
#ifndef COMITY_ACCOUNT_ACCOUNT_STORE_H_
#define COMITY_ACCOUNT_ACCOUNT_STORE_H_

#include <string>
#include <vector>

#include "services/runtime/fact/fact_component.h"
#include "services/runtime/resource/resource.h"

namespace comity::account {

const resource::Resource& AccountResource();
// Which facts accounts take.
const fact::SubjectFacts& AccountFacts();

// That `parent` may stand above `account`, whose row the transaction holds: it exists, and
// `account` is not above it already. Locks what stands above, so that of two moves which would
// close a circle one meets the other, and is run again after it. INVALID_ARGUMENT reasons
// REFERENCE_NOT_FOUND, HIERARCHY_CYCLE, HIERARCHY_TOO_DEEP (over 32 levels).
absl::Status CheckHierarchy(storage::Transaction& tx, const std::string& account,
                            const std::string& parent);

// Holds the domain until the transaction ends: of two who find no account for it, one makes it.
absl::Status LockDomain(storage::Transaction& tx, const std::string& domain_key);
// Names of accounts that stand and have the domain, at most two.
absl::StatusOr<std::vector<std::string>> AccountsOfDomain(storage::Reader& reader,
                                                          const std::string& domain_key);
}  // namespace comity::account

#endif  // COMITY_ACCOUNT_ACCOUNT_STORE_H_
