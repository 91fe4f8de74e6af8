#include "services/client/demo/calendar.h"

namespace comity::client {
namespace {

constexpr int kFirstHour = 8;
constexpr int kLastHour = 18;

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, absl::UTCTimeZone()); }

bool IsWorkingDay(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
}

// The working day itself, or the nearest one in steps of `step` days.
absl::CivilDay WorkingDay(absl::CivilDay day, int step) {
  while (!IsWorkingDay(day)) day += step;
  return day;
}

absl::Time InOfficeHours(Random& random, absl::CivilDay day) {
  return absl::FromCivil(day, absl::UTCTimeZone()) + absl::Hours(kFirstHour) +
         absl::Minutes(random.Below((kLastHour - kFirstHour) * 60));
}

bool IsQuiet(absl::CivilDay day) {
  return day.month() == 8 || (day.month() == 12 && day.day() > 20) ||
         (day.month() == 1 && day.day() < 4);
}

}  // namespace

absl::Time BeginTime(Random& random, absl::Time now) {
  while (true) {
    const double share = random.Share();
    const int days = 1 + static_cast<int>(359 * share * (0.8 + 0.2 * share));
    const absl::Time time = DaysBefore(random, now, days);
    if (!IsQuiet(DayOf(time)) || random.Chance(0.5)) return time;
  }
}

absl::Time DaysBefore(Random& random, absl::Time time, int days) {
  return InOfficeHours(random, WorkingDay(DayOf(time) - days, -1));
}

absl::Time Later(Random& random, absl::Time from, int least_days, int most_days) {
  const absl::CivilDay first = DayOf(from);
  const absl::CivilDay day = WorkingDay(first + random.Between(least_days, most_days), 1);
  if (day != first) return InOfficeHours(random, day);
  const absl::Time later = from + absl::Minutes(random.Between(10, 90));
  const absl::Time closes = absl::FromCivil(day, absl::UTCTimeZone()) + absl::Hours(kLastHour);
  return later < closes ? later : InOfficeHours(random, WorkingDay(day + 1, 1));
}

google::type::Date WorkingDate(absl::Time time) {
  const absl::CivilDay day = WorkingDay(DayOf(time), 1);
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

}  // namespace comity::client
