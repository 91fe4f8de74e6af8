// Which departments' working lists a subject is on, by their own judgements and the deciding facts.
#ifndef COMITY_RUNTIME_JUDGEMENT_WORKING_LIST_H_
#define COMITY_RUNTIME_JUDGEMENT_WORKING_LIST_H_

#include <string>
#include <vector>

#include "services/runtime/charter/charter.h"
#include "services/runtime/judgement/judgement_store.h"

namespace comity::judgement {

// Whether facts of `kind` (as in the charter; empty: of any) decide an answer about the collection.
bool FactsDecide(const charter::Charter& charter, const std::string& collection,
                 const std::string& kind = "");

// Whether a subject is on the department's working list. `standing`: every department's answers;
// `facts`: kinds of the standing facts, needed only where FactsDecide.
bool IsListed(const charter::Charter& charter, const std::string& collection,
              const std::string& department, const std::vector<StandingRow>& standing,
              const charter::StandingFacts& facts);

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_WORKING_LIST_H_
