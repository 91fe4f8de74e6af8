// Gives what a person works on to others, record by record.
#ifndef COMITY_RUNTIME_WORKFLOW_MOVE_OWNED_H_
#define COMITY_RUNTIME_WORKFLOW_MOVE_OWNED_H_

#include <vector>

#include "absl/status/statusor.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/storage/transact.h"

namespace comity::workflow {

inline constexpr int kMostMovedAtOnce = 100;

// One batch, over the service's collections in the order given: what the department is responsible
// for, and what none is, as far as the charter lets the department change owners there. A record
// whose course has ended (a closed case) is kept. Errors: those of the fact OWNER_CHANGED;
// INVALID_ARGUMENT reason INVALID_NAME for `after`.
absl::StatusOr<v1::MoveOwnedResponse> MoveOwned(storage::Transaction& tx, Call& call,
                                                const std::vector<fact::SubjectFacts>& subjects,
                                                const v1::MoveOwnedRequest& request);

}  // namespace comity::workflow

#endif  // COMITY_RUNTIME_WORKFLOW_MOVE_OWNED_H_
