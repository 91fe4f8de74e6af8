// What the journal's tests share.
#ifndef COMITY_RUNTIME_JOURNAL_JOURNAL_TESTING_H_
#define COMITY_RUNTIME_JOURNAL_JOURNAL_TESTING_H_

#include <map>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "comity/journal/v1/journal.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"
#include "services/runtime/testlib/database.h"

namespace comity::journal {

// A new id with the milliseconds of a clock that is `skew` ahead: ids of one process never go back,
// those of replicas do.
inline std::string SkewedId(absl::Duration skew) {
  std::string id = resource::NewId(absl::Now());
  const int64_t milliseconds = absl::ToUnixMillis(absl::Now() + skew);
  for (int i = 0; i < 6; ++i) id[i] = static_cast<char>(milliseconds >> (40 - 8 * i));
  return id;
}

// An entry as a replica whose clock is `skew` ahead would write it.
inline v1::Entry MakeEntry(const std::string& subject, int64_t version,
                           absl::Duration skew = absl::ZeroDuration()) {
  v1::Entry entry;
  entry.set_entry_id(resource::IdToText(SkewedId(skew)));
  entry.set_subject(subject);
  entry.set_version(version);
  entry.set_type("updated");
  return entry;
}

// Writes entries in one transaction, as Transact does.
inline absl::Status Write(storage::Session& session, const std::vector<v1::Entry>& entries) {
  COMITY_RETURN_IF_ERROR(session.Begin());
  const absl::Status inserted = InsertEntries(session, entries);
  if (inserted.ok()) return session.Commit();
  session.Rollback().IgnoreError();
  return inserted;
}

inline absl::Status Write(storage::Pool* pool, const std::vector<v1::Entry>& entries) {
  COMITY_ASSIGN_OR_RETURN(storage::Lease session, pool->Borrow(absl::Now() + absl::Seconds(10)));
  return Write(*session, entries);
}

// The whole journal, read by pages.
inline std::vector<v1::Entry> ReadAll(storage::Session& session) {
  storage::Reader reader(&session);
  std::vector<v1::Entry> entries;
  while (true) {
    const auto page = ReadPage(reader, static_cast<int64_t>(entries.size()), 1000);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok() || page->entries.empty()) return entries;
    for (const StoredEntry& stored : page->entries) {
      EXPECT_EQ(stored.position, static_cast<int64_t>(entries.size()));
      entries.emplace_back();
      EXPECT_TRUE(entries.back().ParseFromString(stored.body));
    }
  }
}

// Fails unless each subject's versions are 1, 2, 3 … in the order of the entries.
inline void ExpectVersionsInOrder(const std::vector<v1::Entry>& entries) {
  std::map<std::string, int64_t> last;
  for (const v1::Entry& entry : entries) {
    EXPECT_EQ(entry.version(), ++last[entry.subject()]) << entry.subject();
  }
}

// Waits until `condition` holds; fails after half a minute.
template <typename Condition>
::testing::AssertionResult Eventually(Condition condition) {
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (!condition()) {
    if (absl::Now() > end) return ::testing::AssertionFailure() << "not within 30 s";
    absl::SleepFor(absl::Milliseconds(2));
  }
  return ::testing::AssertionSuccess();
}

}  // namespace comity::journal

#endif  // COMITY_RUNTIME_JOURNAL_JOURNAL_TESTING_H_
