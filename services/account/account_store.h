// Accounts in SQL: table accounts, working lists account_lists
// (migrations/0101_create_accounts.sql).
#ifndef COMITY_ACCOUNT_ACCOUNT_STORE_H_
#define COMITY_ACCOUNT_ACCOUNT_STORE_H_

#include "services/runtime/fact/fact_component.h"
#include "services/runtime/resource/resource.h"

namespace comity::account {

const resource::Resource& AccountResource();
// Which facts accounts take.
fact::SubjectFacts AccountFacts();

// That an account named in `field` of a request exists; INVALID_ARGUMENT reason UNKNOWN_ACCOUNT.
absl::Status CheckAccountExists(storage::Reader& reader, absl::string_view field,
                                const std::string& account);
// That `parent` may stand above `account`: it exists, and `account` is not above it already.
// INVALID_ARGUMENT reasons UNKNOWN_ACCOUNT, HIERARCHY_CYCLE, HIERARCHY_TOO_DEEP (over 32 levels).
absl::Status CheckHierarchy(storage::Reader& reader, const std::string& account,
                            const std::string& parent);

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_ACCOUNT_STORE_H_
