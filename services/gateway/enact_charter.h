// EnactCharter: a signed revision of the charter comes to all services, then into force.
#ifndef COMITY_GATEWAY_ENACT_CHARTER_H_
#define COMITY_GATEWAY_ENACT_CHARTER_H_

#include "services/gateway/workflow/definition.h"

namespace comity::gateway {

inline constexpr char kEnactCharter[] = "enact-charter";

// Each service checks and stores it; when all have, the gateway's journal names the time from which
// on it is in force. Until then the old one is.
Definition EnactCharterWorkflow();

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_ENACT_CHARTER_H_
