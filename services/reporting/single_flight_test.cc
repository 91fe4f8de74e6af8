#include "services/reporting/single_flight.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace comity::reporting {
namespace {

using Cache = SingleFlight<int>;

absl::Time Soon() { return absl::Now() + absl::Seconds(10); }

Cache::Compute Returns(int value, int* times) {
  return [=]() -> Cache::Result {
    ++*times;
    return std::make_shared<const int>(value);
  };
}

TEST(SingleFlight, KeepsTheLastUsed) {
  Cache cache(2);
  int times = 0;
  for (const char* key : {"a", "b", "a", "c", "a"}) {
    EXPECT_EQ(**cache.Get(key, Soon(), Returns(1, &times)), 1);
  }
  EXPECT_EQ(times, 3);
  EXPECT_FALSE(cache.Has("b"));
}

TEST(SingleFlight, ComputesOnceForAllWhoAsk) {
  Cache cache(2);
  std::atomic<int> times = 0;
  absl::Notification started;
  absl::Notification go_on;
  const auto slow = [&]() -> Cache::Result {
    ++times;
    started.Notify();
    go_on.WaitForNotification();
    return std::make_shared<const int>(5);
  };
  std::vector<std::thread> callers;
  std::atomic<int> sum = 0;
  callers.emplace_back([&] { sum += **cache.Get("a", Soon(), slow); });
  started.WaitForNotification();
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] { sum += **cache.Get("a", Soon(), slow); });
  }
  // One who cannot wait says so, and disturbs nobody.
  EXPECT_TRUE(absl::IsDeadlineExceeded(cache.Get("a", absl::Now(), slow).status()));
  go_on.Notify();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(times, 1);
  EXPECT_EQ(sum, 20);
}

TEST(SingleFlight, AnErrorIsNotKept) {
  Cache cache(2);
  int times = 0;
  const auto fails = []() -> Cache::Result { return absl::UnavailableError("away"); };
  EXPECT_TRUE(absl::IsUnavailable(cache.Get("a", Soon(), fails).status()));
  EXPECT_EQ(**cache.Get("a", Soon(), Returns(7, &times)), 7);
}

TEST(SingleFlight, Put) {
  Cache cache(1);
  cache.Put("a", std::make_shared<const int>(3));
  int times = 0;
  EXPECT_EQ(**cache.Get("a", Soon(), Returns(7, &times)), 3);
  EXPECT_EQ(times, 0);
}

}  // namespace
}  // namespace comity::reporting
