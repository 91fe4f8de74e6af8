// AcceptHandover: a record passes to the department that was offered it.
#ifndef COMITY_GATEWAY_HANDOVER_ACCEPT_HANDOVER_H_
#define COMITY_GATEWAY_HANDOVER_ACCEPT_HANDOVER_H_

#include "services/gateway/workflow/definition.h"

namespace comity::gateway {

inline constexpr char kAcceptHandover[] = "accept-handover";

// The offer is claimed, which decides between two answers; the service that owns the record changes
// it, if it is still that of the department that offered it; the handover is marked accepted.
Definition AcceptHandoverWorkflow();

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_ACCEPT_HANDOVER_H_
