#include "services/runtime/calendar/clock.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::calendar {
namespace {

bool Lasts(const Interval& pause) { return pause.until == absl::InfiniteFuture(); }

bool IsPaused(const Clock& clock) { return !clock.pauses.empty() && Lasts(clock.pauses.back()); }

absl::Time LastEvent(const Clock& clock) {
  if (clock.pauses.empty()) return clock.since;
  const Interval& last = clock.pauses.back();
  return Lasts(last) ? last.from : last.until;
}

absl::Status Refuse(absl::string_view reason, absl::string_view problem) {
  return PreconditionFailed(reason, "clock", problem);
}

absl::Status CheckEvent(const Clock& clock, absl::Time at) {
  if (clock.stopped.has_value()) return Refuse("CLOCK_STOPPED", "a stopped clock stays as it is");
  if (at >= LastEvent(clock)) return absl::OkStatus();
  return InvalidField("CLOCK_EVENT_ORDER", "at",
                      absl::StrCat("is before the clock's last event at ",
                                   absl::FormatTime(LastEvent(clock), absl::UTCTimeZone())));
}

// Business time after which it warns. It has a fraction.
absl::Duration Warning(const Clock& clock) { return clock.target * *clock.warn_fraction; }

// The smallest t at which the clock, were it never stopped, has counted `goal`.
absl::StatusOr<absl::Time> Reach(const Calendar& calendar, const Clock& clock,
                                 absl::Duration goal) {
  absl::Duration rest = goal - clock.consumed;
  absl::Time from = clock.since;
  if (rest <= absl::ZeroDuration()) return from;
  for (const Interval& pause : clock.pauses) {
    const absl::Duration counted = calendar.OpenBetween(from, pause.from);
    if (counted >= rest) break;
    if (Lasts(pause)) return absl::InfiniteFuture();
    rest -= counted;
    from = pause.until;
  }
  return calendar.Add(from, rest);
}

absl::StatusOr<Clock> NoteBreach(const Calendar& calendar, Clock clock, absl::Time now) {
  if (StateOf(calendar, clock, now).breached) {
    COMITY_ASSIGN_OR_RETURN(clock.breached, Due(calendar, clock));
  }
  return clock;
}

}  // namespace

Clock StartClock(absl::Time at, absl::Duration target, std::optional<double> warn_fraction) {
  Clock clock;
  clock.since = at;
  clock.target = target;
  clock.warn_fraction = warn_fraction;
  return clock;
}

absl::StatusOr<Clock> PauseClock(const Calendar& calendar, Clock clock, absl::Time at,
                                 absl::Time now) {
  COMITY_RETURN_IF_ERROR(CheckEvent(clock, at));
  if (IsPaused(clock)) return Refuse("CLOCK_PAUSED", "it is paused already");
  COMITY_ASSIGN_OR_RETURN(clock, NoteBreach(calendar, std::move(clock), now));
  clock.pauses.push_back({at, absl::InfiniteFuture()});
  return clock;
}

absl::StatusOr<Clock> ResumeClock(Clock clock, absl::Time at) {
  COMITY_RETURN_IF_ERROR(CheckEvent(clock, at));
  if (!IsPaused(clock)) return Refuse("CLOCK_NOT_PAUSED", "it is not paused");
  clock.pauses.back().until = at;
  return clock;
}

absl::StatusOr<Clock> StopClock(Clock clock, absl::Time at) {
  COMITY_RETURN_IF_ERROR(CheckEvent(clock, at));
  clock.stopped = at;
  return clock;
}

absl::StatusOr<Clock> ChangeTerms(const Calendar& calendar, Clock clock, absl::Time at,
                                  absl::Duration target) {
  COMITY_RETURN_IF_ERROR(CheckEvent(clock, at));
  COMITY_ASSIGN_OR_RETURN(clock, NoteBreach(calendar, std::move(clock), at));
  const bool paused = IsPaused(clock);
  clock.consumed = Elapsed(calendar, clock, at);
  clock.since = at;
  clock.target = target;
  clock.pauses.clear();
  if (paused) clock.pauses.push_back({at, absl::InfiniteFuture()});
  return clock;
}

absl::Duration Elapsed(const Calendar& calendar, const Clock& clock, absl::Time now) {
  const absl::Time end = std::min(now, clock.stopped.value_or(absl::InfiniteFuture()));
  absl::Duration sum = clock.consumed;
  absl::Time from = clock.since;
  for (const Interval& pause : clock.pauses) {
    sum += calendar.OpenBetween(from, std::min(pause.from, end));
    from = pause.until;
  }
  return sum + calendar.OpenBetween(from, end);
}

absl::StatusOr<absl::Time> Due(const Calendar& calendar, const Clock& clock) {
  if (clock.breached.has_value()) return *clock.breached;
  return Reach(calendar, clock, clock.target);
}

absl::StatusOr<absl::Time> WarningDue(const Calendar& calendar, const Clock& clock) {
  if (!clock.warn_fraction.has_value()) return absl::InfiniteFuture();
  return Reach(calendar, clock, Warning(clock));
}

ClockState StateOf(const Calendar& calendar, const Clock& clock, absl::Time now) {
  const absl::Duration elapsed = Elapsed(calendar, clock, now);
  const bool counts = now >= clock.since;
  const bool noted = clock.breached.has_value() && *clock.breached <= now;
  ClockState state;
  state.breached = noted || (counts && elapsed >= clock.target);
  state.warned =
      clock.warn_fraction.has_value() && (state.breached || (counts && elapsed >= Warning(clock)));
  if (clock.stopped.has_value() && *clock.stopped <= now) {
    state.phase = ClockPhase::kStopped;
  } else if (std::any_of(clock.pauses.begin(), clock.pauses.end(), [&](const Interval& pause) {
               return pause.from <= now && now < pause.until;
             })) {
    state.phase = ClockPhase::kPaused;
  }
  return state;
}

}  // namespace comity::calendar
