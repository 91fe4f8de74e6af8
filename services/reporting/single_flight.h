// A small cache whose missing values are computed once, however many ask at the same time.
#ifndef COMITY_REPORTING_SINGLE_FLIGHT_H_
#define COMITY_REPORTING_SINGLE_FLIGHT_H_

#include <algorithm>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/runtime/status/errors.h"

namespace comity::reporting {

// When to answer an asker that a value is not there yet, so that he hears it before he leaves.
inline absl::Time AnswerBy(absl::Time deadline) {
  return deadline - std::min(absl::Milliseconds(500), (deadline - absl::Now()) / 10);
}

// How much is kept. What was used last stays longest.
struct Keeping {
  size_t values = 1;       // at most
  size_t bytes = 0;        // of all together, at most …
  size_t in_any_case = 0;  // … but so many values stay whatever they weigh
};

// Thread-safe. Outlives what its executor still has to run.
template <typename Value>
class SingleFlight {
 public:
  using Kept = std::shared_ptr<const Value>;
  using Result = absl::StatusOr<Kept>;
  using Compute = std::function<Result()>;
  // The bytes of a value.
  using Weigh = std::function<size_t(const Value&)>;
  // Runs a task on another thread, now or later, or refuses it.
  using Execute = std::function<absl::Status(std::function<void()>)>;

  // Without `execute`, a value is computed on the thread of the first who asks for it.
  SingleFlight(Keeping keeping, Weigh weigh, Execute execute = nullptr)
      : keeping_(keeping), weigh_(std::move(weigh)), execute_(std::move(execute)) {}

  // The value of `key`, computed for the first who asks; all who ask meanwhile wait for it until
  // their `deadline` (DEADLINE_EXCEEDED). An error goes to all who wait, and is not kept; but where
  // the computation had less time than one who waits, or gave up (CANCELLED), it is his turn.
  Result Get(const std::string& key, absl::Time deadline, const Compute& compute) {
    while (true) {
      bool is_first = false;
      const std::shared_ptr<Flight> flight = Join(key, compute, execute_, &is_first);
      Result result = Wait(flight.get(), deadline);
      const bool our_turn =
          absl::IsDeadlineExceeded(result.status()) || absl::IsCancelled(result.status());
      if (is_first || !our_turn || absl::Now() >= deadline) return result;
    }
  }

  // Computes the value here unless it is kept or under way; waits for nobody else.
  void Offer(const std::string& key, const Compute& compute) {
    bool is_first = false;
    Join(key, compute, nullptr, &is_first);
  }

  // Whether the value is kept or under way.
  bool Has(const std::string& key) {
    absl::MutexLock lock(&mutex_);
    return slots_.contains(key);
  }

  // The kept value; null where there is none, or it is under way.
  Kept Peek(const std::string& key) {
    absl::MutexLock lock(&mutex_);
    const auto known = slots_.find(key);
    return known == slots_.end() ? nullptr : known->second.kept;
  }

  // Of the kept values that are `fit`, one to which no other is preferred; null when none is.
  Kept Best(const std::function<bool(const Value&)>& fit,
            const std::function<bool(const Value&, const Value&)>& prefer) {
    absl::MutexLock lock(&mutex_);
    Kept best;
    for (const auto& [key, slot] : slots_) {
      if (slot.kept == nullptr || !fit(*slot.kept)) continue;
      if (best == nullptr || prefer(*slot.kept, *best)) best = slot.kept;
    }
    return best;
  }

  // Forgets everything; what is under way reaches those who wait for it, and is not kept.
  void Clear() {
    absl::MutexLock lock(&mutex_);
    slots_.clear();
    used_.clear();
    values_ = bytes_ = 0;
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
    Kept kept;  // null while under way
    size_t bytes = 0;
  };

  static Result Run(const Compute& compute) {
    try {
      return compute();
    } catch (const std::exception& error) {
      return Internal(absl::StrCat("exception: ", error.what()));
    } catch (...) {
      return Internal("exception of unknown type");
    }
  }

  static Result Wait(Flight* flight, absl::Time deadline) {
    absl::MutexLock lock(&flight->mutex);
    if (!flight->mutex.AwaitWithDeadline(absl::Condition(&flight->done), deadline)) {
      return DeadlineExceeded();
    }
    return flight->result;
  }

  std::shared_ptr<Flight> Join(const std::string& key, const Compute& compute,
                               const Execute& execute, bool* is_first) {
    auto flight = std::make_shared<Flight>();
    {
      absl::MutexLock lock(&mutex_);
      const auto known = slots_.find(key);
      if (known != slots_.end()) {
        used_.splice(used_.begin(), used_, known->second.place);
        return known->second.flight;
      }
      used_.push_front(key);
      slots_[key] = {flight, used_.begin()};
    }
    *is_first = true;
    const auto task = [this, key, flight, compute] { Land(key, flight.get(), Run(compute)); };
    absl::Status taken;
    if (execute == nullptr) {
      task();
    } else {
      taken = execute(task);
    }
    if (!taken.ok()) Land(key, flight.get(), taken);
    return flight;
  }

  void Land(const std::string& key, Flight* flight, const Result& result) {
    Keep(key, flight, result);
    absl::MutexLock lock(&flight->mutex);
    flight->result = result;
    flight->done = true;
  }

  void Keep(const std::string& key, const Flight* flight, const Result& result) {
    absl::MutexLock lock(&mutex_);
    const auto known = slots_.find(key);
    if (known == slots_.end() || known->second.flight.get() != flight) return;
    if (!result.ok()) {
      used_.erase(known->second.place);
      slots_.erase(known);
      return;
    }
    known->second.kept = *result;
    known->second.bytes = weigh_(**result);
    ++values_;
    bytes_ += known->second.bytes;
    LetGo();
  }

  // Lets go of what was not used for longest. What is under way stays: it is waited for.
  void LetGo() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (auto last = used_.end(); last != used_.begin() && HoldsTooMuch();) {
      const auto slot = slots_.find(*--last);
      if (slot->second.kept == nullptr) continue;
      --values_;
      bytes_ -= slot->second.bytes;
      slots_.erase(slot);
      last = used_.erase(last);
    }
  }
  bool HoldsTooMuch() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return values_ > keeping_.values || (bytes_ > keeping_.bytes && values_ > keeping_.in_any_case);
  }

  const Keeping keeping_;
  const Weigh weigh_;
  const Execute execute_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Slot> slots_ ABSL_GUARDED_BY(mutex_);
  std::list<std::string> used_ ABSL_GUARDED_BY(mutex_);  // the last used first
  size_t values_ ABSL_GUARDED_BY(mutex_) = 0;            // kept
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_SINGLE_FLIGHT_H_
