// MoveOwner: what a person works on goes to others of the department.
#ifndef COMITY_GATEWAY_MOVE_OWNER_H_
#define COMITY_GATEWAY_MOVE_OWNER_H_

#include "services/gateway/workflow/definition.h"

namespace comity::gateway {

// Service by service, batch by batch; what was moved stays moved.
Definition MoveOwnerWorkflow();

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_MOVE_OWNER_H_
