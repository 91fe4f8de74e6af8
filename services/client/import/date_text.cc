#include "services/client/import/date_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace comity::client {
namespace {

constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2200;
constexpr int kPivot = 69;  // as POSIX reads years of two digits
constexpr int kMostDigits = 9;

struct Part {
  int value = 0;
  size_t digits = 0;  // 0: a month's name
};
using Parts = std::array<Part, 3>;

int MonthOf(absl::string_view word) {
  static constexpr absl::string_view kNames[] = {"january",   "february", "march",    "april",
                                                 "may",       "june",     "july",     "august",
                                                 "september", "october",  "november", "december"};
  const std::string lower = absl::AsciiStrToLower(word);
  for (int i = 0; i < 12; ++i) {
    const bool is_short = lower == kNames[i].substr(0, 3) || (i == 8 && lower == "sept");
    if (lower == kNames[i] || is_short) return i + 1;
  }
  return 0;
}

// Digits off the front of `text`; none if there are none, or too many.
std::optional<Part> TakeNumber(absl::string_view* text) {
  size_t size = 0;
  while (size < text->size() && absl::ascii_isdigit((*text)[size])) ++size;
  Part part;
  part.digits = size;
  if (size == 0 || size > kMostDigits || !absl::SimpleAtoi(text->substr(0, size), &part.value)) {
    return std::nullopt;
  }
  text->remove_prefix(size);
  return part;
}

std::optional<Part> TakePart(absl::string_view* text) {
  size_t size = 0;
  while (size < text->size() && absl::ascii_isalpha((*text)[size])) ++size;
  if (size == 0) return TakeNumber(text);
  const Part part{MonthOf(text->substr(0, size)), 0};
  text->remove_prefix(size);
  if (part.value == 0) return std::nullopt;
  return part;
}

// `-`, `/`, `.`, or blanks, a comma or a point before them.
bool TakeSeparator(absl::string_view* text, char* separator) {
  if (text->empty()) return false;
  char found = text->front();
  if (found == ',' || (found == '.' && text->size() > 1 && (*text)[1] == ' ')) {
    text->remove_prefix(1);
    found = ' ';
  }
  if (found == ' ') {
    if (!absl::StartsWith(*text, " ")) return false;
    *text = absl::StripLeadingAsciiWhitespace(*text);
  } else if (found == '-' || found == '/' || found == '.') {
    text->remove_prefix(1);
  } else {
    return false;
  }
  // A date is written with one kind of separator throughout.
  if (*separator != 0 && *separator != found) return false;
  *separator = found;
  return true;
}

std::optional<Parts> TakeDay(absl::string_view* text) {
  constexpr size_t kCompact = 8;
  absl::string_view rest = *text;
  const std::optional<Part> first = TakePart(&rest);
  if (!first.has_value()) return std::nullopt;
  if (first->digits == kCompact) {
    *text = rest;
    return Parts{Part{first->value / 10000, 4}, Part{first->value / 100 % 100, 2},
                 Part{first->value % 100, 2}};
  }
  Parts parts{*first};
  char separator = 0;
  for (size_t i = 1; i < parts.size(); ++i) {
    if (!TakeSeparator(&rest, &separator)) return std::nullopt;
    const std::optional<Part> next = TakePart(&rest);
    if (!next.has_value()) return std::nullopt;
    parts[i] = *next;
  }
  *text = rest;
  return parts;
}

bool IsYear(const Part& part) { return part.digits == 4 || part.digits == 2; }
bool IsMonth(const Part& part) { return part.digits <= 2 && part.value >= 1 && part.value <= 12; }
bool IsDay(const Part& part) { return part.digits == 1 || part.digits == 2; }

std::optional<absl::CivilDay> DayIn(const Parts& parts, DateOrder order) {
  static constexpr size_t kPlaces[][3] = {{0, 1, 2}, {2, 1, 0}, {2, 0, 1}};  // year, month, day
  const auto& place = kPlaces[IndexOf(order)];
  const Part& year = parts[place[0]];
  const Part& month = parts[place[1]];
  const Part& day = parts[place[2]];
  if (!IsYear(year) || !IsMonth(month) || !IsDay(day)) return std::nullopt;
  int value = year.value;
  if (year.digits == 2) value += value < kPivot ? 2000 : 1900;
  if (value < kFirstYear || value > kLastYear) return std::nullopt;
  const absl::CivilDay civil(value, month.value, day.value);
  if (civil.day() != day.value || civil.month() != month.value) return std::nullopt;
  return civil;
}

struct TimeOfDay {
  absl::Duration since_midnight = absl::ZeroDuration();
  std::optional<absl::Duration> offset;  // from UTC
};

// `Z`, `UTC`, `+01:00`, `-0130`, `+01`.
bool TakeOffset(absl::string_view text, TimeOfDay* time) {
  if (text.empty()) return true;
  if (text == "Z" || text == "z" || text == "UTC" || text == "GMT") {
    time->offset = absl::ZeroDuration();
    return true;
  }
  const char sign = text.front();
  if (sign != '+' && sign != '-') return false;
  text.remove_prefix(1);
  std::optional<Part> hours = TakeNumber(&text);
  if (!hours.has_value()) return false;
  Part minutes;
  if (hours->digits == 4) {
    minutes.value = hours->value % 100;
    hours->value /= 100;
  } else if (absl::ConsumePrefix(&text, ":")) {
    const std::optional<Part> more = TakeNumber(&text);
    if (!more.has_value()) return false;
    minutes = *more;
  }
  if (!text.empty() || hours->value > 15 || minutes.value > 59) return false;
  const absl::Duration offset = absl::Hours(hours->value) + absl::Minutes(minutes.value);
  time->offset = sign == '-' ? -offset : offset;
  return true;
}

// `AM` and `PM`, of hours 1 … 12.
bool TakeHalf(absl::string_view* text, int* hour) {
  const absl::string_view rest = absl::StripLeadingAsciiWhitespace(*text);
  const bool is_pm = absl::StartsWithIgnoreCase(rest, "PM");
  if (!is_pm && !absl::StartsWithIgnoreCase(rest, "AM")) return true;
  *text = rest.substr(2);
  if (*hour < 1 || *hour > 12) return false;
  *hour = *hour % 12 + (is_pm ? 12 : 0);
  return true;
}

// What follows a decimal point, as a part of a second.
bool TakeFraction(absl::string_view* text, absl::Duration* fraction) {
  if (!absl::ConsumePrefix(text, ".") && !absl::ConsumePrefix(text, ",")) return true;
  const std::optional<Part> digits = TakeNumber(text);
  if (!digits.has_value()) return false;
  int64_t nanos = digits->value;
  for (size_t i = digits->digits; i < kMostDigits; ++i) nanos *= 10;
  *fraction = absl::Nanoseconds(nanos);
  return true;
}

std::optional<TimeOfDay> ReadTimeOfDay(absl::string_view text) {
  TimeOfDay time;
  if (text.empty()) return time;
  const bool marked = absl::ConsumePrefix(&text, "T") || absl::ConsumePrefix(&text, "t");
  if (!marked && text.front() != ' ') return std::nullopt;
  text = absl::StripAsciiWhitespace(text);
  const std::optional<Part> hour = TakeNumber(&text);
  if (!hour.has_value() || hour->digits > 2 || !absl::ConsumePrefix(&text, ":")) {
    return std::nullopt;
  }
  const std::optional<Part> minute = TakeNumber(&text);
  if (!minute.has_value() || minute->digits != 2) return std::nullopt;
  Part second;
  absl::Duration fraction = absl::ZeroDuration();
  if (absl::ConsumePrefix(&text, ":")) {
    const std::optional<Part> seconds = TakeNumber(&text);
    if (!seconds.has_value() || seconds->digits != 2) return std::nullopt;
    second = *seconds;
    if (!TakeFraction(&text, &fraction)) return std::nullopt;
  }
  int hours = hour->value;
  if (!TakeHalf(&text, &hours) || hours > 23 || minute->value > 59 || second.value > 59) {
    return std::nullopt;
  }
  time.since_midnight =
      absl::Hours(hours) + absl::Minutes(minute->value) + absl::Seconds(second.value) + fraction;
  if (!TakeOffset(absl::StripAsciiWhitespace(text), &time)) return std::nullopt;
  return time;
}

// `%Z` reads over an offset and leaves the day as it is written.
absl::CivilDay DayWritten(const std::string& text, const std::string& format, absl::Time time,
                          absl::TimeZone zone) {
  const std::string local = absl::StrReplaceAll(
      format, {{"%%", "%%"}, {"%z", "%Z"}, {"%Ez", "%Z"}, {"%E*z", "%Z"}, {"%:z", "%Z"}});
  absl::Time written;
  const bool is_read = local != format && absl::ParseTime(local, text, zone, &written, nullptr);
  return absl::ToCivilDay(is_read ? written : time, zone);
}

// A midnight stands for its day, also where the clocks were put forward at that hour.
bool IsSkipped(absl::CivilSecond civil, absl::TimeZone zone) {
  return civil != absl::CivilSecond(absl::CivilDay(civil)) &&
         zone.At(civil).kind == absl::TimeZone::TimeInfo::SKIPPED;
}

// A text that says its offset is the same time in every zone.
bool WritesSkipped(const std::string& text, const std::string& format, absl::TimeZone zone) {
  absl::Time here;
  absl::Time there;
  const absl::TimeZone utc = absl::UTCTimeZone();
  if (!absl::ParseTime(format, text, utc, &here, nullptr) ||
      !absl::ParseTime(format, text, absl::FixedTimeZone(60 * 60), &there, nullptr)) {
    return false;
  }
  return here != there && IsSkipped(absl::ToCivilSecond(here, utc), zone);
}

}  // namespace

absl::string_view NameOf(DateOrder order) {
  static constexpr absl::string_view kNames[] = {"year-month-day", "day-month-year",
                                                 "month-day-year"};
  return kNames[IndexOf(order)];
}

std::string DateShapeOf(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  const auto is_part = [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); };
  const auto first = std::find_if_not(text.begin(), text.end(), is_part);
  if (first == text.end()) return "";
  const auto second = std::find_if(first, text.end(), is_part);
  const auto is_letter = [](char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); };
  const bool has_name = is_letter(text.front()) || (second != text.end() && is_letter(*second));
  return absl::StrCat(std::string(1, *first), has_name ? "name" : "");
}

std::optional<absl::Time> ReadDate(absl::string_view text, DateOrder order, absl::TimeZone zone) {
  const std::optional<WrittenDate> date = ReadWrittenDate(text, order, zone);
  if (!date.has_value()) return std::nullopt;
  return date->time;
}

std::optional<WrittenDate> ReadWrittenDate(absl::string_view text, DateOrder order,
                                           absl::TimeZone zone) {
  text = absl::StripAsciiWhitespace(text);
  const std::optional<Parts> parts = TakeDay(&text);
  if (!parts.has_value()) return std::nullopt;
  const std::optional<absl::CivilDay> day = DayIn(*parts, order);
  if (!day.has_value()) return std::nullopt;
  const std::optional<TimeOfDay> time = ReadTimeOfDay(text);
  if (!time.has_value()) return std::nullopt;
  if (time->offset.has_value()) {
    const absl::Time midnight = absl::FromCivil(*day, absl::UTCTimeZone());
    return WrittenDate{midnight + time->since_midnight - *time->offset, *day};
  }
  const int64_t seconds = absl::ToInt64Seconds(absl::Floor(time->since_midnight, absl::Seconds(1)));
  const absl::Duration fraction = time->since_midnight - absl::Seconds(seconds);
  const absl::CivilSecond civil = absl::CivilSecond(*day) + seconds;
  return WrittenDate{absl::FromCivil(civil, zone) + fraction, *day, IsSkipped(civil, zone)};
}

std::optional<WrittenDate> ReadDateAs(const std::string& text, const std::string& format,
                                      absl::TimeZone zone, std::string* problem) {
  WrittenDate date;
  if (!absl::ParseTime(format, text, zone, &date.time, problem)) return std::nullopt;
  date.day = DayWritten(text, format, date.time, zone);
  date.is_skipped = WritesSkipped(text, format, zone);
  if (date.day.year() >= kFirstYear && date.day.year() <= kLastYear) return date;
  *problem = absl::StrCat("the year would be ", date.day.year());
  return std::nullopt;
}

}  // namespace comity::client
