// Whether a caller may record a fact, before any transaction.
#ifndef COMITY_RUNTIME_FACT_FACT_ACCESS_H_
#define COMITY_RUNTIME_FACT_FACT_ACCESS_H_

#include <string>

#include "absl/status/status.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/server/call.h"

namespace comity::fact {

// PERMISSION_DENIED reason FACT_NOT_ALLOWED: the acting department may not record `what`.
absl::Status MayNotRecord(const Call& call, const std::string& collection, absl::string_view what);
// The same where the charter's access table does not name the kind.
absl::Status CheckMayRecord(const Call& call, const std::string& collection, v1::FactKind kind);

// Checks a fact that is to be recorded: the department may, what it says is whole (fact_rules.h),
// persons and teams are known. INVALID_ARGUMENT reasons UNKNOWN_FACT_KIND (also for a second
// beginning), UNKNOWN_PERSON, UNKNOWN_TEAM.
absl::Status CheckNewFact(const Call& call, const SubjectFacts& kind, const v1::Fact& fact);

}  // namespace comity::fact

#endif  // COMITY_RUNTIME_FACT_FACT_ACCESS_H_
