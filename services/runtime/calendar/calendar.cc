#include "services/runtime/calendar/calendar.h"

#include <algorithm>
#include <utility>

#include "services/runtime/calendar/calendar_document.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::calendar {
namespace {

constexpr absl::Duration kTenYears = absl::Hours(24 * 3653);

bool IsInfinite(absl::Time t) { return t == absl::InfiniteFuture() || t == absl::InfinitePast(); }

// From a moment on the zone keeps `offset` until `until`.
struct Steady {
  absl::Time until;
  absl::Duration offset;
};

Steady SteadyFrom(const absl::TimeZone& zone, absl::Time from) {
  Steady steady{absl::InfiniteFuture(), absl::Seconds(zone.At(from).offset)};
  absl::TimeZone::CivilTransition transition;
  if (zone.NextTransition(from, &transition)) steady.until = zone.At(transition.to).trans;
  return steady;
}

Wall ToWall(absl::Time t, absl::Duration offset) { return t - absl::UnixEpoch() + offset; }

absl::Time FromWall(Wall wall, absl::Duration offset) {
  return absl::UnixEpoch() + (wall - offset);
}

}  // namespace

absl::StatusOr<Calendar> Calendar::Make(const type::v1::Calendar& document) {
  COMITY_RETURN_IF_ERROR(CheckName(document));
  COMITY_ASSIGN_OR_RETURN(const absl::TimeZone zone, ReadTimeZone(document));
  COMITY_ASSIGN_OR_RETURN(WallHours::Week week, ReadWeek(document));
  COMITY_ASSIGN_OR_RETURN(std::vector<int64_t> holidays, ReadHolidays(document));
  return Calendar(document.name(), zone, WallHours(std::move(week), std::move(holidays)));
}

absl::Duration Calendar::OpenBetween(absl::Time from, absl::Time to) const {
  if (to <= from) return absl::ZeroDuration();
  if (IsInfinite(from) || IsInfinite(to)) return absl::InfiniteDuration();
  absl::Duration sum;
  while (from < to) {
    const Steady steady = SteadyFrom(zone_, from);
    const absl::Time end = std::min(steady.until, to);
    sum += hours_.Before(ToWall(end, steady.offset)) - hours_.Before(ToWall(from, steady.offset));
    from = end;
  }
  return sum;
}

absl::Time Calendar::Reach(absl::Time from, absl::Duration open) const {
  while (true) {
    const Steady steady = SteadyFrom(zone_, from);
    const Wall wall = ToWall(from, steady.offset);
    const absl::Duration available =
        steady.until == absl::InfiniteFuture()
            ? open
            : hours_.Before(ToWall(steady.until, steady.offset)) - hours_.Before(wall);
    if (available >= open) return FromWall(hours_.Advance(wall, open), steady.offset);
    open -= available;
    from = steady.until;
  }
}

absl::StatusOr<absl::Time> Calendar::Add(absl::Time from, absl::Duration open) const {
  if (open <= absl::ZeroDuration() || IsInfinite(from)) return from;
  if (open == absl::InfiniteDuration()) return absl::InfiniteFuture();
  const absl::Time reached = Reach(from, open);
  const absl::Time limit = from + kTenYears;
  if (reached > limit && OpenBetween(from, limit) == absl::ZeroDuration()) {
    return PreconditionFailed("CALENDAR_NEVER_OPEN", name_,
                              "no hour of the next ten years is open: mend its holidays");
  }
  return reached;
}

void Calendar::AppendIntervals(Interval steady, absl::Duration offset,
                               std::vector<Interval>* list) const {
  const int64_t last = WallHours::DayOf(ToWall(steady.until, offset));
  for (int64_t day = WallHours::DayOf(ToWall(steady.from, offset)); day <= last; ++day) {
    const absl::Time midnight = FromWall(WallHours::Midnight(day), offset);
    for (const DaySpan& span : hours_.OnDay(day)) {
      const absl::Time from = std::max(midnight + span.from, steady.from);
      const absl::Time until = std::min(midnight + span.until, steady.until);
      if (from >= until) continue;
      if (!list->empty() && list->back().until == from) {
        list->back().until = until;
      } else {
        list->push_back({from, until});
      }
    }
  }
}

std::vector<Interval> Calendar::OpenIntervals(absl::Time from, absl::Time to) const {
  std::vector<Interval> list;
  if (IsInfinite(from) || IsInfinite(to)) return list;
  while (from < to) {
    const Steady steady = SteadyFrom(zone_, from);
    const absl::Time end = std::min(steady.until, to);
    AppendIntervals({from, end}, steady.offset, &list);
    from = end;
  }
  return list;
}

}  // namespace comity::calendar
