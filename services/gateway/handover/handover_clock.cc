#include "services/gateway/handover/handover_clock.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/runtime/calendar/calendar.h"
#include "services/runtime/calendar/clock.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr double kWarnFraction = 0.8;

absl::StatusOr<calendar::Calendar> CalendarOf(const type::v1::Charter& charter,
                                              const type::v1::HandoverAgreement& agreement) {
  const auto& calendars = charter.calendars();
  const auto found = std::find_if(calendars.begin(), calendars.end(), [&](const auto& calendar) {
    return calendar.name() == agreement.calendar();
  });
  if (found == calendars.end()) return Internal("an agreement's calendar is not in its charter");
  return calendar::Calendar::Make(*found);
}

// When it warns, is over and is escalated, by its start, without the time of the pauses.
absl::Status SetTimes(const calendar::Calendar& calendar,
                      const type::v1::HandoverAgreement& agreement, double hours,
                      const std::vector<calendar::Interval>& pauses, v1::HandoverClock* clock) {
  calendar::Clock counted = calendar::StartClock(resource::ToTime(clock->start_time()),
                                                 absl::Hours(1) * hours, kWarnFraction);
  counted.pauses = pauses;
  COMITY_ASSIGN_OR_RETURN(const absl::Time warn, calendar::WarningDue(calendar, counted));
  *clock->mutable_warn_time() = resource::FromTime(warn);
  COMITY_ASSIGN_OR_RETURN(const absl::Time due, calendar::Due(calendar, counted));
  *clock->mutable_due_time() = resource::FromTime(due);
  if (agreement.escalate_to().empty()) return absl::OkStatus();
  counted.target += absl::Hours(1) * agreement.escalate_hours();
  COMITY_ASSIGN_OR_RETURN(const absl::Time escalate, calendar::Due(calendar, counted));
  *clock->mutable_escalate_time() = resource::FromTime(escalate);
  return absl::OkStatus();
}

// When the record waited after the clock began, and before it stopped; not what began after `now`.
struct Pauses {
  std::vector<calendar::Interval> past;
  std::optional<absl::Time> since;  // of the one that lasts
};

Pauses PausesOf(const workflow::v1::Responsibility& said, const v1::HandoverClock& clock,
                absl::Time now) {
  const absl::Time start = resource::ToTime(clock.start_time());
  const absl::Time stop =
      clock.has_stop_time() ? resource::ToTime(clock.stop_time()) : absl::InfiniteFuture();
  Pauses pauses;
  for (const workflow::v1::CustomerWait& wait : said.waits()) {
    const absl::Time from = std::max(start, resource::ToTime(wait.start_time()));
    const absl::Time until = std::min(
        stop, wait.has_end_time() ? resource::ToTime(wait.end_time()) : absl::InfiniteFuture());
    if (from > now) continue;
    if (until == absl::InfiniteFuture()) {
      pauses.since = from;
    } else if (from < until) {
      pauses.past.push_back({from, until});
    }
  }
  return pauses;
}

// What began or ended since the clock was looked at last.
void TellPauses(const Pauses& pauses, bool stood_longer, const char* side,
                const v1::HandoverClock& before, absl::Time now,
                std::vector<HandoverEvent>* events) {
  const std::string paused = absl::StrCat(side, "-paused");
  const std::string resumed = absl::StrCat(side, "-resumed");
  const bool was_paused = before.has_pause_time();
  const bool is_same = was_paused && pauses.since.has_value() &&
                       *pauses.since == resource::ToTime(before.pause_time());
  if (is_same) return;
  if (was_paused) {
    events->push_back({resumed, pauses.past.empty() ? now : pauses.past.back().until});
  } else if (stood_longer) {
    events->push_back({paused, pauses.past.back().from});
    events->push_back({resumed, pauses.past.back().until});
  }
  if (pauses.since.has_value()) events->push_back({paused, *pauses.since});
}

absl::Status CountPauses(const type::v1::Charter& charter,
                         const type::v1::HandoverAgreement& agreement, double hours,
                         const Pauses& pauses, const char* side, absl::Time now,
                         v1::HandoverClock* clock, std::vector<HandoverEvent>* events) {
  const bool stood_before = clock->has_pause_time() || clock->has_paused_for();
  if (!stood_before && pauses.past.empty() && !pauses.since.has_value()) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const auto calendar, CalendarOf(charter, agreement));
  COMITY_RETURN_IF_ERROR(SetTimes(calendar, agreement, hours, pauses.past, clock));
  absl::Duration stood;
  for (const calendar::Interval& past : pauses.past) {
    stood += calendar.OpenBetween(past.from, past.until);
  }
  const v1::HandoverClock before = *clock;
  const absl::Duration stood_by_then =
      absl::Seconds(before.paused_for().seconds()) + absl::Nanoseconds(before.paused_for().nanos());
  clock->mutable_paused_for()->set_seconds(absl::ToInt64Seconds(stood));
  clock->mutable_paused_for()->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(stood - absl::Seconds(absl::ToInt64Seconds(stood)))));
  clock->clear_pause_time();
  if (pauses.since.has_value()) *clock->mutable_pause_time() = resource::FromTime(*pauses.since);
  if (Runs(*clock)) TellPauses(pauses, stood > stood_by_then, side, before, now, events);
  return absl::OkStatus();
}

}  // namespace

bool Runs(const v1::HandoverClock& clock) {
  return clock.has_start_time() && !clock.has_stop_time();
}

absl::StatusOr<v1::HandoverClock> StartClock(const type::v1::Charter& charter,
                                             const type::v1::HandoverAgreement& agreement,
                                             absl::Time at, double hours) {
  COMITY_ASSIGN_OR_RETURN(const auto calendar, CalendarOf(charter, agreement));
  v1::HandoverClock clock;
  *clock.mutable_start_time() = resource::FromTime(at);
  COMITY_RETURN_IF_ERROR(SetTimes(calendar, agreement, hours, {}, &clock));
  return clock;
}

absl::StatusOr<std::vector<HandoverEvent>> CountWaits(const type::v1::Charter& charter,
                                                      const type::v1::HandoverAgreement& agreement,
                                                      const workflow::v1::Responsibility& said,
                                                      absl::Time now, v1::Handover* handover) {
  std::vector<HandoverEvent> events;
  if (Runs(handover->accept_clock())) {
    v1::HandoverClock* const clock = handover->mutable_accept_clock();
    COMITY_RETURN_IF_ERROR(CountPauses(charter, agreement, agreement.accept_hours(),
                                       PausesOf(said, *clock, now), "accept", now, clock, &events));
  }
  if (handover->has_act_clock()) {
    v1::HandoverClock* const clock = handover->mutable_act_clock();
    COMITY_RETURN_IF_ERROR(CountPauses(charter, agreement, agreement.act_hours(),
                                       PausesOf(said, *clock, now), "act", now, clock, &events));
  }
  return events;
}

}  // namespace comity::gateway
