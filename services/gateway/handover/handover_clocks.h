// What the clocks of handovers say, noted when it is so.
#ifndef COMITY_GATEWAY_HANDOVER_HANDOVER_CLOCKS_H_
#define COMITY_GATEWAY_HANDOVER_HANDOVER_CLOCKS_H_

#include "services/gateway/due_timer.h"
#include "services/gateway/workflow/step_caller.h"

namespace comity::gateway {

// Each warning and breach is noted in a transaction that holds the row: once.
class HandoverClocks final : public DueTimer {
 public:
  // `caller`: asks the services that own records what was done. Where one is away, its handovers
  // are looked at later, and it is not asked for each: whether somebody acted in time, only it can
  // tell.
  HandoverClocks(const Runtime* runtime, StepCaller* caller);
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_HANDOVER_CLOCKS_H_
