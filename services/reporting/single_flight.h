// A small cache whose missing values are computed once, however many ask at the same time.
#ifndef COMITY_REPORTING_SINGLE_FLIGHT_H_
#define COMITY_REPORTING_SINGLE_FLIGHT_H_

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/runtime/status/errors.h"

namespace comity::reporting {

// Keeps the `capacity` values that were used last. Thread-safe.
template <typename Value>
class SingleFlight {
 public:
  using Result = absl::StatusOr<std::shared_ptr<const Value>>;
  using Compute = std::function<Result()>;

  explicit SingleFlight(size_t capacity) : capacity_(capacity) {}

  // The value of `key`, computed by the first who asks; the others wait until `deadline`
  // (DEADLINE_EXCEEDED). An error goes to all who wait, and is not kept.
  Result Get(const std::string& key, absl::Time deadline, const Compute& compute) {
    std::shared_ptr<Flight> flight;
    bool leads = false;
    {
      absl::MutexLock lock(&mutex_);
      const auto known = flights_.find(key);
      if (known != flights_.end()) {
        flight = known->second.flight;
        used_.splice(used_.begin(), used_, known->second.place);
      } else {
        flight = Add(key, std::make_shared<Flight>());
        leads = true;
      }
    }
    if (leads) Land(key, flight.get(), compute());
    absl::MutexLock lock(&flight->mutex);
    if (!flight->mutex.AwaitWithDeadline(absl::Condition(&flight->done), deadline)) {
      return DeadlineExceeded();
    }
    return flight->result;
  }

  // Puts a value that was made elsewhere.
  void Put(const std::string& key, std::shared_ptr<const Value> value) {
    auto flight = std::make_shared<Flight>();
    flight->done = true;
    flight->result = std::move(value);
    absl::MutexLock lock(&mutex_);
    if (!flights_.contains(key)) Add(key, std::move(flight));
  }

  // Whether the value is kept or under way.
  bool Has(const std::string& key) {
    absl::MutexLock lock(&mutex_);
    return flights_.contains(key);
  }

  void Clear() {
    absl::MutexLock lock(&mutex_);
    flights_.clear();
    used_.clear();
  }

 private:
  struct Flight {
    absl::Mutex mutex;
    bool done ABSL_GUARDED_BY(mutex) = false;
    Result result ABSL_GUARDED_BY(mutex) = absl::UnknownError("not computed");
  };
  struct Slot {
    std::shared_ptr<Flight> flight;
    std::list<std::string>::iterator place;
  };

  std::shared_ptr<Flight> Add(const std::string& key, std::shared_ptr<Flight> flight)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    used_.push_front(key);
    flights_[key] = {flight, used_.begin()};
    if (used_.size() > capacity_) {
      flights_.erase(used_.back());
      used_.pop_back();
    }
    return flight;
  }

  void Land(const std::string& key, Flight* flight, Result result) {
    const bool failed = !result.ok();
    {
      absl::MutexLock lock(&flight->mutex);
      flight->result = std::move(result);
      flight->done = true;
    }
    if (!failed) return;
    absl::MutexLock lock(&mutex_);
    const auto known = flights_.find(key);
    if (known == flights_.end() || known->second.flight.get() != flight) return;
    used_.erase(known->second.place);
    flights_.erase(known);
  }

  const size_t capacity_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Slot> flights_ ABSL_GUARDED_BY(mutex_);
  std::list<std::string> used_ ABSL_GUARDED_BY(mutex_);  // the last used first
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_SINGLE_FLIGHT_H_
