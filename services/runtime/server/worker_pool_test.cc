#include "services/runtime/server/worker_pool.h"

#include <atomic>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

constexpr size_t kBytes = 1000;  // of requests in a queue

// A pool of one worker that is held until Release().
class WorkerPoolTest : public testing::Test {
 protected:
  void Hold(WorkerPool* pool) {
    absl::Notification started;
    ASSERT_TRUE(pool->Submit({},
                             [this, &started] {
                               started.Notify();
                               go_.WaitForNotification();
                             })
                    .ok());
    started.WaitForNotification();
  }
  void Release() { go_.Notify(); }
  absl::Notification go_;
};

TEST_F(WorkerPoolTest, EveryAdmittedTaskRunsOnce) {
  std::atomic<int> runs{0};
  {
    WorkerPool pool(4, 1000, kBytes);
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(pool.Submit({}, [&] { ++runs; }).ok());
  }
  EXPECT_EQ(runs, 1000);  // the destructor runs what is queued
}

TEST_F(WorkerPoolTest, AFullQueueShedsWithRetryInfo) {
  WorkerPool pool(1, 4, kBytes);
  Hold(&pool);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(pool.Submit({}, [] {}).ok());
  const absl::Status shed = pool.Submit({}, [] { ADD_FAILURE() << "was refused"; });
  EXPECT_EQ(shed.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Reason(shed), "SERVER_BUSY");
  EXPECT_TRUE(shed.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
  EXPECT_EQ(pool.queued(), 4);
  Release();
}

TEST_F(WorkerPoolTest, AQueueIsFullByBytesAsWell) {
  WorkerPool pool(1, 100, kBytes);
  Hold(&pool);
  EXPECT_TRUE(pool.Submit({.bulk = true, .bytes = 500}, [] {}).ok());
  EXPECT_EQ(Reason(pool.Submit({.bulk = true, .bytes = 1}, [] {})), "SERVER_BUSY") << "its half";
  EXPECT_TRUE(pool.Submit({.bytes = 500}, [] {}).ok());
  EXPECT_EQ(Reason(pool.Submit({.bytes = 1}, [] {})), "SERVER_BUSY");
  EXPECT_TRUE(pool.Submit({}, [] {}).ok());
  Release();
  // What left the queue is counted no more.
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (!pool.Submit({.bytes = kBytes}, [] {}).ok()) ASSERT_LT(absl::Now(), end);
}

TEST_F(WorkerPoolTest, BulkMayUseHalfOfTheQueue) {
  WorkerPool pool(1, 4, kBytes);
  Hold(&pool);
  const Admission bulk{.bulk = true};
  EXPECT_TRUE(pool.Submit(bulk, [] {}).ok());
  EXPECT_TRUE(pool.Submit(bulk, [] {}).ok());
  EXPECT_EQ(Reason(pool.Submit(bulk, [] {})), "SERVER_BUSY");
  EXPECT_TRUE(pool.Submit({}, [] {}).ok());
  EXPECT_TRUE(pool.Submit({}, [] {}).ok());
  EXPECT_EQ(Reason(pool.Submit({}, [] {})), "SERVER_BUSY");
  Release();
}

TEST_F(WorkerPoolTest, BulkLeavesHalfOfTheWorkersToOthers) {
  WorkerPool pool(4, 100, kBytes);
  const Admission bulk{.bulk = true};
  absl::BlockingCounter two(2);
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  std::atomic<int> done{0};
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(pool.Submit(bulk,
                            [&, i] {
                              most = std::max(most.load(), ++running);
                              if (i < 2) two.DecrementCount();
                              go_.WaitForNotification();
                              --running;
                              ++done;
                            })
                    .ok());
  }
  two.Wait();
  EXPECT_EQ(pool.queued(), 4) << "two run";
  absl::Notification other;
  ASSERT_TRUE(pool.Submit({}, [&other] { other.Notify(); }).ok());
  other.WaitForNotification();  // passes the four that wait
  EXPECT_EQ(pool.queued(), 4);
  Release();
  pool.Stop();
  EXPECT_EQ(done, 6);
  EXPECT_EQ(most, 2);
}

TEST_F(WorkerPoolTest, ALongQueueOfBulkShedsNoOthers) {
  WorkerPool pool(4, 1000, kBytes);
  const Admission bulk{.bulk = true, .cost = absl::Milliseconds(20)};
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(pool.Submit(bulk, [this] { go_.WaitForNotification(); }).ok());
  }
  const Admission hurried{.deadline = absl::Now() + absl::Milliseconds(500)};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(pool.Submit(hurried, [] {}).ok());
  Admission hurried_bulk = hurried;
  hurried_bulk.bulk = true;
  EXPECT_EQ(Reason(pool.Submit(hurried_bulk, [] {})), "SERVER_BUSY");
  Release();
}

TEST_F(WorkerPoolTest, ShedsWhatCouldNotBeDoneInTime) {
  WorkerPool pool(1, 1000, kBytes);
  Hold(&pool);
  const absl::Duration cost = absl::Seconds(1);
  // Whoever need not wait is never too late: nobody knows better than the task itself.
  const absl::Time soon = absl::Now() + absl::Milliseconds(1);
  EXPECT_TRUE(pool.Submit({.deadline = soon, .cost = cost}, [] {}).ok());
  for (int i = 0; i < 99; ++i) ASSERT_TRUE(pool.Submit({.cost = cost}, [] {}).ok());
  // A hundred seconds to wait, and its own time after that.
  const absl::Time in_time = absl::Now() + absl::Seconds(150);
  EXPECT_TRUE(pool.Submit({.deadline = in_time, .cost = cost}, [] {}).ok());
  EXPECT_EQ(Reason(pool.Submit({.deadline = in_time, .cost = 40 * cost}, [] {})), "SERVER_BUSY");
  const absl::Time too_soon = absl::Now() + absl::Seconds(90);
  EXPECT_EQ(Reason(pool.Submit({.deadline = too_soon}, [] {})), "SERVER_BUSY");
  Release();
}

TEST_F(WorkerPoolTest, AStoppedPoolTakesNothing) {
  WorkerPool pool(2, 4, kBytes);
  pool.Stop();
  EXPECT_EQ(Reason(pool.Submit({}, [] {})), "DRAINING");
}

}  // namespace
}  // namespace comity::server
