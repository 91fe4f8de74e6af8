// A token bucket per caller. Pure: the clock is an argument.
#ifndef COMITY_GATEWAY_HTTP_DOOR_RATE_LIMIT_H_
#define COMITY_GATEWAY_HTTP_DOOR_RATE_LIMIT_H_

#include <list>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace comity::gateway {

// Thread-safe. Holds at most `max_callers` buckets; the one that was not used for longest is
// forgotten first, and grants its caller a burst anew.
class RateLimit {
 public:
  // Grants `per_second` on average, at most `burst` at once.
  RateLimit(double per_second, double burst, size_t max_callers = 10000)
      : per_second_(per_second), burst_(burst), max_callers_(max_callers) {}

  // Zero when the call is granted; else how long to wait.
  absl::Duration Take(const std::string& caller, absl::Time now);
  // What Take would answer; takes nothing.
  absl::Duration Ask(const std::string& caller, absl::Time now);

 private:
  struct Bucket {
    std::string caller;
    double level = 0;
    absl::Time at;
  };
  // How long until a bucket of this level grants a call.
  absl::Duration WaitAt(double level) const;
  double LevelAt(const Bucket& bucket, absl::Time now) const;
  // The caller's bucket, now the most recent one.
  Bucket& Find(const std::string& caller, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const double per_second_;
  const double burst_;
  const size_t max_callers_;
  absl::Mutex mutex_;
  std::list<Bucket> recent_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<absl::string_view, std::list<Bucket>::iterator> by_caller_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_RATE_LIMIT_H_
