#include "services/runtime/calendar/calendar_document.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::calendar {
namespace {

constexpr size_t kMostName = 63;
// What Abseil loads beside the tz database's own names; the last two count leap seconds or repeat
// it.
constexpr absl::string_view kNotZones[] = {"localtime", "posixrules", "Fixed/", "right/", "posix/"};

absl::Status Invalid(absl::string_view place, absl::string_view problem) {
  return InvalidField("CHARTER_INVALID", place, problem);
}

// `text` written like `pattern`, in which 0 stands for any digit.
bool Matches(absl::string_view text, absl::string_view pattern) {
  return std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(),
                    [](char c, char p) { return p == '0' ? absl::ascii_isdigit(c) : c == p; });
}

// All of them digits.
int Number(absl::string_view digits) {
  int number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  return number;
}

std::optional<absl::Duration> ReadTimeOfDay(absl::string_view text) {
  if (!Matches(text, "00:00")) return std::nullopt;
  const int hour = Number(text.substr(0, 2));
  const int minute = Number(text.substr(3));
  if (minute > 59 || hour * 60 + minute > 24 * 60) return std::nullopt;
  return absl::Minutes(hour * 60 + minute);
}

absl::StatusOr<DaySpan> ReadSpan(const type::v1::OpenHours& hours, const std::string& place) {
  const std::optional<absl::Duration> from = ReadTimeOfDay(hours.from());
  if (!from.has_value()) {
    return Invalid(absl::StrCat(place, ".from"), "a time of day is HH:MM, e.g. 09:00");
  }
  const std::optional<absl::Duration> until = ReadTimeOfDay(hours.until());
  if (!until.has_value()) {
    return Invalid(absl::StrCat(place, ".until"),
                   "a time of day is HH:MM, e.g. 17:30; 24:00 is the end of the day");
  }
  if (*from >= *until) {
    return Invalid(absl::StrCat(place, ".until"),
                   "must be later than `from`: give a night shift as two entries, until 24:00 and "
                   "from 00:00");
  }
  return DaySpan{*from, *until};
}

// Whether `name` can be one of the tz database; paths and the like never reach the file system.
bool LooksLikeZone(absl::string_view name) {
  if (name.empty() || !absl::ascii_isalpha(name.front())) return false;
  for (const absl::string_view other : kNotZones) {
    if (absl::StartsWith(name, other)) return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("_+-/", absl::string_view(&c, 1));
  });
}

}  // namespace

absl::Status CheckName(const type::v1::Calendar& document) {
  absl::string_view id = document.name();
  const bool has_prefix = absl::ConsumePrefix(&id, "calendars/");
  const bool has_id = !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  });
  if (has_prefix && has_id && document.name().size() <= kMostName) return absl::OkStatus();
  return Invalid(absl::StrCat(document.name().empty() ? "calendars" : document.name(), ".name"),
                 "a calendar's name is calendars/ and an id of lower-case letters, digits and "
                 "hyphens, 63 characters together at most");
}

absl::StatusOr<absl::TimeZone> ReadTimeZone(const type::v1::Calendar& document) {
  absl::TimeZone zone;
  if (LooksLikeZone(document.time_zone()) && absl::LoadTimeZone(document.time_zone(), &zone)) {
    return zone;
  }
  return Invalid(absl::StrCat(document.name(), ".time_zone"),
                 "name a zone of the tz database, e.g. Europe/Berlin");
}

absl::StatusOr<WallHours::Week> ReadWeek(const type::v1::Calendar& document) {
  WallHours::Week week;
  if (document.open().empty()) week.fill({DaySpan{absl::ZeroDuration(), absl::Hours(24)}});
  for (int i = 0; i < document.open_size(); ++i) {
    const type::v1::OpenHours& hours = document.open(i);
    const std::string place = absl::StrCat(document.name(), ".open[", i, "]");
    if (hours.days().empty()) return Invalid(absl::StrCat(place, ".days"), "name at least one");
    COMITY_ASSIGN_OR_RETURN(const DaySpan span, ReadSpan(hours, place));
    for (const int day : hours.days()) {
      if (day < 1 || day > 7) {
        return Invalid(absl::StrCat(place, ".days"), "days are 1 (Monday) to 7 (Sunday)");
      }
      week[day - 1].push_back(span);
    }
  }
  return week;
}

absl::StatusOr<std::vector<int64_t>> ReadHolidays(const type::v1::Calendar& document) {
  std::vector<int64_t> days;
  for (int i = 0; i < document.holidays_size(); ++i) {
    const absl::string_view text = document.holidays(i);
    const absl::Status invalid = Invalid(absl::StrCat(document.name(), ".holidays[", i, "]"),
                                         "a holiday is a day as YYYY-MM-DD, e.g. 2026-12-25");
    if (!Matches(text, "0000-00-00")) return invalid;
    const int month = Number(text.substr(5, 2));
    const int day_of_month = Number(text.substr(8));
    const absl::CivilDay day(Number(text.substr(0, 4)), month, day_of_month);
    if (day.month() != month || day.day() != day_of_month) return invalid;  // It was normalised.
    days.push_back(day - absl::CivilDay(1970, 1, 1));
  }
  return days;
}

}  // namespace comity::calendar
