// OnboardCustomer: who signed is received as a customer, member or client.
#ifndef COMITY_GATEWAY_ONBOARD_CUSTOMER_H_
#define COMITY_GATEWAY_ONBOARD_CUSTOMER_H_

#include "services/gateway/workflow/definition.h"

namespace comity::gateway {

inline constexpr char kOnboardCustomer[] = "onboard-customer";

// Reads what was signed, makes the account's relationship what its products say, opens a case, and
// offers the account by the charter's agreement.
Definition OnboardCustomerWorkflow();

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_ONBOARD_CUSTOMER_H_
