#include "services/runtime/calendar/clock.h"

#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::calendar {
namespace {

// Monday to Friday in Berlin; `until` as HH:MM.
Calendar Office(const std::string& until = "17:00") {
  type::v1::Calendar document;
  document.set_name("calendars/office");
  document.set_time_zone("Europe/Berlin");
  auto* hours = document.add_open();
  for (int day = 1; day <= 5; ++day) hours->add_days(day);
  hours->set_from("09:00");
  hours->set_until(until);
  return *Calendar::Make(document);
}

// A time of the week from Monday 2026-06-01 on, in Berlin.
absl::Time At(int day, int hour, int minute = 0) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
  return absl::FromCivil(absl::CivilMinute(2026, 6, day, hour, minute), zone);
}

Clock Taken(const absl::StatusOr<Clock>& clock) {
  EXPECT_TRUE(clock.ok()) << clock.status();
  return *clock;
}

Clock Paused(const Clock& clock, absl::Time at) {
  return Taken(PauseClock(Office(), clock, at, at));
}

TEST(ClockTest, CountsBusinessHoursUntilItIsDue) {
  const Clock clock = StartClock(At(1, 15), absl::Hours(4));
  EXPECT_EQ(Elapsed(Office(), clock, At(1, 14)), absl::ZeroDuration());
  EXPECT_EQ(Elapsed(Office(), clock, At(2, 8)), absl::Hours(2));
  EXPECT_EQ(*Due(Office(), clock), At(2, 11));
  EXPECT_FALSE(StateOf(Office(), clock, At(2, 11) - absl::Nanoseconds(1)).breached);
  EXPECT_TRUE(StateOf(Office(), clock, At(2, 11)).breached);
}

TEST(ClockTest, WarnsAfterAFractionOfTheTarget) {
  const Clock clock = StartClock(At(1, 15), absl::Hours(4), 0.75);
  EXPECT_EQ(*WarningDue(Office(), clock), At(2, 10));
  EXPECT_FALSE(StateOf(Office(), clock, At(2, 9, 59)).warned);
  EXPECT_TRUE(StateOf(Office(), clock, At(2, 10)).warned);
  EXPECT_FALSE(StateOf(Office(), clock, At(2, 10)).breached);
  EXPECT_TRUE(StateOf(Office(), clock, At(2, 12)).warned);
  const Clock silent = StartClock(At(1, 15), absl::Hours(4));
  EXPECT_EQ(*WarningDue(Office(), silent), absl::InfiniteFuture());
  EXPECT_FALSE(StateOf(Office(), silent, At(2, 12)).warned);
}

TEST(ClockTest, StandsStillWhilePaused) {
  const Clock paused = Paused(StartClock(At(1, 15), absl::Hours(4), 0.5), At(1, 16));
  EXPECT_EQ(Elapsed(Office(), paused, At(5, 12)), absl::Hours(1));
  EXPECT_EQ(*Due(Office(), paused), absl::InfiniteFuture());
  EXPECT_EQ(*WarningDue(Office(), paused), absl::InfiniteFuture());
  EXPECT_EQ(StateOf(Office(), paused, At(1, 15, 59)).phase, ClockPhase::kRunning);
  EXPECT_EQ(StateOf(Office(), paused, At(1, 16)).phase, ClockPhase::kPaused);
  const Clock resumed = Taken(ResumeClock(paused, At(3, 12)));
  EXPECT_EQ(StateOf(Office(), resumed, At(2, 12)).phase, ClockPhase::kPaused);
  EXPECT_EQ(StateOf(Office(), resumed, At(3, 12)).phase, ClockPhase::kRunning);
  EXPECT_EQ(*WarningDue(Office(), resumed), At(3, 13));
  EXPECT_EQ(*Due(Office(), resumed), At(3, 15));
}

TEST(ClockTest, APauseNeverErasesABreach) {
  const Clock clock = StartClock(At(1, 9), absl::Hours(4));  // Due at 13:00.
  const Clock after = Paused(clock, At(1, 14));
  EXPECT_EQ(*Due(Office(), after), At(1, 13));
  EXPECT_TRUE(StateOf(Office(), after, At(1, 14)).breached);
  EXPECT_EQ(StateOf(Office(), after, At(1, 14)).phase, ClockPhase::kPaused);
  // Said at 14:00 to have begun at 12:00.
  const Clock backdated = Taken(PauseClock(Office(), clock, At(1, 12), At(1, 14)));
  EXPECT_EQ(*Due(Office(), backdated), At(1, 13));
  EXPECT_TRUE(StateOf(Office(), backdated, At(1, 14)).breached);
  EXPECT_FALSE(StateOf(Office(), backdated, At(1, 12, 59)).breached);
  const Clock resumed = Taken(ResumeClock(backdated, At(2, 9)));
  EXPECT_EQ(*Due(Office(), resumed), At(1, 13));
  EXPECT_TRUE(StateOf(Office(), resumed, At(2, 9)).breached);
  // One that is recorded in time holds.
  const Clock early = Taken(PauseClock(Office(), clock, At(1, 12), At(1, 12, 59)));
  EXPECT_EQ(*Due(Office(), early), absl::InfiniteFuture());
}

TEST(ClockTest, AStopDecidesWhetherItWasInTime) {
  const Clock clock = StartClock(At(1, 9), absl::Hours(4));
  const Clock in_time = Taken(StopClock(clock, At(1, 12, 59)));
  EXPECT_EQ(Elapsed(Office(), in_time, At(5, 12)), absl::Minutes(239));
  EXPECT_EQ(StateOf(Office(), in_time, At(5, 12)).phase, ClockPhase::kStopped);
  EXPECT_FALSE(StateOf(Office(), in_time, At(5, 12)).breached);
  EXPECT_EQ(*Due(Office(), in_time), At(1, 13));
  const Clock late = Taken(StopClock(clock, At(1, 13)));
  EXPECT_TRUE(StateOf(Office(), late, At(5, 12)).breached);
  const Clock while_paused = Taken(StopClock(Paused(clock, At(1, 10)), At(1, 16)));
  EXPECT_EQ(Elapsed(Office(), while_paused, At(5, 12)), absl::Hours(1));
  EXPECT_FALSE(StateOf(Office(), while_paused, At(5, 12)).breached);
}

TEST(ClockTest, AChangeInFlightKeepsWhatWasConsumed) {
  const Clock clock = StartClock(At(1, 9), absl::Hours(10), 0.5);  // Due on Tuesday 11:00.
  const Clock changed = Taken(ChangeTerms(Office(), clock, At(1, 12), absl::Hours(6)));
  EXPECT_EQ(changed.consumed, absl::Hours(3));
  EXPECT_EQ(Elapsed(Office("14:00"), changed, At(1, 18)), absl::Hours(5));
  EXPECT_EQ(*Due(Office("14:00"), changed), At(2, 10));
  EXPECT_EQ(*WarningDue(Office("14:00"), changed), At(1, 12));
  const Clock twice = Taken(ChangeTerms(Office("14:00"), changed, At(1, 20), absl::Hours(12)));
  EXPECT_EQ(*Due(Office(), twice), At(2, 16));
}

TEST(ClockTest, ATargetThatIsConsumedIsDueAtTheChange) {
  const Clock clock = StartClock(At(1, 9), absl::Hours(10));
  const Clock changed = Taken(ChangeTerms(Office(), clock, At(1, 15), absl::Hours(2)));
  EXPECT_EQ(*Due(Office(), changed), At(1, 15));
  EXPECT_FALSE(StateOf(Office(), changed, At(1, 14)).breached);
  EXPECT_TRUE(StateOf(Office(), changed, At(1, 15)).breached);
}

TEST(ClockTest, AChangeKeepsPausesAndBreaches) {
  const Clock clock = StartClock(At(1, 9), absl::Hours(4), 0.5);
  const Clock paused =
      Taken(ChangeTerms(Office(), Paused(clock, At(1, 11)), At(1, 15), absl::Hours(3)));
  EXPECT_EQ(*Due(Office(), paused), absl::InfiniteFuture());
  EXPECT_EQ(*Due(Office(), Taken(ResumeClock(paused, At(2, 9)))), At(2, 10));
  const Clock breached = Taken(ChangeTerms(Office(), clock, At(1, 14), absl::Hours(100)));
  EXPECT_EQ(*Due(Office(), breached), At(1, 13));
  EXPECT_TRUE(StateOf(Office(), breached, At(1, 14)).breached);
  EXPECT_TRUE(StateOf(Office(), breached, At(1, 14)).warned);
}

TEST(ClockTest, RefusesEventsOutOfOrder) {
  const Clock clock = StartClock(At(1, 9), absl::Hours(4));
  const Clock paused = Paused(clock, At(1, 11));
  const Clock stopped = Taken(StopClock(clock, At(1, 10)));
  const auto reason = [](const absl::StatusOr<Clock>& result) { return Reason(result.status()); };
  EXPECT_EQ(reason(PauseClock(Office(), clock, At(1, 8), At(1, 9))), "CLOCK_EVENT_ORDER");
  EXPECT_EQ(reason(ResumeClock(paused, At(1, 10))), "CLOCK_EVENT_ORDER");
  EXPECT_EQ(reason(StopClock(paused, At(1, 10))), "CLOCK_EVENT_ORDER");
  EXPECT_EQ(reason(ChangeTerms(Office(), paused, At(1, 10), absl::Hours(1))), "CLOCK_EVENT_ORDER");
  const Clock resumed = Taken(ResumeClock(paused, At(1, 12)));
  EXPECT_EQ(reason(PauseClock(Office(), resumed, At(1, 11), At(1, 13))), "CLOCK_EVENT_ORDER");
  EXPECT_EQ(reason(PauseClock(Office(), paused, At(1, 12), At(1, 12))), "CLOCK_PAUSED");
  EXPECT_EQ(reason(ResumeClock(clock, At(1, 12))), "CLOCK_NOT_PAUSED");
  EXPECT_EQ(reason(StopClock(stopped, At(1, 12))), "CLOCK_STOPPED");
  EXPECT_EQ(reason(PauseClock(Office(), stopped, At(1, 12), At(1, 12))), "CLOCK_STOPPED");
}

}  // namespace
}  // namespace comity::calendar
