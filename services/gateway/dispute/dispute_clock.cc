#include "services/gateway/dispute/dispute_clock.h"

#include <algorithm>

#include "services/runtime/calendar/calendar.h"
#include "services/runtime/calendar/clock.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr double kWarnAfter = 0.8;  // of the time

}  // namespace

absl::StatusOr<v1::DisputeClock> StartDisputeClock(const type::v1::Charter& charter, absl::Time at,
                                                   double hours) {
  const auto& calendars = charter.calendars();
  const auto found = std::find_if(calendars.begin(), calendars.end(), [&](const auto& each) {
    return each.name() == charter.disputes().calendar();
  });
  if (found == calendars.end()) return Internal("the calendar of disputes is not in the charter");
  COMITY_ASSIGN_OR_RETURN(const auto calendar, calendar::Calendar::Make(*found));
  const calendar::Clock counted = calendar::StartClock(at, absl::Hours(1) * hours, kWarnAfter);
  v1::DisputeClock clock;
  *clock.mutable_start_time() = resource::FromTime(at);
  COMITY_ASSIGN_OR_RETURN(const absl::Time warn, calendar::WarningDue(calendar, counted));
  *clock.mutable_warn_time() = resource::FromTime(warn);
  COMITY_ASSIGN_OR_RETURN(const absl::Time due, calendar::Due(calendar, counted));
  *clock.mutable_due_time() = resource::FromTime(due);
  return clock;
}

bool Runs(const v1::DisputeClock& clock) {
  return clock.has_start_time() && !clock.has_stop_time() && !clock.breached();
}

void StopClock(absl::Time now, v1::DisputeClock* clock) {
  if (Runs(*clock)) *clock->mutable_stop_time() = resource::FromTime(now);
}

std::vector<std::pair<std::string, absl::Time>> NoteClock(absl::Time now, v1::DisputeClock* clock) {
  std::vector<std::pair<std::string, absl::Time>> noted;
  if (!Runs(*clock)) return noted;
  if (!clock->warned() && now >= resource::ToTime(clock->warn_time())) {
    clock->set_warned(true);
    noted.emplace_back("warned", resource::ToTime(clock->warn_time()));
  }
  if (now >= resource::ToTime(clock->due_time())) {
    clock->set_breached(true);
    noted.emplace_back("breached", resource::ToTime(clock->due_time()));
  }
  return noted;
}

absl::Time NextNote(const v1::DisputeClock& clock) {
  if (!Runs(clock)) return absl::InfiniteFuture();
  return resource::ToTime(clock.warned() ? clock.due_time() : clock.warn_time());
}

}  // namespace comity::gateway
