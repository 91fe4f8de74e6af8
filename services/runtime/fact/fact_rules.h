// The rules of facts that hold for every subject. Pure.
#ifndef COMITY_RUNTIME_FACT_FACT_RULES_H_
#define COMITY_RUNTIME_FACT_FACT_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "comity/fact/v1/fact.pb.h"

namespace comity::fact {

// The fact of that name; null if there is none.
const v1::Fact* FindFact(const std::vector<v1::Fact>& facts, absl::string_view name);

// Checks what a caller sent, whatever the subject: the kind is one of `known`, its own fields are
// set and no others, it is not in the future. Errors: INVALID_ARGUMENT reasons UNKNOWN_FACT_KIND,
// FACT_FIELD_REQUIRED, FACT_FIELD_UNKNOWN, OCCURS_IN_FUTURE, REASON_REQUIRED.
absl::Status CheckFact(const std::vector<v1::FactKind>& known, const v1::Fact& fact,
                       absl::Time now);

// Marks the fact that `fact` corrects or voids as superseded by it. Errors: NOT_FOUND (no such
// fact), FAILED_PRECONDITION reasons ALREADY_SUPERSEDED, NOT_VOIDABLE; INVALID_ARGUMENT
// KIND_DIFFERS.
absl::Status Supersede(const v1::Fact& fact, std::vector<v1::Fact>* facts);

}  // namespace comity::fact

#endif  // COMITY_RUNTIME_FACT_FACT_RULES_H_
