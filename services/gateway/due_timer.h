// The timer of what is due by its row, as the gateway's parts call it.
#ifndef COMITY_GATEWAY_DUE_TIMER_H_
#define COMITY_GATEWAY_DUE_TIMER_H_

#include "services/runtime/server/due_timer.h"

namespace comity::gateway {

using server::DueTimer;
using server::DueTimerOptions;

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DUE_TIMER_H_
