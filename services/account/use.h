// Whether others rely on an account or a contact that a workflow made.
#ifndef COMITY_ACCOUNT_USE_H_
#define COMITY_ACCOUNT_USE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/runtime/storage/transact.h"

namespace comity::account {

// So long nobody can have seen a new record and named it in another service.
inline constexpr absl::Duration kUnseen = absl::Minutes(2);

// No contact, relationship or account that stands names it, and it is too new for others to.
absl::StatusOr<bool> IsUnusedAccount(storage::Transaction& tx, const std::string& account,
                                     absl::Time now);
// No relationship that stands names it, and it is too new for others to.
absl::StatusOr<bool> IsUnusedContact(storage::Transaction& tx, const std::string& contact,
                                     absl::Time now);

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_USE_H_
