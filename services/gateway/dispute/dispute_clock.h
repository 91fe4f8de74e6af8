// The clocks of a dispute, in business hours of its charter's calendar. Pure.
#ifndef COMITY_GATEWAY_DISPUTE_DISPUTE_CLOCK_H_
#define COMITY_GATEWAY_DISPUTE_DISPUTE_CLOCK_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/type/v1/charter.pb.h"

namespace comity::gateway {

// One that runs from `at` on, by the calendar of the charter's `disputes`. Errors: those of the
// calendar.
absl::StatusOr<v1::DisputeClock> StartDisputeClock(const type::v1::Charter& charter, absl::Time at,
                                                   double hours);
bool Runs(const v1::DisputeClock& clock);
// It stands, if it runs.
void StopClock(absl::Time now, v1::DisputeClock* clock);
// Notes a warning and a breach, each once: what is noted, and when it was so.
std::vector<std::pair<std::string, absl::Time>> NoteClock(absl::Time now, v1::DisputeClock* clock);
// When it has something to note; infinite: nothing more.
absl::Time NextNote(const v1::DisputeClock& clock);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_DISPUTE_CLOCK_H_
