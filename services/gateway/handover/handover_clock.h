// The clocks of a handover: what they count, and when they stand still. Pure.
#ifndef COMITY_GATEWAY_HANDOVER_HANDOVER_CLOCK_H_
#define COMITY_GATEWAY_HANDOVER_HANDOVER_CLOCK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/handover.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"

namespace comity::gateway {

// Something to be journaled about a handover.
struct HandoverEvent {
  std::string type;  // `accept-breached`
  absl::Time time;   // when it happened
};

// Whether it has begun and nothing has stopped it; it may be paused.
bool Runs(const v1::HandoverClock& clock);

// One of `hours` of the agreement's calendar, from `at` on. Errors: those of the calendar.
absl::StatusOr<v1::HandoverClock> StartClock(const type::v1::Charter& charter,
                                             const type::v1::HandoverAgreement& agreement,
                                             absl::Time at, double hours);

// Counts the clocks of a handover by when its record was waiting for the customer, from their start
// on: by its own agreement and charter. What they have noted stays. Returns what began or ended, to
// be journaled (`accept-paused`, `act-resumed`). Errors: those of the calendar.
absl::StatusOr<std::vector<HandoverEvent>> CountWaits(const type::v1::Charter& charter,
                                                      const type::v1::HandoverAgreement& agreement,
                                                      const workflow::v1::Responsibility& said,
                                                      absl::Time now, v1::Handover* handover);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_HANDOVER_CLOCK_H_
