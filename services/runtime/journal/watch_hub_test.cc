#include "services/runtime/journal/watch_hub.h"

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "services/runtime/journal/journal_testing.h"
#include "services/runtime/status/errors.h"

namespace comity::journal {
namespace {

// A watcher that counts what it got; `auto_idle` false: it takes one message, then none until Take.
class FakeWatcher final : public Watcher {
 public:
  FakeWatcher(int64_t from, bool auto_idle, bool of_service = false)
      : next_(from), auto_idle_(auto_idle), of_service_(of_service) {}

  int64_t next_position() const override { return next_; }
  bool idle() const override { return idle_; }
  bool of_service() const override { return of_service_; }
  void Send(v1::WatchJournalResponse response) override {
    absl::MutexLock lock(&mutex_);
    ++messages_;
    if (response.entries().empty()) ++heartbeats_;
    unsequenced_ = response.unsequenced();
    if (next_ < 0) next_ = response.size();
    for (const auto& entry : response.entries()) {
      gapless_ &= entry.position() == next_;
      ++next_;
    }
    idle_ = auto_idle_;
  }
  void Finish(const absl::Status& status) override {
    absl::MutexLock lock(&mutex_);
    ++finished_;
    status_ = status;
    idle_ = false;
  }

  void Take() { idle_ = true; }
  int messages() const { return Locked(&messages_); }
  int heartbeats() const { return Locked(&heartbeats_); }
  int finished() const { return Locked(&finished_); }
  bool gapless() const {
    absl::MutexLock lock(&mutex_);
    return gapless_;
  }
  // What the last message said.
  bool unsequenced() const {
    absl::MutexLock lock(&mutex_);
    return unsequenced_;
  }
  absl::Status status() const {
    absl::MutexLock lock(&mutex_);
    return status_;
  }

 private:
  int Locked(const int* counter) const {
    absl::MutexLock lock(&mutex_);
    return *counter;
  }

  std::atomic<int64_t> next_;
  const bool auto_idle_;
  const bool of_service_;
  std::atomic<bool> idle_{true};
  mutable absl::Mutex mutex_;
  int messages_ = 0;
  int heartbeats_ = 0;
  int finished_ = 0;
  bool gapless_ = true;
  bool unsequenced_ = false;
  absl::Status status_;
};

class WatchHubTest : public ::testing::Test {
 protected:
  // Appends `count` entries to the journal and tells the hub, as the sequencer does.
  void Grow(int count) {
    std::vector<v1::Entry> entries;
    for (int i = 0; i < count; ++i) entries.push_back(MakeEntry("leads/a", ++size_));
    ASSERT_TRUE(Write(database_.pool(), entries).ok());
    storage::Lease session = *database_.pool()->Borrow(absl::Now() + absl::Seconds(10));
    while (*SequenceBatch(*session) > 0) {
    }
    hub_.OnSize(size_);
  }
  std::shared_ptr<FakeWatcher> Watch(int64_t from, bool auto_idle = true) {
    auto watcher = std::make_shared<FakeWatcher>(from, auto_idle);
    hub_.Add(watcher);
    return watcher;
  }
  // The SELECTs that the database has answered, for all sessions.
  int64_t Selects() {
    storage::Lease session = *database_.pool()->Borrow(absl::Now() + absl::Seconds(10));
    const auto rows = session->Query("SHOW GLOBAL STATUS LIKE 'Com_select'", {});
    return (*rows)->Next() ? std::stoll((*rows)->Bytes(1)) : 0;
  }

  // What the hub has told of failures.
  std::vector<std::string> Failures() {
    absl::MutexLock lock(&mutex_);
    return failures_;
  }

  testlib::Database database_;
  absl::Mutex mutex_;
  std::vector<std::string> failures_ ABSL_GUARDED_BY(mutex_);
  WatchHub hub_{database_.pool(), [this](const absl::Status& failure) {
                  absl::MutexLock lock(&mutex_);
                  failures_.push_back(Reason(failure));
                }};
  int64_t size_ = 0;
};

// A sequencer that is stuck, seen from the outside.
TEST_F(WatchHubTest, SaysWhenEntriesWaitForTheirPositionTooLong) {
  hub_.Start();
  Grow(1);
  const auto watcher = Watch(0);
  EXPECT_TRUE(Eventually([&] { return watcher->heartbeats() >= 1; }));
  EXPECT_FALSE(watcher->unsequenced());
  ASSERT_TRUE(Write(database_.pool(), {MakeEntry("leads/b", 1, -absl::Seconds(6))}).ok());
  EXPECT_TRUE(Eventually([&] { return watcher->unsequenced(); }));
  Grow(1);
  EXPECT_TRUE(Eventually([&] { return !watcher->unsequenced(); }));
  EXPECT_EQ(watcher->next_position(), 3);
}

TEST_F(WatchHubTest, TellsOnceOfAnEntryThatCannotBeRead) {
  {
    storage::Lease session = *database_.pool()->Borrow(absl::Now() + absl::Seconds(10));
    const std::string id = SkewedId(absl::ZeroDuration());
    ASSERT_TRUE(session
                    ->Execute("INSERT INTO journal_entries (id, subject, version, body) "
                              "VALUES (?, 'leads/broken', 1, 'x')",
                              {id})
                    .ok());
    ASSERT_TRUE(session->Execute("INSERT INTO journal_pending (id) VALUES (?)", {id}).ok());
    ASSERT_EQ(*SequenceBatch(*session), 1);
  }
  hub_.Start();
  const auto broken = Watch(0);
  const auto end = Watch(-1);
  EXPECT_TRUE(Eventually([&] { return end->heartbeats() >= 3; })) << "it holds nobody else up";
  EXPECT_EQ(broken->messages(), 0);
  EXPECT_THAT(Failures(), ::testing::ElementsAre("INTERNAL"));
}

TEST_F(WatchHubTest, FeedsFromAnyPositionThenWhatIsNew) {
  hub_.Start();
  Grow(10);
  const auto all = Watch(0);
  const auto late = Watch(7);
  const auto end = Watch(-1);
  EXPECT_TRUE(Eventually([&] { return all->next_position() == 10; }));
  EXPECT_TRUE(Eventually([&] { return late->next_position() == 10; }));
  EXPECT_TRUE(Eventually([&] { return end->next_position() == 10; }));
  EXPECT_EQ(end->heartbeats(), 1);
  Grow(5);
  for (const auto& watcher : {all, late, end}) {
    EXPECT_TRUE(Eventually([&] { return watcher->next_position() == 15; }));
    EXPECT_TRUE(watcher->gapless());
  }
}

TEST_F(WatchHubTest, ASlowWatcherHoldsUpNobodyAndGetsAllInItsOwnTime) {
  hub_.Start();
  const auto slow = Watch(0, /*auto_idle=*/false);
  const auto fast = Watch(0);
  EXPECT_TRUE(Eventually([&] { return slow->messages() == 1; }));
  for (int i = 0; i < 30; ++i) Grow(100);
  EXPECT_TRUE(Eventually([&] { return fast->next_position() == 3000; }));
  EXPECT_EQ(slow->messages(), 1);
  EXPECT_TRUE(Eventually([&] {
    slow->Take();
    hub_.Poke();
    return slow->next_position() == 3000;
  }));
  EXPECT_LT(slow->messages(), 20) << "by pages, not by entries";
  EXPECT_TRUE(slow->gapless());
  EXPECT_TRUE(fast->gapless());
}

TEST_F(WatchHubTest, ReadsANewPageOnceForAllWatchers) {
  hub_.Start();
  std::vector<std::shared_ptr<FakeWatcher>> watchers;
  for (int i = 0; i < 50; ++i) watchers.push_back(Watch(0));
  for (const auto& watcher : watchers) {
    EXPECT_TRUE(Eventually([&] { return watcher->messages() > 0; }));
  }
  const int64_t before = Selects();
  Grow(100);
  for (const auto& watcher : watchers) {
    EXPECT_TRUE(Eventually([&] { return watcher->next_position() == 100; }));
  }
  EXPECT_LT(Selects() - before, 25);
}

TEST_F(WatchHubTest, GivesASignOfLifeEachSecond) {
  hub_.Start();
  const auto watcher = Watch(0);
  const absl::Time start = absl::Now();
  EXPECT_TRUE(Eventually([&] { return watcher->heartbeats() == 3; }));
  EXPECT_GT(absl::Now() - start, absl::Milliseconds(1900)) << "the first comes at once";
}

// It says how long the journal is: who follows it believes to have all.
TEST_F(WatchHubTest, GivesNoSignOfLifeWithoutTheDatabase) {
  hub_.Start();
  const auto watcher = Watch(0);
  EXPECT_TRUE(Eventually([&] { return watcher->heartbeats() >= 2; }));
  testlib::Database::PauseServer();
  const int before = watcher->heartbeats();
  absl::SleepFor(absl::Seconds(4));
  EXPECT_LE(watcher->heartbeats(), before + 1) << "one may have been under way";
  testlib::Database::ResumeServer();
  EXPECT_TRUE(Eventually([&] { return watcher->heartbeats() > before + 1; }));
}

TEST_F(WatchHubTest, ServesServicesBeforePersons) {
  Grow(10);
  absl::Mutex mutex;
  std::vector<std::string> order;
  class Noting final : public Watcher {
   public:
    Noting(bool of_service, int64_t from, absl::Mutex* mutex, std::vector<std::string>* order)
        : of_service_(of_service), next_(from), mutex_(mutex), order_(order) {}
    int64_t next_position() const override { return next_; }
    bool idle() const override { return true; }
    bool of_service() const override { return of_service_; }
    void Send(v1::WatchJournalResponse response) override {
      absl::MutexLock lock(mutex_);
      if (!response.entries().empty()) order_->push_back(of_service_ ? "service" : "person");
      next_ += response.entries_size();
    }
    void Finish(const absl::Status&) override {}

   private:
    const bool of_service_;
    std::atomic<int64_t> next_;
    absl::Mutex* const mutex_;
    std::vector<std::string>* const order_;
  };
  for (int i = 0; i < 3; ++i) hub_.Add(std::make_shared<Noting>(false, i, &mutex, &order));
  hub_.Add(std::make_shared<Noting>(true, 7, &mutex, &order));
  hub_.Start();
  EXPECT_TRUE(Eventually([&] {
    absl::MutexLock lock(&mutex);
    return order.size() == 4;
  }));
  EXPECT_EQ(order.front(), "service");
  hub_.Stop();
}

TEST_F(WatchHubTest, FinishesEachWatcherOnce) {
  hub_.Start();
  const auto leaving = Watch(0);
  const auto staying = Watch(0);
  hub_.Remove(leaving.get());
  EXPECT_TRUE(Eventually([&] { return leaving->finished() == 1; }));
  EXPECT_TRUE(absl::IsCancelled(leaving->status()));
  hub_.Stop();
  EXPECT_EQ(Reason(staying->status()), "DRAINING");
  const auto too_late = Watch(0);
  EXPECT_EQ(Reason(too_late->status()), "DRAINING");
  for (const auto& watcher : {leaving, staying, too_late}) EXPECT_EQ(watcher->finished(), 1);
}

TEST_F(WatchHubTest, GoesOnWhenTheDatabaseReturns) {
  hub_.Start();
  Grow(3);
  const auto watcher = Watch(0);
  EXPECT_TRUE(Eventually([&] { return watcher->next_position() == 3; }));
  testlib::Database::KillServer();
  hub_.OnSize(4);
  absl::SleepFor(absl::Milliseconds(300));  // lets a read fail; the test does not depend on it
  EXPECT_EQ(watcher->finished(), 0);
  testlib::Database::RestartServer();
  Grow(2);
  EXPECT_TRUE(Eventually([&] { return watcher->next_position() == 5; }));
  EXPECT_TRUE(watcher->gapless());
}

}  // namespace
}  // namespace comity::journal
