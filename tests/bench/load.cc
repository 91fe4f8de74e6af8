#include "tests/bench/load.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"

namespace comity::bench {
namespace {

enum Phase { kWarmUp, kMeasure, kOver };

// What one caller saw.
struct Seen {
  std::vector<int64_t> nanos;
  int64_t failures = 0;
  std::string first_failure;
};

void CallUntilOver(const Caller& call, const std::atomic<int>& phase, Seen* seen) {
  while (phase != kOver) {
    const bool measured = phase == kMeasure;
    const absl::Time start = absl::Now();
    const absl::Status status = call();
    if (!measured) continue;
    seen->nanos.push_back(absl::ToInt64Nanoseconds(absl::Now() - start));
    if (status.ok()) continue;
    if (seen->failures++ == 0) seen->first_failure = status.ToString();
  }
}

absl::Duration Quantile(const std::vector<int64_t>& sorted, double q) {
  if (sorted.empty()) return absl::ZeroDuration();
  return absl::Nanoseconds(sorted[static_cast<size_t>(q * (sorted.size() - 1))]);
}

LoadResult Summarise(const std::vector<Seen>& all, absl::Duration elapsed) {
  LoadResult result;
  result.callers = static_cast<int>(all.size());
  std::vector<int64_t> nanos;
  for (const Seen& seen : all) {
    nanos.insert(nanos.end(), seen.nanos.begin(), seen.nanos.end());
    result.failures += seen.failures;
    if (result.first_failure.empty()) result.first_failure = seen.first_failure;
  }
  std::sort(nanos.begin(), nanos.end());
  result.calls = static_cast<int64_t>(nanos.size());
  result.calls_per_second =
      (result.calls - result.failures) / std::max(absl::ToDoubleSeconds(elapsed), 1e-9);
  result.p50 = Quantile(nanos, 0.50);
  result.p99 = Quantile(nanos, 0.99);
  return result;
}

}  // namespace

LoadResult RunLoad(int callers, absl::Duration warm_up, absl::Duration duration,
                   const MakeCaller& make, const std::function<void()>& made) {
  std::atomic<int> phase = kWarmUp;
  std::vector<Seen> seen(callers);
  std::vector<std::thread> threads;
  absl::BlockingCounter all_made(callers);
  absl::Notification begin;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&, i] {
      const Caller call = make(i);
      all_made.DecrementCount();
      begin.WaitForNotification();
      CallUntilOver(call, phase, &seen[i]);
    });
  }
  all_made.Wait();
  made();
  begin.Notify();
  absl::SleepFor(warm_up);
  const absl::Time start = absl::Now();
  phase = kMeasure;
  absl::SleepFor(duration);
  phase = kOver;
  const absl::Duration elapsed = absl::Now() - start;
  for (std::thread& thread : threads) thread.join();
  return Summarise(seen, elapsed);
}

double CpuSeconds(int pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string line;
  if (!std::getline(file, line)) return 0;
  // After the name in parentheses: utime and stime are the 12th and 13th fields.
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

int64_t ResidentBytes(int pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/statm"));
  int64_t total = 0;
  int64_t resident = 0;
  file >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace comity::bench
