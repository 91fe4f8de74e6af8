// How opportunities stand in SQL.
#ifndef COMITY_LEAD_OPPORTUNITY_STORE_H_
#define COMITY_LEAD_OPPORTUNITY_STORE_H_

#include "services/runtime/resource/resource.h"

namespace comity::lead {

const resource::Resource& OpportunityResource();

}  // namespace comity::lead

#endif  // COMITY_LEAD_OPPORTUNITY_STORE_H_
