// Clocks that count business time, stand still while paused, and run against a target.
// Method: ../shared/methods.md section 5: elapsed = ∫ open(τ)·not paused(τ) dτ, due = the smallest
// t with elapsed(t) = target. All pure: the calendar and every moment are arguments.
#ifndef COMITY_RUNTIME_CALENDAR_CLOCK_H_
#define COMITY_RUNTIME_CALENDAR_CLOCK_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/runtime/calendar/calendar.h"

namespace comity::calendar {

// What happened to a clock, under the calendar and the target that it runs under now. Change it
// with the functions below: they keep its events in order.
struct Clock {
  // Counts from here: the start, or the last change of calendar or target.
  absl::Time since;
  // Business time that it had consumed by then, under earlier calendars and targets.
  absl::Duration consumed;
  // Business time until it is due, `consumed` included.
  absl::Duration target;
  // Part of the target, 0 to 1, after which it warns; none: it does not.
  std::optional<double> warn_fraction;
  // Sorted and disjoint. One that lasts is the last and is until absl::InfiniteFuture().
  std::vector<Interval> pauses;
  // When what it waits for was done; it counts no further.
  std::optional<absl::Time> stopped;
  // A breach that later events must not erase: noted before a pause and before a change of terms.
  std::optional<absl::Time> breached;
};

enum class ClockPhase { kRunning, kPaused, kStopped };

struct ClockState {
  ClockPhase phase = ClockPhase::kRunning;
  // Both may be so in any phase; a breach also warns, where there is a warning.
  bool warned = false;
  bool breached = false;
};

// A clock that runs from `at` on. `target`: business time.
Clock StartClock(absl::Time at, absl::Duration target,
                 std::optional<double> warn_fraction = std::nullopt);

// The following take the clock as it is and give the clock as it is thereafter. `at` is the moment
// at which it happened. Common errors: INVALID_ARGUMENT reason CLOCK_EVENT_ORDER where `at` is
// before an event that the clock knows; FAILED_PRECONDITION reason CLOCK_STOPPED where it was
// stopped.

// Pauses. `now` is the moment at which that is recorded: a breach up to then stands, even where the
// pause is said to have begun before it.
// Errors: FAILED_PRECONDITION reason CLOCK_PAUSED; those of Due.
absl::StatusOr<Clock> PauseClock(const Calendar& calendar, Clock clock, absl::Time at,
                                 absl::Time now);
// Errors: FAILED_PRECONDITION reason CLOCK_NOT_PAUSED.
absl::StatusOr<Clock> ResumeClock(Clock clock, absl::Time at);
// Stops for good: what it waited for was done at `at`. It was in time if it was not breached by
// then.
absl::StatusOr<Clock> StopClock(Clock clock, absl::Time at);

// From `at` on another calendar (that of later calls), another target, or both: the time consumed
// and a breach by then are kept, what remains of the target is counted anew. A target that is
// consumed already is due at `at`. `calendar` is the one until then. Errors: those of Due.
absl::StatusOr<Clock> ChangeTerms(const Calendar& calendar, Clock clock, absl::Time at,
                                  absl::Duration target);

// Business time that it has counted by `now`. Before `since`: what was consumed by then.
absl::Duration Elapsed(const Calendar& calendar, const Clock& clock, absl::Time now);

// When it is (or was) breached: the smallest t at which Elapsed is the target, or the breach that
// was noted. absl::InfiniteFuture() while a pause lasts that began before. A stop does not move it.
// Errors: FAILED_PRECONDITION reason CALENDAR_NEVER_OPEN.
absl::StatusOr<absl::Time> Due(const Calendar& calendar, const Clock& clock);

// When it warns; absl::InfiniteFuture() where it has no warning, and else as Due.
absl::StatusOr<absl::Time> WarningDue(const Calendar& calendar, const Clock& clock);

// At `now`, as of the events known. Breached from Due on, that moment included, unless stopped
// before; so `target` business time means less than that.
ClockState StateOf(const Calendar& calendar, const Clock& clock, absl::Time now);

}  // namespace comity::calendar

#endif  // COMITY_RUNTIME_CALENDAR_CLOCK_H_
