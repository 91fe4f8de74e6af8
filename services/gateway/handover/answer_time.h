// Whether an answer to an offer is in time: what its clock has noted, with the waits for the
// customer that its record's service knows.
#ifndef COMITY_GATEWAY_HANDOVER_ANSWER_TIME_H_
#define COMITY_GATEWAY_HANDOVER_ANSWER_TIME_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/handover.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/gateway/handover/handover_clock.h"
#include "services/gateway/workflow/step_caller.h"
#include "services/runtime/server/call.h"

namespace comity::gateway {

// What the service of its record says, for NoteAnswerTime, asked before the transaction; nobody is
// asked where no time to answer runs, and the error is for where it runs by then.
using Waits = absl::StatusOr<workflow::v1::Responsibility>;
Waits ReadWaits(Call& call, StepCaller* caller, const std::string& name);

// Notes what the clocks say at `at`, before the answer stops the first of them. An error of `waits`
// is returned where the time to answer runs: it may have stood still.
absl::StatusOr<std::vector<HandoverEvent>> NoteAnswerTime(const Call& call, const Waits& waits,
                                                          absl::Time at, v1::Handover* handover);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_ANSWER_TIME_H_
