// Dates and times as people and programs write them. Pure.
#ifndef COMITY_CLIENT_IMPORT_DATE_TEXT_H_
#define COMITY_CLIENT_IMPORT_DATE_TEXT_H_

#include <array>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace comity::client {

// In which order day, month and year stand. A year has four digits, or two (69 … 99: the last
// century); a month may be an English name.
enum class DateOrder { kYearFirst, kDayFirst, kMonthFirst };
inline constexpr std::array kDateOrders = {DateOrder::kYearFirst, DateOrder::kDayFirst,
                                           DateOrder::kMonthFirst};
constexpr size_t IndexOf(DateOrder order) { return static_cast<size_t>(order); }
// `year-month-day` …
absl::string_view NameOf(DateOrder order);

// `2017-03-01`, `1.3.2017`, `Mar 1, 2017`, `20170301`, each with or without a time: `T14:05:00Z`,
// ` 2:05 PM`, ` 14:05:00.250+01:00`. Without an offset in `zone`. None if it cannot be read in that
// order, is no day of the calendar, or outside of the years 1900 … 2200.
std::optional<absl::Time> ReadDate(absl::string_view text, DateOrder order, absl::TimeZone zone);

// How a date is written: the sign between its parts, and whether a month has its name. Dates that
// are written alike are read alike.
std::string DateShapeOf(absl::string_view text);

// A date with an offset may be another day elsewhere: `day` is the one that is written.
struct WrittenDate {
  absl::Time time;
  absl::CivilDay day;
  // The clocks of the zone were put forward over this time of day: nothing happened then.
  bool is_skipped = false;
};
// As ReadDate.
std::optional<WrittenDate> ReadWrittenDate(absl::string_view text, DateOrder order,
                                           absl::TimeZone zone);
// By a format of absl::ParseTime; if it cannot be, `problem` says why.
std::optional<WrittenDate> ReadDateAs(const std::string& text, const std::string& format,
                                      absl::TimeZone zone, std::string* problem);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_DATE_TEXT_H_
