// Which department is responsible for a record, and how that passes on.
#ifndef COMITY_RUNTIME_WORKFLOW_RESPONSIBILITY_H_
#define COMITY_RUNTIME_WORKFLOW_RESPONSIBILITY_H_

#include "absl/status/statusor.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/storage/transact.h"

namespace comity::workflow {

// Errors of all: NOT_FOUND.

// FAILED_PRECONDITION reason RECORD_WITHDRAWN.
absl::StatusOr<v1::Responsibility> ReadResponsibility(storage::Reader& reader,
                                                      const fact::SubjectFacts& kind,
                                                      const v1::GetResponsibilityRequest& request);

// Whether the charter's revision has that agreement for that kind of record, and the caller accepts
// for the department that it names. PERMISSION_DENIED reasons DEPARTMENT_NOT_OWN,
// HANDOVER_NOT_AGREED; UNAVAILABLE reason CHARTER_BEHIND where the revision is not known here yet;
// INVALID_ARGUMENT reason UNKNOWN_PERSON.
absl::Status CheckTransfer(const Call& call, const v1::TransferResponsibilityRequest& request);
// The caller has checked that. FAILED_PRECONDITION reasons RESPONSIBILITY_MOVED, RECORD_WITHDRAWN.
absl::StatusOr<v1::Responsibility> Transfer(storage::Transaction& tx, Call& call,
                                            const fact::SubjectFacts& kind,
                                            const v1::TransferResponsibilityRequest& request);

// False, with no effect, where the record is no longer what the change made it.
absl::StatusOr<bool> Restore(storage::Transaction& tx, Call& call, const fact::SubjectFacts& kind,
                             const v1::RestoreResponsibilityRequest& request);

}  // namespace comity::workflow

#endif  // COMITY_RUNTIME_WORKFLOW_RESPONSIBILITY_H_
