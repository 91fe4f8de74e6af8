// Closed-loop load: a number of callers, each calling again as soon as it is answered.
#ifndef COMITY_TESTS_BENCH_LOAD_H_
#define COMITY_TESTS_BENCH_LOAD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace comity::bench {

// One caller: calls once and returns the outcome. Made once a thread, before the time counts, so
// that it may own a stub, a connection, a page token, and have made what it works on.
using Caller = std::function<absl::Status()>;
using MakeCaller = std::function<Caller(int number)>;

struct LoadResult {
  int callers = 0;
  double calls_per_second = 0;
  absl::Duration p50;
  absl::Duration p99;
  int64_t calls = 0;
  int64_t failures = 0;
  std::string first_failure;
};

// Runs `callers` threads for `warm_up`, once all are made and `made` was called, then measures for
// `duration`.
LoadResult RunLoad(int callers, absl::Duration warm_up, absl::Duration duration,
                   const MakeCaller& make, const std::function<void()>& made);

// CPU seconds (user and system) that a process has used; 0 if it is gone.
double CpuSeconds(int pid);
// Resident memory of a process in bytes; 0 if it is gone.
int64_t ResidentBytes(int pid);

}  // namespace comity::bench

#endif  // COMITY_TESTS_BENCH_LOAD_H_
