// The record as it stood at moments of the past: replayed by a thread of their own, however long
// that takes and whoever still waits, and kept for those who ask next. No gRPC.
#ifndef COMITY_REPORTING_PAST_STATES_H_
#define COMITY_REPORTING_PAST_STATES_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <tuple>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/reporting/single_flight.h"
#include "services/reporting/state.h"
#include "services/runtime/charter/book.h"
#include "services/runtime/server/worker_pool.h"

namespace comity::reporting {

// Which record is read.
struct Moment {
  int64_t as_of = 0;                 // number of an intake; 0: the last
  int64_t occurred_before = kNever;  // microseconds; kNever: everything
};

// Thread-safe.
class PastStates {
 public:
  // Applies the intakes after state->number() up to `as_of`, from the rows of a generation.
  using Replay = std::function<absl::Status(int64_t generation, int64_t as_of, State* state)>;
  using Kept = std::shared_ptr<const State>;

  PastStates(const charter::Book* book, Replay replay);
  ~PastStates();  // Stop()

  // The state of a moment; its as_of is not 0. Made once, however many ask.
  // Errors: PAST_NOT_READY where it is being made: DEADLINE_EXCEEDED shortly before `deadline`, or
  // UNAVAILABLE at once where many wait already; RESOURCE_EXHAUSTED SERVER_BUSY where many are to
  // be made; those of the replay.
  absl::StatusOr<Kept> Get(int64_t generation, const Moment& moment, absl::Time deadline);
  // The same as of about `newest.as_of`, the last intake: where there are always new ones, no
  // replay would be of the last when it ends. One that is under way, or took long and has just
  // ended, does, if it is of the same revision of the charter as the last intake.
  absl::StatusOr<Kept> GetLatest(int64_t generation, const Moment& newest, int revision,
                                 absl::Time deadline);
  // Keeps what `copy` returns as the state as of an intake, unless there is one.
  void Offer(int64_t generation, int64_t as_of, const std::function<absl::StatusOr<State>()>& copy);
  void Clear();
  // Waits for the replay under way, and makes no other.
  void Stop();

 private:
  struct Past {
    int64_t generation = 0;
    State state;
    absl::Time good_until = absl::InfinitePast();  // for GetLatest
  };
  absl::StatusOr<std::shared_ptr<const Past>> Make(int64_t generation, const Moment& moment);
  // A copy of the latest kept state that the moment comes after, else an empty one.
  State Nearest(int64_t generation, const Moment& moment);
  // The moment that stands for `newest`.
  Moment Choose(int64_t generation, const Moment& newest, int revision);

  const charter::Book* const book_;
  const Replay replay_;
  std::atomic<int> waiting_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> copying_{false};
  SingleFlight<Past> kept_;
  absl::Mutex mutex_;
  // as_of that GetLatest chose, by generation, occurred_before and revision.
  std::map<std::tuple<int64_t, int64_t, int>, int64_t> chosen_ ABSL_GUARDED_BY(mutex_);
  server::WorkerPool replayer_;  // ends before what it fills
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_PAST_STATES_H_
