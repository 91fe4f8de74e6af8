// How leads stand in SQL.
#ifndef COMITY_LEAD_LEAD_STORE_H_
#define COMITY_LEAD_LEAD_STORE_H_

#include "services/runtime/resource/resource.h"

namespace comity::lead {

const resource::Resource& LeadResource();

}  // namespace comity::lead

#endif  // COMITY_LEAD_LEAD_STORE_H_
