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

// Whether facts of that kind decide what a record says or what may follow: all but activities
// (call, meeting, mail, note, task, touch) and voidings.
bool DecidesState(v1::FactKind kind);

// The fact of that name; null if there is none.
const v1::Fact* FindFact(const std::vector<v1::Fact>& facts, absl::string_view name);

// Checks what a caller sent, whatever the subject: the kind is one of `known`, its own fields are
// set and no others, its amount has exact minor units, it is not in the future. Errors:
// INVALID_ARGUMENT reasons UNKNOWN_FACT_KIND, FACT_FIELD_REQUIRED, FACT_FIELD_UNKNOWN,
// OCCURS_IN_FUTURE, REASON_REQUIRED, EXTERNAL_ID_INCOMPLETE, ATTRIBUTES_INVALID, and those of
// runtime/resource/money.h.
absl::Status CheckFact(const std::vector<v1::FactKind>& known, const v1::Fact& fact,
                       absl::Time now);

// Marks the fact that `fact` corrects or voids as superseded by it. Errors: NOT_FOUND (no such
// fact), FAILED_PRECONDITION reasons ALREADY_SUPERSEDED, NOT_VOIDABLE; INVALID_ARGUMENT
// KIND_DIFFERS.
absl::Status Supersede(const v1::Fact& fact, std::vector<v1::Fact>* facts);

// Whether `stored` is what recording `sent` made, whoever recorded it when.
bool SaysTheSame(v1::Fact stored, v1::Fact sent);

}  // namespace comity::fact

#endif  // COMITY_RUNTIME_FACT_FACT_RULES_H_
