// The SQL of the journal: entries, pending ids, positions, head. Tables by
// runtime/migrations/0002_create_journal.sql. No UPDATE or DELETE of an entry exists.
#ifndef COMITY_RUNTIME_JOURNAL_JOURNAL_STORE_H_
#define COMITY_RUNTIME_JOURNAL_JOURNAL_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/journal/v1/journal.pb.h"
#include "services/runtime/storage/session.h"

namespace comity::storage {
class Reader;
}
namespace comity::journal {

// An entry's bytes and its place; `position` is -1 while not sequenced.
struct StoredEntry {
  int64_t position = -1;
  std::string body;  // serialised v1::Entry, as written once
};

// Inserts entries and their pending ids (multi-row statements). Called by Transact only.
// ABORTED CONCURRENT_CHANGE when (subject, version) is taken.
absl::Status InsertEntries(storage::Session& session, const std::vector<v1::Entry>& entries);

// Entries from `from` on in order of position, at most `limit` and about 768 KiB; and the size.
struct Page {
  std::vector<StoredEntry> entries;
  int64_t size = 0;
};
absl::StatusOr<Page> ReadPage(storage::Reader& reader, int64_t from, int limit);
// Entries of one subject with version > `after`, in order of version.
absl::StatusOr<std::vector<StoredEntry>> ReadHistory(storage::Reader& reader,
                                                     absl::string_view subject, int64_t after,
                                                     int limit);
absl::StatusOr<int64_t> ReadSize(storage::Reader& reader);
// Whether entries that are more than kSequencedWithin older than `now` wait for their position,
// e.g. because a sequencer is stuck: then not all that was committed is within the size that is
// read after this.
inline constexpr absl::Duration kSequencedWithin = absl::Seconds(5);
absl::StatusOr<bool> HasUnsequenced(storage::Reader& reader, absl::Time now);

// One pass of the sequencer: gives gapless positions to pending entries (at most `limit`),
// respecting each subject's version order, in one transaction; advances the head by a conditional
// UPDATE. Returns how many were sequenced, and in `size`, if given, the size that is known then;
// ABORTED CONCURRENT_CHANGE when another replica was faster.
absl::StatusOr<int> SequenceBatch(storage::Session& session, int limit = 1000,
                                  int64_t* size = nullptr);

}  // namespace comity::journal

#endif  // COMITY_RUNTIME_JOURNAL_JOURNAL_STORE_H_
