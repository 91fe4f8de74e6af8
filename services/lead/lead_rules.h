// What must be so for a lead. Pure.
#ifndef COMITY_LEAD_LEAD_RULES_H_
#define COMITY_LEAD_LEAD_RULES_H_

#include "absl/status/status.h"
#include "comity/lead/v1/lead.pb.h"

namespace comity::lead {

// INVALID_ARGUMENT reasons: LEAD_UNIDENTIFIED (none of family name, organisation, e-mail address
// and external id), EMAIL_ADDRESS_INVALID.
absl::Status CheckLead(const v1::Lead* before, v1::Lead* lead);

}  // namespace comity::lead

#endif  // COMITY_LEAD_LEAD_RULES_H_
