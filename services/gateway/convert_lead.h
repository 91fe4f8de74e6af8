// ConvertLead: a lead becomes an opportunity, of an account and with a contact.
#ifndef COMITY_GATEWAY_CONVERT_LEAD_H_
#define COMITY_GATEWAY_CONVERT_LEAD_H_

#include "services/gateway/workflow/definition.h"

namespace comity::gateway {

// Claims the lead, finds or makes the account, makes contact and opportunity, says so in the lead.
Definition ConvertLeadWorkflow();

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CONVERT_LEAD_H_
