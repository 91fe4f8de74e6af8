#include "services/reporting/single_flight.h"

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace comity::reporting {
namespace {

// Keeps so many values of one byte each.
class Cache : public SingleFlight<int> {
 public:
  explicit Cache(size_t values)
      : SingleFlight({.values = values, .bytes = 1000}, [](int) { return size_t{1}; }) {}
};

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

TEST(SingleFlight, AnExceptionIsAnErrorAndIsNotKept) {
  Cache cache(2);
  int times = 0;
  const auto throws = []() -> Cache::Result { throw std::runtime_error("broken"); };
  EXPECT_EQ(cache.Get("a", Soon(), throws).status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(**cache.Get("a", absl::Now(), Returns(7, &times)), 7);
}

TEST(SingleFlight, TheShortDeadlineOfOneFailsNobodyElse) {
  Cache cache(2);
  absl::Notification started;
  absl::Notification go_on;
  const auto too_slow = [&]() -> Cache::Result {
    started.Notify();
    go_on.WaitForNotification();
    return DeadlineExceeded();
  };
  std::thread hasty(
      [&] { EXPECT_TRUE(absl::IsDeadlineExceeded(cache.Get("a", Soon(), too_slow).status())); });
  started.WaitForNotification();
  std::atomic<int> sum = 0;
  std::vector<std::thread> patient;
  for (int i = 0; i < 3; ++i) {
    patient.emplace_back([&] {
      const auto value = cache.Get("a", Soon(), [] { return std::make_shared<const int>(7); });
      if (value.ok()) sum += **value;
    });
  }
  absl::SleepFor(absl::Milliseconds(20));  // most of them wait by now
  go_on.Notify();
  hasty.join();
  for (std::thread& caller : patient) caller.join();
  EXPECT_EQ(sum, 21);
}

TEST(SingleFlight, OfferComputesOnceAndWaitsForNobody) {
  Cache cache(1);
  int times = 0;
  cache.Offer("a", Returns(3, &times));
  cache.Offer("a", Returns(4, &times));
  EXPECT_EQ(**cache.Get("a", Soon(), Returns(7, &times)), 3);
  EXPECT_EQ(times, 1);
}

TEST(SingleFlight, WhoeverWaitsForWhatIsGivenUpComputesIt) {
  Cache cache(1);
  absl::Notification started;
  absl::Notification go_on;
  std::thread gives_up([&] {
    cache.Offer("a", [&]() -> Cache::Result {
      started.Notify();
      go_on.WaitForNotification();
      return absl::CancelledError("no longer wanted");
    });
  });
  started.WaitForNotification();
  std::thread waits([&] {
    int times = 0;
    const auto value = cache.Get("a", Soon(), Returns(7, &times));
    EXPECT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(times, 1);
  });
  absl::SleepFor(absl::Milliseconds(20));  // he waits by now
  go_on.Notify();
  gives_up.join();
  waits.join();
}

TEST(SingleFlight, KeepsWhatFitsInBytes) {
  SingleFlight<int> cache({.values = 10, .bytes = 10, .in_any_case = 1},
                          [](int value) { return static_cast<size_t>(value); });
  int times = 0;
  for (const int value : {4, 5, 3}) {
    ASSERT_TRUE(cache.Get(std::to_string(value), Soon(), Returns(value, &times)).ok());
  }
  EXPECT_FALSE(cache.Has("4"));
  EXPECT_TRUE(cache.Has("5"));
  ASSERT_TRUE(cache.Get("99", Soon(), Returns(99, &times)).ok());
  EXPECT_FALSE(cache.Has("3"));
  EXPECT_TRUE(cache.Has("99"));
  cache.Clear();
  ASSERT_TRUE(cache.Get("4", Soon(), Returns(4, &times)).ok());
  EXPECT_TRUE(cache.Has("4"));
}

TEST(SingleFlight, AnotherThreadComputesForAskersThatLeave) {
  std::vector<std::function<void()>> tasks;
  bool is_full = false;
  SingleFlight<int> cache(
      {.values = 2, .bytes = 10}, [](int) { return size_t{1}; },
      [&](std::function<void()> task) -> absl::Status {
        if (is_full) return ServerBusy(absl::Seconds(1));
        tasks.push_back(std::move(task));
        return absl::OkStatus();
      });
  int times = 0;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(absl::IsDeadlineExceeded(cache.Get("a", absl::Now(), Returns(7, &times)).status()));
  }
  ASSERT_EQ(tasks.size(), 1);
  tasks[0]();
  EXPECT_EQ(**cache.Get("a", absl::Now(), Returns(8, &times)), 7);
  is_full = true;
  EXPECT_EQ(Reason(cache.Get("b", Soon(), Returns(8, &times)).status()), "SERVER_BUSY");
  EXPECT_FALSE(cache.Has("b"));
}

TEST(SingleFlight, BestOfWhatIsKept) {
  Cache cache(5);
  int times = 0;
  for (const int value : {1, 4, 9}) {
    ASSERT_TRUE(cache.Get(std::to_string(value), Soon(), Returns(value, &times)).ok());
  }
  const auto greater = [](int a, int b) { return a > b; };
  EXPECT_EQ(*cache.Best([](int value) { return value < 9; }, greater), 4);
  EXPECT_EQ(cache.Best([](int value) { return value > 9; }, greater), nullptr);
}

}  // namespace
}  // namespace comity::reporting
