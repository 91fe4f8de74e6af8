// How far a service has taken in another's journal: followed_positions and followed_entries of the
// runtime's migrations.
#ifndef COMITY_RUNTIME_JOURNAL_FOLLOWED_H_
#define COMITY_RUNTIME_JOURNAL_FOLLOWED_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "comity/journal/v1/journal.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::journal {

// How many entries that concern nothing a follower may take without making its position durable:
// after a restart it takes them once more.
inline constexpr int64_t kMostUnstored = 500;

// The position wanted next. None: nothing was taken, or it is to be forgotten.
absl::StatusOr<std::optional<int64_t>> ReadFollowed(storage::Reader& reader,
                                                    const std::string& source);
// Makes the position 0 where there is none: then LockFollowed locks.
absl::Status BeginFollowing(storage::Transaction& tx, const std::string& source);
// As ReadFollowed; other replicas wait until the transaction ends.
absl::StatusOr<std::optional<int64_t>> LockFollowed(storage::Transaction& tx,
                                                    const std::string& source);
// Id of the entry before `position`; empty where it was not kept.
absl::StatusOr<std::string> ReadLastFollowed(storage::Reader& reader, const std::string& source,
                                             int64_t position);
// That all before `next` is taken. `last`: the entry before it; null: it is not known.
absl::Status PutFollowed(storage::Transaction& tx, const std::string& source, int64_t next,
                         const v1::PositionedEntry* last);

// Whether everything that the source's journal held was taken in once since the first position:
// what was read before is history, whose times only the journal knows.
absl::StatusOr<bool> HasCaughtUp(storage::Reader& reader, const std::string& source);
// Nothing where no position is stored.
absl::Status PutCaughtUp(storage::Transaction& tx, const std::string& source);

}  // namespace comity::journal

#endif  // COMITY_RUNTIME_JOURNAL_FOLLOWED_H_
