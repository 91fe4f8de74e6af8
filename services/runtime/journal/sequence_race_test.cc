// Writers with wrong clocks and several sequencers at once.
#include <atomic>
#include <thread>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/journal/journal_testing.h"
#include "services/runtime/status/errors.h"

namespace comity::journal {
namespace {

constexpr int kWriters = 8;
constexpr int kEntriesEach = 60;
constexpr int kSubjects = 6;

// The version that a transaction which reads the subject now would write.
int64_t NextVersion(storage::Session& session, const std::string& subject) {
  const auto rows =
      session.Query("SELECT MAX(version) FROM journal_entries WHERE subject = ?", {subject});
  return (*rows)->Next() ? (*rows)->Int(0) + 1 : 1;
}

void WriteMany(storage::Pool* pool, int writer) {
  absl::BitGen random;
  storage::Lease session = *pool->Borrow(absl::Now() + absl::Seconds(10));
  const absl::Duration skew = absl::Minutes(writer - kWriters / 2);
  for (int written = 0; written < kEntriesEach;) {
    const std::string subject = absl::StrCat("leads/", absl::Uniform(random, 0, kSubjects));
    const absl::Status status =
        Write(*session, {MakeEntry(subject, NextVersion(*session, subject), skew)});
    if (status.ok()) {
      ++written;
    } else {
      ASSERT_EQ(Reason(status), "CONCURRENT_CHANGE") << status;
    }
  }
}

// Passes until `done` and nothing is left; counts those that another sequencer won.
void SequenceAll(storage::Pool* pool, const std::atomic<bool>& done, std::atomic<int>* lost) {
  storage::Lease session = *pool->Borrow(absl::Now() + absl::Seconds(10));
  while (true) {
    const bool last = done;
    const auto pass = SequenceBatch(*session, 7);
    if (pass.ok() && *pass == 0 && last) return;
    if (pass.ok()) continue;
    ASSERT_EQ(Reason(pass.status()), "CONCURRENT_CHANGE") << pass.status();
    ++*lost;
  }
}

TEST(SequenceRaceTest, PositionsAreGaplessAndKeepEachSubjectsOrder) {
  testlib::Database database;
  std::atomic<bool> done{false};
  std::atomic<int> lost{0};
  std::vector<std::thread> writers;
  std::vector<std::thread> sequencers;
  for (int i = 0; i < kWriters; ++i) writers.emplace_back(WriteMany, database.pool(), i);
  for (int i = 0; i < 2; ++i) {
    sequencers.emplace_back([&] { SequenceAll(database.pool(), done, &lost); });
  }
  for (std::thread& thread : writers) thread.join();
  done = true;
  for (std::thread& thread : sequencers) thread.join();
  EXPECT_GT(lost, 0) << "the sequencers never met: the test tried nothing";
  storage::Lease session = *database.pool()->Borrow(absl::Now() + absl::Seconds(10));
  const std::vector<v1::Entry> entries = ReadAll(*session);
  EXPECT_EQ(entries.size(), kWriters * kEntriesEach);
  ExpectVersionsInOrder(entries);
}

}  // namespace
}  // namespace comity::journal
