// The facts that leads and opportunities take, and what workflows may withdraw of them.
#ifndef COMITY_LEAD_LEAD_FACTS_H_
#define COMITY_LEAD_LEAD_FACTS_H_

#include <vector>

#include "services/runtime/fact/fact_component.h"
#include "services/runtime/workflow/withdraw.h"

namespace comity::lead {

const fact::SubjectFacts& LeadFacts();
const fact::SubjectFacts& OpportunityFacts();
// Both.
std::vector<fact::SubjectFacts> Subjects();

// What workflows make here.
std::vector<workflow::Withdrawable> Withdrawables();

}  // namespace comity::lead

#endif  // COMITY_LEAD_LEAD_FACTS_H_
