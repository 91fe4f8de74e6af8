// Reads the parts of a charter's Calendar. What is wrong is INVALID_ARGUMENT reason CHARTER_INVALID
// naming the place, e.g. `calendars/office.holidays[2]`.
#ifndef COMITY_RUNTIME_CALENDAR_CALENDAR_DOCUMENT_H_
#define COMITY_RUNTIME_CALENDAR_CALENDAR_DOCUMENT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/type/v1/charter.pb.h"
#include "services/runtime/calendar/wall_hours.h"

namespace comity::calendar {

// `calendars/` and an id of lower-case letters, digits and hyphens, 63 characters together at most.
absl::Status CheckName(const type::v1::Calendar& document);
// A zone of the tz database, by its name there.
absl::StatusOr<absl::TimeZone> ReadTimeZone(const type::v1::Calendar& document);
// The hours of each weekday; all of them where the document lists none.
absl::StatusOr<WallHours::Week> ReadWeek(const type::v1::Calendar& document);
// Days since 1970-01-01, in the order of the document.
absl::StatusOr<std::vector<int64_t>> ReadHolidays(const type::v1::Calendar& document);

}  // namespace comity::calendar

#endif  // COMITY_RUNTIME_CALENDAR_CALENDAR_DOCUMENT_H_
