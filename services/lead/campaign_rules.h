// What must be so for a campaign. Pure.
#ifndef COMITY_LEAD_CAMPAIGN_RULES_H_
#define COMITY_LEAD_CAMPAIGN_RULES_H_

#include "absl/status/status.h"
#include "comity/lead/v1/campaign.pb.h"

namespace comity::lead {

// INVALID_ARGUMENT reasons: ENDS_BEFORE_START (the last day is before the first), BUDGET_NEGATIVE.
absl::Status CheckCampaign(const v1::Campaign* before, v1::Campaign* campaign);

}  // namespace comity::lead

#endif  // COMITY_LEAD_CAMPAIGN_RULES_H_
