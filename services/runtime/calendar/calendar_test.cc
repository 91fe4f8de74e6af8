#include "services/runtime/calendar/calendar.h"

#include <fstream>
#include <functional>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kBerlin[] = "Europe/Berlin";
constexpr char kNewYork[] = "America/New_York";
constexpr char kLordHowe[] = "Australia/Lord_Howe";
const std::vector<int>& EveryDay() {
  static const auto& days = *new std::vector<int>{1, 2, 3, 4, 5, 6, 7};
  return days;
}
const std::vector<int>& WorkDays() {
  static const auto& days = *new std::vector<int>{1, 2, 3, 4, 5};
  return days;
}

absl::Time Utc(absl::string_view text) {
  absl::Time t;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", text, absl::UTCTimeZone(), &t, &error)) << error;
  return t;
}

type::v1::Calendar Document(absl::string_view zone) {
  type::v1::Calendar document;
  document.set_name("calendars/office");
  document.set_time_zone(std::string(zone));
  return document;
}

type::v1::Calendar Open(type::v1::Calendar document, const std::vector<int>& days,
                        const std::string& from, const std::string& until) {
  auto* hours = document.add_open();
  for (const int day : days) hours->add_days(day);
  hours->set_from(from);
  hours->set_until(until);
  return document;
}

type::v1::Calendar Closed(type::v1::Calendar document, const std::string& date) {
  document.add_holidays(date);
  return document;
}

Calendar Made(const type::v1::Calendar& document) {
  auto calendar = Calendar::Make(document);
  EXPECT_TRUE(calendar.ok()) << calendar.status();
  return *calendar;
}

Calendar Office() { return Made(Open(Document(kBerlin), WorkDays(), "09:00", "17:00")); }

Calendar Always(absl::string_view zone) { return Made(Document(zone)); }

absl::Time Added(const Calendar& calendar, absl::string_view from, absl::Duration open) {
  auto t = calendar.Add(Utc(from), open);
  EXPECT_TRUE(t.ok()) << t.status();
  return *t;
}

TEST(CalendarTest, CountsBusinessHoursOverNightsAndWeekends) {
  const Calendar office = Office();  // CET: 08:00 to 16:00 UTC.
  EXPECT_EQ(office.OpenBetween(Utc("2026-01-09 15:00"), Utc("2026-01-12 09:30")),
            absl::Minutes(150));
  EXPECT_EQ(office.OpenBetween(Utc("2026-01-10 00:00"), Utc("2026-01-11 23:00")),
            absl::ZeroDuration());
  EXPECT_EQ(office.OpenBetween(Utc("2026-01-12 09:30"), Utc("2026-01-09 15:00")),
            absl::ZeroDuration());
  EXPECT_EQ(Added(office, "2026-01-09 15:00", absl::Minutes(150)), Utc("2026-01-12 09:30"));
}

TEST(CalendarTest, AddGivesTheSmallestMoment) {
  const Calendar office = Office();
  EXPECT_EQ(Added(office, "2026-01-09 08:00", absl::Hours(8)), Utc("2026-01-09 16:00"));
  EXPECT_EQ(Added(office, "2026-01-10 12:00", absl::Hours(8)), Utc("2026-01-12 16:00"));
  EXPECT_EQ(Added(office, "2026-01-10 12:00", absl::ZeroDuration()), Utc("2026-01-10 12:00"));
  EXPECT_EQ(Added(office, "2026-01-10 12:00", absl::Nanoseconds(1)),
            Utc("2026-01-12 08:00") + absl::Nanoseconds(1));
}

TEST(CalendarTest, MomentsBefore1970AreLikeOthers) {
  const Calendar office = Made(Open(Document("UTC"), WorkDays(), "09:00", "17:00"));
  // 1969-12-26 was a Friday.
  EXPECT_EQ(office.OpenBetween(Utc("1969-12-26 16:00"), Utc("1969-12-29 10:00")), absl::Hours(2));
  EXPECT_EQ(Added(office, "1969-12-26 16:00", absl::Hours(2)), Utc("1969-12-29 10:00"));
}

TEST(CalendarTest, ADayIsAsLongAsItsClockSays) {
  const Calendar berlin = Made(Open(Document(kBerlin), EveryDay(), "00:00", "24:00"));
  EXPECT_EQ(berlin.OpenBetween(Utc("2026-03-28 23:00"), Utc("2026-03-29 22:00")), absl::Hours(23));
  EXPECT_EQ(berlin.OpenBetween(Utc("2026-10-24 22:00"), Utc("2026-10-25 23:00")), absl::Hours(25));
  const auto sunday = [](absl::string_view zone) {
    return Made(Open(Document(zone), {7}, "00:00", "24:00"));
  };
  const auto open = [](const Calendar& calendar, absl::string_view date) {
    const absl::Time noon = Utc(std::string(date) + " 12:00");
    return calendar.OpenBetween(noon - absl::Hours(48), noon + absl::Hours(48));
  };
  EXPECT_EQ(open(sunday(kBerlin), "2026-03-29"), absl::Hours(23));
  EXPECT_EQ(open(sunday(kBerlin), "2026-10-25"), absl::Hours(25));
  EXPECT_EQ(open(sunday(kNewYork), "2026-03-08"), absl::Hours(23));
  EXPECT_EQ(open(sunday(kNewYork), "2026-11-01"), absl::Hours(25));
  EXPECT_EQ(open(sunday(kLordHowe), "2026-10-04"), absl::Minutes(23 * 60 + 30));
  EXPECT_EQ(open(sunday(kLordHowe), "2026-04-05"), absl::Minutes(24 * 60 + 30));
  EXPECT_EQ(open(sunday(kLordHowe), "2026-04-12"), absl::Hours(24));
}

TEST(CalendarTest, WhatOpensOrClosesInAGapDoesSoAtItsEnd) {
  // 2026-03-29 02:00 CET becomes 03:00 CEST at 01:00 UTC.
  const absl::Time from = Utc("2026-03-28 23:00");
  const absl::Time to = Utc("2026-03-29 22:00");
  const auto intervals = [&](const std::string& opens, const std::string& closes) {
    return Made(Open(Document(kBerlin), {7}, opens, closes)).OpenIntervals(from, to);
  };
  EXPECT_THAT(intervals("02:30", "04:00"),
              ElementsAre(Interval{Utc("2026-03-29 01:00"), Utc("2026-03-29 02:00")}));
  EXPECT_THAT(intervals("01:30", "02:30"),
              ElementsAre(Interval{Utc("2026-03-29 00:30"), Utc("2026-03-29 01:00")}));
  EXPECT_THAT(intervals("02:00", "03:00"), IsEmpty());
  EXPECT_THAT(intervals("01:00", "04:00"),
              ElementsAre(Interval{Utc("2026-03-29 00:00"), Utc("2026-03-29 02:00")}));
}

TEST(CalendarTest, WhatTheWallShowsTwiceIsOpenTwice) {
  // 2026-10-25 03:00 CEST becomes 02:00 CET at 01:00 UTC.
  const absl::Time from = Utc("2026-10-24 22:00");
  const absl::Time to = Utc("2026-10-25 23:00");
  const Calendar early = Made(Open(Document(kBerlin), {7}, "01:30", "02:30"));
  EXPECT_THAT(early.OpenIntervals(from, to),
              ElementsAre(Interval{Utc("2026-10-24 23:30"), Utc("2026-10-25 00:30")},
                          Interval{Utc("2026-10-25 01:00"), Utc("2026-10-25 01:30")}));
  EXPECT_EQ(Added(early, "2026-10-24 22:00", absl::Minutes(75)), Utc("2026-10-25 01:15"));
  const Calendar through = Made(Open(Document(kBerlin), {7}, "01:00", "04:00"));
  EXPECT_THAT(through.OpenIntervals(from, to),
              ElementsAre(Interval{Utc("2026-10-24 23:00"), Utc("2026-10-25 03:00")}));
}

TEST(CalendarTest, NewYorkOfficeKeepsItsWallTime) {
  const Calendar office = Made(Open(Document(kNewYork), WorkDays(), "09:00", "17:00"));
  EXPECT_EQ(Added(office, "2026-03-06 21:00", absl::Hours(2)), Utc("2026-03-09 14:00"));
  EXPECT_EQ(Added(office, "2026-10-30 20:00", absl::Hours(2)), Utc("2026-11-02 15:00"));
}

TEST(CalendarTest, HalfAnHourIsSkippedAndRepeatedOnLordHowe) {
  // 2026-10-04 02:00 becomes 02:30 at 15:30 UTC the day before; 2026-04-05 02:00 becomes 01:30 at
  // 15:00.
  const Calendar shift = Made(Open(Document(kLordHowe), {7}, "01:00", "03:00"));
  EXPECT_THAT(shift.OpenIntervals(Utc("2026-10-03 12:00"), Utc("2026-10-04 12:00")),
              ElementsAre(Interval{Utc("2026-10-03 14:30"), Utc("2026-10-03 16:00")}));
  EXPECT_THAT(shift.OpenIntervals(Utc("2026-04-04 12:00"), Utc("2026-04-05 12:00")),
              ElementsAre(Interval{Utc("2026-04-04 14:00"), Utc("2026-04-04 16:30")}));
}

TEST(CalendarTest, ADayThatAZoneLeftOutWasNeverOpen) {
  // Samoa had no 2011-12-30, a Friday.
  const Calendar friday = Made(Open(Document("Pacific/Apia"), {5}, "09:00", "17:00"));
  EXPECT_EQ(friday.OpenBetween(Utc("2011-12-28 00:00"), Utc("2012-01-02 00:00")),
            absl::ZeroDuration());
  EXPECT_EQ(Added(friday, "2011-12-28 00:00", absl::Hours(1)), Utc("2012-01-05 20:00"));
}

TEST(CalendarTest, HolidaysAreClosedByTheirWallDate) {
  const auto document = Open(Document(kBerlin), WorkDays(), "09:00", "17:00");
  const Calendar office = Made(Closed(Closed(document, "2026-12-25"), "2026-12-25"));
  EXPECT_EQ(Added(office, "2026-12-24 15:00", absl::Hours(2)), Utc("2026-12-28 09:00"));
  EXPECT_EQ(office.OpenBetween(Utc("2026-12-24 15:00"), Utc("2026-12-28 09:00")), absl::Hours(2));
  const Calendar always = Made(Closed(Document(kBerlin), "2026-10-25"));  // A day of 25 hours.
  EXPECT_EQ(always.OpenBetween(Utc("2026-10-24 00:00"), Utc("2026-10-27 00:00")), absl::Hours(47));
}

TEST(CalendarTest, ANightShiftIsTwoEntries) {
  auto document = Open(Document(kBerlin), {5, 6}, "22:00", "24:00");
  document = Open(document, {6, 7}, "00:00", "06:00");
  const absl::Time from = Utc("2026-03-27 12:00");
  const absl::Time to = Utc("2026-03-30 12:00");
  EXPECT_THAT(Made(document).OpenIntervals(from, to),
              ElementsAre(Interval{Utc("2026-03-27 21:00"), Utc("2026-03-28 05:00")},
                          Interval{Utc("2026-03-28 21:00"), Utc("2026-03-29 04:00")}));
  EXPECT_THAT(Made(Closed(document, "2026-03-28")).OpenIntervals(from, to),
              ElementsAre(Interval{Utc("2026-03-27 21:00"), Utc("2026-03-27 23:00")},
                          Interval{Utc("2026-03-28 23:00"), Utc("2026-03-29 04:00")}));
}

TEST(CalendarTest, OverlappingHoursCountOnce) {
  auto document = Open(Document("UTC"), {1}, "12:00", "18:00");
  document = Open(document, {1}, "09:00", "13:00");
  document = Open(document, {1, 1}, "10:00", "11:00");
  document = Open(document, {1}, "18:00", "19:00");
  EXPECT_THAT(Made(document).OpenIntervals(Utc("2026-01-04 00:00"), Utc("2026-01-07 00:00")),
              ElementsAre(Interval{Utc("2026-01-05 09:00"), Utc("2026-01-05 19:00")}));
}

TEST(CalendarTest, WithoutHoursItIsAlwaysOpen) {
  const Calendar always = Always(kNewYork);
  const absl::Time from = Utc("2026-01-01 00:00");
  const absl::Time to = Utc("2027-01-01 00:00");
  EXPECT_EQ(always.OpenBetween(from, to), absl::Hours(24 * 365));
  EXPECT_THAT(always.OpenIntervals(from, to), ElementsAre(Interval{from, to}));
  EXPECT_EQ(Added(always, "2026-01-01 00:00", absl::Hours(24 * 365)), to);
}

TEST(CalendarTest, TheFarAndTheInfiniteCostNothing) {
  const Calendar office = Office();
  const absl::Time now = Utc("2026-01-09 15:00");
  EXPECT_EQ(office.OpenBetween(now, absl::InfiniteFuture()), absl::InfiniteDuration());
  EXPECT_EQ(office.OpenBetween(absl::InfinitePast(), now), absl::InfiniteDuration());
  EXPECT_THAT(office.OpenIntervals(now, absl::InfiniteFuture()), IsEmpty());
  EXPECT_EQ(*office.Add(now, absl::InfiniteDuration()), absl::InfiniteFuture());
  EXPECT_EQ(*office.Add(absl::InfiniteFuture(), absl::Hours(1)), absl::InfiniteFuture());
  const absl::Duration ages = absl::Hours(1'000'000'000);  // 400 thousand years of office hours.
  EXPECT_EQ(office.OpenBetween(now, *office.Add(now, ages)), ages);
}

TEST(CalendarTest, WhatIsNeverOpenHasNoEnd) {
  type::v1::Calendar document = Open(Document(kBerlin), {1}, "09:00", "10:00");
  for (absl::CivilDay day(2026, 1, 1); day < absl::CivilDay(2037, 1, 1); ++day) {
    document.add_holidays(absl::FormatCivilTime(day));
  }
  const Calendar calendar = Made(document);
  EXPECT_EQ(Reason(calendar.Add(Utc("2026-01-01 00:00"), absl::Hours(1)).status()),
            "CALENDAR_NEVER_OPEN");
  EXPECT_EQ(Added(calendar, "2028-01-01 00:00", absl::Hours(1)), Utc("2037-01-05 09:00"));
}

// The names of all zones, by the tz database's own list; none where it has no list.
std::vector<std::string> ZoneNames() {
  std::vector<std::string> names;
  std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words[0] == "Z") names.push_back(words.at(1));
    if (words[0] == "L") names.push_back(words.at(2));
  }
  return names;
}

// Whatever a zone did with its clocks: no time is lost, none is counted twice.
TEST(CalendarTest, AllZonesFromTheirFirstClockOn) {
  const std::vector<std::string> names = ZoneNames();
  if (names.empty()) GTEST_SKIP() << "the tz database lists no zones (tzdata.zi)";
  const absl::Time from = Utc("1840-01-01 00:00");
  const absl::Time to = Utc("2100-01-01 00:00");
  for (const std::string& name : names) {
    EXPECT_EQ(Always(name).OpenBetween(from, to), to - from) << name;
    const Calendar day = Made(Open(Document(name), EveryDay(), "00:30", "12:15"));
    const Calendar night = Made(
        Open(Open(Document(name), EveryDay(), "00:00", "00:30"), EveryDay(), "12:15", "24:00"));
    const absl::Duration by_day = day.OpenBetween(from, to);
    EXPECT_EQ(by_day + night.OpenBetween(from, to), to - from) << name;
    EXPECT_EQ(day.OpenBetween(from, *day.Add(from, by_day)), by_day) << name;
  }
}

TEST(CalendarTest, RefusesNamingThePlace) {
  using Change = std::function<void(type::v1::Calendar*)>;
  const auto hours = [](const std::string& from, const std::string& until) -> Change {
    return [=](auto* c) {
      c->mutable_open(0)->set_from(from);
      c->mutable_open(0)->set_until(until);
    };
  };
  const std::vector<std::pair<std::string, Change>> cases = {
      {"calendars.name", [](auto* c) { c->clear_name(); }},
      {"office.name", [](auto* c) { c->set_name("office"); }},
      {"calendars/Office.name", [](auto* c) { c->set_name("calendars/Office"); }},
      {"calendars/office.open[0].days", [](auto* c) { c->mutable_open(0)->clear_days(); }},
      {"calendars/office.open[0].days", [](auto* c) { c->mutable_open(0)->add_days(0); }},
      {"calendars/office.open[0].days", [](auto* c) { c->mutable_open(0)->add_days(8); }},
      {"calendars/office.open[0].from", hours("9:00", "17:00")},
      {"calendars/office.open[0].from", hours("0a:00", "17:00")},
      {"calendars/office.open[0].from", hours("", "17:00")},
      {"calendars/office.open[0].until", hours("09:00", "17:60")},
      {"calendars/office.open[0].until", hours("09:00", "24:01")},
      {"calendars/office.open[0].until", hours("09:00", "09:00")},
      {"calendars/office.open[0].until", hours("22:00", "06:00")},
      {"calendars/office.open[0].until", hours("24:00", "24:00")},
  };
  for (const auto& [place, change] : cases) {
    type::v1::Calendar document = Open(Document(kBerlin), WorkDays(), "09:00", "17:00");
    change(&document);
    const absl::Status status = Calendar::Make(document).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << place;
    EXPECT_EQ(Reason(status), "CHARTER_INVALID") << place;
    EXPECT_THAT(ToRpcStatus(status).ShortDebugString(), HasSubstr(place));
  }
}

TEST(CalendarTest, RefusesZonesThatAreNotInTheDatabase) {
  for (const char* zone : {"", "Europe/Bonn", "CEST+1", "localtime", "Fixed/UTC+01:00:00",
                           "/usr/share/zoneinfo/UTC", "../zoneinfo/UTC", "Europe/../UTC",
                           "right/UTC", "posix/UTC", "file:UTC", "Europe", " UTC"}) {
    const absl::Status status = Calendar::Make(Document(zone)).status();
    EXPECT_EQ(Reason(status), "CHARTER_INVALID") << zone;
    EXPECT_THAT(ToRpcStatus(status).ShortDebugString(), HasSubstr("calendars/office.time_zone"));
  }
  for (const char* zone : {"UTC", "Etc/GMT-14", "America/Port-au-Prince", "Asia/Kathmandu",
                           "America/Argentina/Buenos_Aires"}) {
    EXPECT_TRUE(Calendar::Make(Document(zone)).ok()) << zone;
  }
}

TEST(CalendarTest, RefusesHolidaysThatAreNoDays) {
  for (const char* date : {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-01",
                           "26-01-01", "2026/01/01", "2026-01-01 ", "-026-01-01", "01.01.2026"}) {
    const absl::Status status =
        Calendar::Make(Closed(Closed(Document(kBerlin), "2028-02-29"), date)).status();
    EXPECT_EQ(Reason(status), "CHARTER_INVALID") << date;
    EXPECT_THAT(ToRpcStatus(status).ShortDebugString(), HasSubstr("calendars/office.holidays[1]"));
  }
}

}  // namespace
}  // namespace comity::calendar
