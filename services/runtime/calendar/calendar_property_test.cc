// Random calendars against an oracle that asks the wall clock at each minute.
#include <algorithm>
#include <array>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/runtime/calendar/calendar.h"
#include "services/runtime/calendar/clock.h"
#include "services/runtime/testlib/rounds.h"

namespace comity::calendar {
namespace {

constexpr unsigned kSeed = 20261025;
constexpr int kCalendars = 500;
constexpr int kMinutes = 26 * 60;
constexpr const char* kZones[] = {"UTC",
                                  "Europe/Berlin",
                                  "America/New_York",
                                  "Australia/Lord_Howe",  // Half an hour.
                                  "America/Sao_Paulo",    // Changed at midnight.
                                  "Pacific/Apia",         // Left out a day.
                                  "Africa/Casablanca",    // Four changes a year.
                                  "Asia/Kathmandu",
                                  "Pacific/Chatham",
                                  "Europe/Dublin"};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  // From `least` to `most`, both included.
  int64_t Pick(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(engine_);
  }
  bool OneIn(int64_t n) { return Pick(1, n) == 1; }

 private:
  std::mt19937_64 engine_;
};

// A whole minute of 2005 to 2039, half of the time shortly before a change of the clock.
absl::Time RandomStart(const absl::TimeZone& zone, Random* random) {
  const absl::Time any =
      absl::FromCivil(absl::CivilMinute(2005, 1, 1) + random->Pick(0, int64_t{35} * 365 * 1440),
                      absl::UTCTimeZone());
  absl::TimeZone::CivilTransition change;
  if (random->OneIn(2) || !zone.NextTransition(any, &change)) return any;
  return zone.At(change.to).trans - absl::Minutes(random->Pick(0, kMinutes));
}

// Random lists of hours, sometimes none; holidays on days around `first`.
type::v1::Calendar RandomDocument(const std::string& zone, absl::CivilDay first, Random* random) {
  type::v1::Calendar document;
  document.set_name("calendars/random");
  document.set_time_zone(zone);
  const int64_t entries = random->Pick(0, 4);
  for (int64_t i = 0; i < entries; ++i) {
    auto* hours = document.add_open();
    const int64_t days = random->Pick(1, 7);
    for (int64_t k = 0; k < days; ++k) hours->add_days(random->Pick(1, 7));
    const int64_t from = random->OneIn(3) ? 0 : random->Pick(0, 1439);
    const int64_t until = random->OneIn(3) ? 1440 : random->Pick(from + 1, 1440);
    hours->set_from(absl::StrFormat("%02d:%02d", from / 60, from % 60));
    hours->set_until(absl::StrFormat("%02d:%02d", until / 60, until % 60));
  }
  const int64_t holidays = random->Pick(0, 3);
  for (int64_t i = 0; i < holidays; ++i) {
    document.add_holidays(absl::FormatCivilTime(first + random->Pick(-1, 3)));
  }
  return document;
}

// Whether the wall clock of a zone shows an open hour: the definition, read aloud.
class Oracle {
 public:
  Oracle(const type::v1::Calendar& document, const absl::TimeZone& zone) : zone_(zone) {
    for (const std::string& text : document.holidays()) {
      EXPECT_TRUE(absl::ParseCivilTime(text, &holidays_.emplace_back()));
    }
    for (const type::v1::OpenHours& hours : document.open()) {
      const std::vector<int> days(hours.days().begin(), hours.days().end());
      hours_.push_back({days, Minute(hours.from()), Minute(hours.until())});
    }
  }

  bool IsOpen(absl::Time t) const {
    const absl::CivilMinute wall = absl::ToCivilMinute(t, zone_);
    const absl::CivilDay date(wall);
    if (std::count(holidays_.begin(), holidays_.end(), date) > 0) return false;
    if (hours_.empty()) return true;
    const int weekday = static_cast<int>(absl::GetWeekday(date)) + 1;
    const int minute = wall.hour() * 60 + wall.minute();
    return std::any_of(hours_.begin(), hours_.end(), [&](const Hours& hours) {
      return hours.from <= minute && minute < hours.until &&
             std::count(hours.days.begin(), hours.days.end(), weekday) > 0;
    });
  }

 private:
  struct Hours {
    std::vector<int> days;
    int from;
    int until;
  };

  static int Minute(const std::string& text) {
    return std::stoi(text.substr(0, 2)) * 60 + std::stoi(text.substr(3));
  }

  absl::TimeZone zone_;
  std::vector<absl::CivilDay> holidays_;
  std::vector<Hours> hours_;
};

// A random calendar and, for each minute of some days, how many open ones there were before.
struct Case {
  type::v1::Calendar document;
  Calendar calendar;
  absl::Time start;
  std::vector<int> before;

  absl::Time At(int64_t minute) const { return start + absl::Minutes(minute); }
};

Case RandomCase(Random* random) {
  const std::string name = kZones[random->Pick(0, std::size(kZones) - 1)];
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone));
  const absl::Time start = RandomStart(zone, random);
  type::v1::Calendar document = RandomDocument(name, absl::ToCivilDay(start, zone), random);
  auto calendar = Calendar::Make(document);
  EXPECT_TRUE(calendar.ok()) << calendar.status();
  const Oracle oracle(document, zone);
  std::vector<int> before = {0};
  for (int minute = 0; minute < kMinutes; ++minute) {
    const bool open = oracle.IsOpen(start + absl::Minutes(minute));
    before.push_back(before.back() + (open ? 1 : 0));
  }
  return {document, *calendar, start, std::move(before)};
}

// The first minute of `c` by which `goal` open minutes had been counted.
int64_t FirstWith(const Case& c, int goal) {
  return std::lower_bound(c.before.begin(), c.before.end(), goal) - c.before.begin();
}

void CheckAgainstOracle(const Case& c, Random* random) {
  const int64_t from = random->Pick(0, kMinutes);
  const int64_t to = random->Pick(from, kMinutes);
  const int open = c.before[to] - c.before[from];
  EXPECT_EQ(c.calendar.OpenBetween(c.At(from), c.At(to)), absl::Minutes(open));
  if (open == 0) return;
  const auto reached = c.calendar.Add(c.At(from), absl::Minutes(open));
  ASSERT_TRUE(reached.ok()) << reached.status();
  EXPECT_EQ(*reached, c.At(FirstWith(c, c.before[to])));
}

void CheckIntervals(const Case& c) {
  absl::Time last = absl::InfinitePast();
  absl::Duration sum;
  for (const Interval& interval : c.calendar.OpenIntervals(c.start, c.At(kMinutes))) {
    EXPECT_LT(last, interval.from);
    EXPECT_LT(interval.from, interval.until);
    EXPECT_EQ(c.calendar.OpenBetween(interval.from, interval.until),
              interval.until - interval.from);
    sum += interval.until - interval.from;
    last = interval.until;
  }
  EXPECT_LE(last, c.At(kMinutes));
  EXPECT_EQ(sum, absl::Minutes(c.before.back()));
}

// Moments of any fineness, years apart.
void CheckLaws(const Case& c, Random* random) {
  const auto moment = [&] {
    return c.start + absl::Nanoseconds(random->Pick(0, int64_t{1} << 56));
  };
  std::array<absl::Time, 3> t = {moment(), moment(), moment()};
  std::sort(t.begin(), t.end());
  const absl::Duration first = c.calendar.OpenBetween(t[0], t[1]);
  const absl::Duration second = c.calendar.OpenBetween(t[1], t[2]);
  EXPECT_EQ(c.calendar.OpenBetween(t[0], t[2]), first + second);
  EXPECT_GE(second, absl::ZeroDuration());
  EXPECT_LE(second, t[2] - t[1]);
  const absl::Duration goal = absl::Nanoseconds(random->Pick(1, int64_t{1} << 54));
  const auto reached = c.calendar.Add(t[0], goal);
  const auto later = c.calendar.Add(t[0], goal + absl::Nanoseconds(random->Pick(0, 1000)));
  ASSERT_TRUE(reached.ok() && later.ok());
  EXPECT_EQ(c.calendar.OpenBetween(t[0], *reached), goal);
  EXPECT_LT(c.calendar.OpenBetween(t[0], *reached - absl::Nanoseconds(1)), goal);
  EXPECT_LE(*reached, *later);
}

// Starts, pauses, resumes and goes on, each at a random minute.
void CheckClock(const Case& c, Random* random) {
  std::array<int64_t, 4> at;
  for (int64_t& minute : at) minute = random->Pick(0, kMinutes);
  std::sort(at.begin(), at.end());
  const auto& [started, paused, resumed, now] = at;
  const int first = c.before[paused] - c.before[started];
  const int elapsed = first + c.before[now] - c.before[resumed];
  const int target = static_cast<int>(random->Pick(1, kMinutes));
  const Clock clock = StartClock(c.At(started), absl::Minutes(target));
  const auto while_paused = PauseClock(c.calendar, clock, c.At(paused), c.At(paused));
  ASSERT_TRUE(while_paused.ok()) << while_paused.status();
  const auto running = ResumeClock(*while_paused, c.At(resumed));
  ASSERT_TRUE(running.ok()) << running.status();
  EXPECT_EQ(Elapsed(c.calendar, *running, c.At(now)), absl::Minutes(elapsed));
  EXPECT_EQ(StateOf(c.calendar, *running, c.At(now)).breached, elapsed >= target);
  const absl::Time due = *Due(c.calendar, *running);
  EXPECT_EQ(*Due(c.calendar, *while_paused), first >= target ? due : absl::InfiniteFuture());
  if (elapsed >= target) {
    const int goal =
        first >= target ? c.before[started] + target : c.before[resumed] + target - first;
    EXPECT_EQ(due, c.At(FirstWith(c, goal)));
  } else {
    EXPECT_GT(due, c.At(now));
  }
}

class CalendarPropertyTest : public testing::Test {
 protected:
  void SetUp() override { std::cout << "seed " << kSeed << std::endl; }

  // Calls `check` with many cases, and says which one failed.
  template <typename Check>
  void ForMany(int cases, Check check) {
    for (int i = 0; i < cases && !HasFailure(); ++i) {
      const Case c = RandomCase(&random_);
      SCOPED_TRACE(testing::Message()
                   << "case " << i << " from " << c.start << ": " << c.document.ShortDebugString());
      check(c);
    }
  }

  Random random_{kSeed};
};

TEST_F(CalendarPropertyTest, AgreesWithAWalkOverMinutes) {
  ForMany(testlib::Rounds(kCalendars), [&](const Case& c) {
    CheckIntervals(c);
    CheckLaws(c, &random_);
    CheckLaws(c, &random_);
    for (int i = 0; i < 10; ++i) {
      CheckAgainstOracle(c, &random_);
      CheckClock(c, &random_);
    }
  });
}

// A change of calendar in flight: what the first counted is kept, the rest is the second's.
TEST_F(CalendarPropertyTest, ChangedTermsKeepWhatWasConsumed) {
  for (int i = 0; i < testlib::Rounds(500); ++i) {
    const std::string zone = kZones[random_.Pick(0, std::size(kZones) - 1)];
    const absl::CivilDay day(2026, 3, 27);
    const Calendar old_calendar = *Calendar::Make(RandomDocument(zone, day, &random_));
    const Calendar new_calendar = *Calendar::Make(RandomDocument(zone, day, &random_));
    const absl::Time start = absl::FromUnixSeconds(1774600000 + random_.Pick(0, 500000));
    const absl::Time change = start + absl::Seconds(random_.Pick(0, 500000));
    const absl::Duration target = absl::Minutes(random_.Pick(1, 5000));
    const absl::Duration new_target = absl::Minutes(random_.Pick(1, 5000));
    const Clock old_clock = StartClock(start, target);
    const Clock clock = *ChangeTerms(old_calendar, old_clock, change, new_target);
    const absl::Duration consumed = old_calendar.OpenBetween(start, change);
    const absl::Time later = change + absl::Seconds(random_.Pick(0, 500000));
    EXPECT_EQ(Elapsed(new_calendar, clock, later),
              consumed + new_calendar.OpenBetween(change, later));
    const absl::Time due = *Due(new_calendar, clock);
    if (consumed >= target) {
      EXPECT_EQ(due, *Due(old_calendar, old_clock));
    } else {
      EXPECT_EQ(due, *new_calendar.Add(change, new_target - consumed));
    }
    EXPECT_EQ(StateOf(new_calendar, clock, later).breached, due <= later);
  }
}

}  // namespace
}  // namespace comity::calendar
