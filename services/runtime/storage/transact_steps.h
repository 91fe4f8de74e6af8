// What Transact and TransactEach share.
#ifndef COMITY_RUNTIME_STORAGE_TRANSACT_STEPS_H_
#define COMITY_RUNTIME_STORAGE_TRANSACT_STEPS_H_

#include "services/runtime/storage/request_replies.h"
#include "services/runtime/storage/transact.h"

namespace comity::storage {

inline constexpr int kMaxReruns = 5;

// Under which the reply of a request is stored. Its digest holds the acting department: the same
// id for another department is another request.
absl::StatusOr<ReplyKey> KeyOf(const Call& call, const TransactOptions& options);
// Fills what the caller of Append leaves open, and clears what is personal.
absl::Status CompleteEntries(const Call& call, const TransactOptions& options,
                             std::vector<journal::v1::Entry>* entries);
// Whether a status says that the transaction should be run again.
bool IsRerunnable(const absl::Status& status);
// False when the deadline would pass meanwhile.
bool SleepBeforeRerun(int reruns, absl::Time deadline);

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_TRANSACT_STEPS_H_
