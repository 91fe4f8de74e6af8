// What must be so for promises, and what became of them. Pure.
#ifndef COMITY_LEAD_PROMISE_RULES_H_
#define COMITY_LEAD_PROMISE_RULES_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "comity/lead/v1/promise.pb.h"

namespace comity::lead {

// A promise to nobody by name was made to the contact of the one that it corrects, else of the
// opportunity. It is written into the fact: no later change of the opportunity alters who was
// promised something.
void CompletePromise(const v1::Opportunity& opportunity, const std::vector<fact::v1::Fact>& before,
                     fact::v1::Fact* fact);

// Whether a promise, or what is said of one, follows what was recorded before (`before` marks what
// it supersedes); other facts always do. FAILED_PRECONDITION reasons: PROMISED_TO_NOBODY (neither
// it nor the opportunity names a contact), PROMISE_NOT_STANDING (the fact that is named is no
// promise of this opportunity that stands), ALREADY_MARKED (it is said to be kept or broken:
// whoever said so voids that first; also where the promise itself is to be corrected or voided),
// MARKED_BEFORE_PROMISED.
absl::Status CheckPromise(const v1::Opportunity& opportunity,
                          const std::vector<fact::v1::Fact>& before, const fact::v1::Fact& fact);

// The promises among the facts of any opportunities, void and superseded ones too, at `now`: those
// that are due first before the others.
std::vector<v1::Promise> PromisesOf(const std::vector<fact::v1::Fact>& facts, absl::Time now);

}  // namespace comity::lead

#endif  // COMITY_LEAD_PROMISE_RULES_H_
