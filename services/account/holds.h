// Which workflows rely on an account or a relationship: tables account_holds, relationship_holds.
#ifndef COMITY_ACCOUNT_HOLDS_H_
#define COMITY_ACCOUNT_HOLDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/runtime/resource/resource.h"
#include "services/runtime/storage/transact.h"

namespace comity::account {

// Notes that the workflow relies on the record; `made`: it has made it.
absl::Status Hold(storage::Transaction& tx, const resource::Resource& resource,
                  const std::string& name, const std::string& workflow, bool made);
// The workflow relies on it no longer. True where no workflow does any more, and one has made it:
// then it may be withdrawn. The caller holds the record's row.
absl::StatusOr<bool> ReleaseHold(storage::Transaction& tx, const resource::Resource& resource,
                                 const std::string& name, const std::string& workflow);

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_HOLDS_H_
