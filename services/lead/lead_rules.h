// What must be so for a lead. Pure.
#ifndef COMITY_LEAD_LEAD_RULES_H_
#define COMITY_LEAD_LEAD_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "comity/lead/v1/lead_service.pb.h"

namespace comity::lead {

// INVALID_ARGUMENT reasons: LEAD_UNIDENTIFIED (none of family name, organisation, e-mail address
// and external id), INVALID_EMAIL_ADDRESS.
absl::Status CheckLead(const v1::Lead* before, v1::Lead* lead);

// Sets the owner that the last standing change names; without one it stays.
void DeriveLead(const std::vector<fact::v1::Fact>& standing, v1::Lead* lead);

// Claims the lead for a workflow. FAILED_PRECONDITION reason LEAD_CONVERTED where another has it.
absl::Status BeginConversion(const std::string& workflow, v1::Lead* lead);
// Says what it became. FAILED_PRECONDITION reason CONVERSION_NOT_HELD.
absl::Status CompleteConversion(const v1::CompleteConversionRequest& request, absl::Time now,
                                v1::Lead* lead);
// Gives up the claim of a workflow that has not completed; otherwise the lead stays as it is.
void ReleaseConversion(const std::string& workflow, v1::Lead* lead);

}  // namespace comity::lead

#endif  // COMITY_LEAD_LEAD_RULES_H_
