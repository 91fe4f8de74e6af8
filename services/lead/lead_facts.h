// The facts that leads and opportunities take.
#ifndef COMITY_LEAD_LEAD_FACTS_H_
#define COMITY_LEAD_LEAD_FACTS_H_

#include <vector>

#include "services/runtime/fact/fact_component.h"

namespace comity::lead {

const fact::SubjectFacts& LeadFacts();
const fact::SubjectFacts& OpportunityFacts();
// Both.
std::vector<fact::SubjectFacts> Subjects();

}  // namespace comity::lead

#endif  // COMITY_LEAD_LEAD_FACTS_H_
