// Open hours on the axis of wall time: what a clock on the wall shows, as if it were never changed.
// Calendar puts them into a time zone.
#ifndef COMITY_RUNTIME_CALENDAR_WALL_HOURS_H_
#define COMITY_RUNTIME_CALENDAR_WALL_HOURS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace comity::calendar {

// A point of wall time: since 1970-01-01 00:00 on the wall.
using Wall = absl::Duration;

// From the one until before the other, both since midnight.
struct DaySpan {
  absl::Duration from;
  absl::Duration until;
};

// The same hours each week, but for dates that are closed. Nothing here walks over days: sums of
// whole weeks and of closed dates are kept, so a question about a century costs what one about an
// hour does.
class WallHours {
 public:
  // Monday first. Spans may overlap and need no order; at least one of the week is not empty.
  using Week = std::array<std::vector<DaySpan>, 7>;

  // `closed`: dates as days since 1970-01-01, in any order.
  WallHours(Week week, std::vector<int64_t> closed);

  // Open time before `wall`, counted from a fixed point: only differences mean something.
  absl::Duration Before(Wall wall) const;
  // The smallest w with Before(w) - Before(wall) == open. `open` is more than zero.
  Wall Advance(Wall wall, absl::Duration open) const;
  // The spans of a day since 1970-01-01, sorted and disjoint.
  const std::vector<DaySpan>& OnDay(int64_t day) const;

  // The day since 1970-01-01 on which `wall` lies, and that day's midnight.
  static int64_t DayOf(Wall wall);
  static Wall Midnight(int64_t day);

 private:
  absl::Duration BeforeDay(int64_t day) const;

  Week week_;
  std::array<absl::Duration, 8> before_weekday_;  // Sums from Monday on; the last is a week's.
  std::vector<int64_t> closed_;                   // Sorted, each once.
  std::vector<absl::Duration> closed_before_;     // What closed_[0 … i) would have been open.
};

}  // namespace comity::calendar

#endif  // COMITY_RUNTIME_CALENDAR_WALL_HOURS_H_
