// Business calendars: when it is open, and how much open time lies between two moments.
// Method: ../shared/methods.md section 5 (elapsed = ∫ open(τ) dτ).
#ifndef COMITY_RUNTIME_CALENDAR_CALENDAR_H_
#define COMITY_RUNTIME_CALENDAR_CALENDAR_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/type/v1/charter.pb.h"
#include "services/runtime/calendar/wall_hours.h"

namespace comity::calendar {

// From the one until before the other.
struct Interval {
  absl::Time from;
  absl::Time until;

  bool operator==(const Interval&) const = default;
};

// It is open at a moment if a clock on the wall of the calendar's zone then shows an open hour of a
// day that is no holiday; open time is real time. So where clocks go forward, an hour that opens or
// closes in the gap does so at the gap's end; where they go back, the wall shows an hour twice, and
// it is open both times: a day of 00:00 to 24:00 has 23, 24 or 25 hours. Changes of the clock are
// known as far as Abseil tabulates them: 400 years from the last one listed in the tz database;
// after that the last offset holds.
class Calendar {
 public:
  // Without `open`, every hour of every day that is no holiday.
  // Errors: INVALID_ARGUMENT reason CHARTER_INVALID naming the place, e.g.
  // `calendars/office.open[1].until`.
  static absl::StatusOr<Calendar> Make(const type::v1::Calendar& document);

  const std::string& name() const { return name_; }

  // Open time from `from` until `to`; zero where `to` is not later. Infinite where an end is: it
  // opens each week. Costs a step for each change of the clock in between.
  absl::Duration OpenBetween(absl::Time from, absl::Time to) const;

  // The smallest t with OpenBetween(from, t) == open: `from` itself where `open` is not more than
  // zero. An infinite `open` is never reached (absl::InfiniteFuture()); an infinite `from` stays
  // what it is. Errors: FAILED_PRECONDITION reason CALENDAR_NEVER_OPEN where no hour of the ten
  // years after `from` is open (holidays can do that).
  absl::StatusOr<absl::Time> Add(absl::Time from, absl::Duration open) const;

  // The open intervals from `from` until `to`, sorted, neither overlapping nor adjacent. None where
  // an end is infinite. Costs a step a day.
  std::vector<Interval> OpenIntervals(absl::Time from, absl::Time to) const;

 private:
  Calendar(std::string name, absl::TimeZone zone, WallHours hours)
      : name_(std::move(name)), zone_(zone), hours_(std::move(hours)) {}

  // Add without its checks. `open` is more than zero and finite, as is `from`.
  absl::Time Reach(absl::Time from, absl::Duration open) const;
  // Open intervals of a time within which the zone keeps one `offset` from UTC.
  void AppendIntervals(Interval steady, absl::Duration offset, std::vector<Interval>* list) const;

  std::string name_;
  absl::TimeZone zone_;
  WallHours hours_;
};

}  // namespace comity::calendar

#endif  // COMITY_RUNTIME_CALENDAR_CALENDAR_H_
