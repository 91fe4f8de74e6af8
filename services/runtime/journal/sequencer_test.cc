#include "services/runtime/journal/sequencer.h"

#include <atomic>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "services/runtime/journal/journal_testing.h"
#include "services/runtime/status/errors.h"

namespace comity::journal {
namespace {

// A sequencer whose last reported size can be waited for.
class Running {
 public:
  explicit Running(storage::Pool* pool)
      : sequencer_(
            pool, [this](int64_t size) { size_ = size; },
            [this](const absl::Status&) { ++failures_; }) {
    sequencer_.Start();
  }
  Sequencer& sequencer() { return sequencer_; }
  int64_t size() const { return size_; }
  int failures() const { return failures_; }

 private:
  std::atomic<int64_t> size_{-1};
  std::atomic<int> failures_{0};
  Sequencer sequencer_;
};

TEST(SequencerTest, TellsTheSizeAtStart) {
  testlib::Database database;
  Running running(database.pool());
  EXPECT_TRUE(Eventually([&] { return running.size() == 0; }));
}

TEST(SequencerTest, SequencesWhatItIsToldOfAndWhatOthersCommit) {
  testlib::Database database;
  Running running(database.pool());
  ASSERT_TRUE(Write(database.pool(), {MakeEntry("leads/a", 1)}).ok());
  running.sequencer().Notify();
  EXPECT_TRUE(Eventually([&] { return running.size() == 1; }));
  ASSERT_TRUE(Write(database.pool(), {MakeEntry("leads/a", 2)}).ok());
  EXPECT_TRUE(Eventually([&] { return running.size() == 2; }));
}

TEST(SequencerTest, DrainsMoreThanOneBatch) {
  testlib::Database database;
  for (int i = 0; i < 3; ++i) {
    std::vector<v1::Entry> entries;
    for (int j = 1; j <= 900; ++j) entries.push_back(MakeEntry("leads/a", i * 900 + j));
    ASSERT_TRUE(Write(database.pool(), entries).ok());
  }
  Running running(database.pool());
  EXPECT_TRUE(Eventually([&] { return running.size() == 2700; }));
}

// Writes versions of one subject until told to stop; a write without an answer may have happened.
class Writer {
 public:
  Writer(storage::Pool* pool, Sequencer* sequencer, std::string subject)
      : pool_(pool),
        sequencer_(sequencer),
        subject_(std::move(subject)),
        thread_([this] { Run(); }) {}
  void Stop() {
    stopped_ = true;
    thread_.join();
  }
  int64_t acknowledged() const { return acknowledged_; }
  const std::string& subject() const { return subject_; }

 private:
  void Run() {
    int64_t version = 1;
    while (!stopped_) {
      const absl::Status status = Write(pool_, {MakeEntry(subject_, version)});
      // A version that is taken was committed by the attempt whose answer was lost.
      if (status.ok() || Reason(status) == "CONCURRENT_CHANGE") acknowledged_ = version++;
      sequencer_->Notify();
      if (!status.ok()) absl::SleepFor(absl::Milliseconds(5));
    }
  }

  storage::Pool* const pool_;
  Sequencer* const sequencer_;
  const std::string subject_;
  std::atomic<bool> stopped_{false};
  std::atomic<int64_t> acknowledged_{0};
  std::thread thread_;
};

TEST(SequencerTest, LosesNothingWhenTheDatabaseIsKilledUnderLoad) {
  testlib::Database database;
  Running running(database.pool());
  std::vector<std::unique_ptr<Writer>> writers;
  for (int i = 0; i < 4; ++i) {
    writers.push_back(
        std::make_unique<Writer>(database.pool(), &running.sequencer(), absl::StrCat("leads/", i)));
  }
  for (int i = 0; i < 2; ++i) {
    const int64_t before = running.size();
    EXPECT_TRUE(Eventually([&] { return running.size() > before + 50; }));
    testlib::Database::KillServer();
    EXPECT_TRUE(Eventually([&] { return running.failures() > i; }));
    testlib::Database::RestartServer();
  }
  const int64_t before = running.size();
  EXPECT_TRUE(Eventually([&] { return running.size() > before + 50; }));
  int64_t acknowledged = 0;
  for (const auto& writer : writers) writer->Stop();
  for (const auto& writer : writers) acknowledged += writer->acknowledged();
  EXPECT_TRUE(Eventually([&] { return running.size() >= acknowledged; }));
  storage::Lease session = *database.pool()->Borrow(absl::Now() + absl::Seconds(10));
  const std::vector<v1::Entry> entries = ReadAll(*session);
  ExpectVersionsInOrder(entries);
  std::map<std::string, int64_t> last;
  for (const v1::Entry& entry : entries) last[entry.subject()] = entry.version();
  for (const auto& writer : writers) EXPECT_GE(last[writer->subject()], writer->acknowledged());
}

}  // namespace
}  // namespace comity::journal
