// Holds a database to the charter that it was first used with: what words mean is not changed by
// editing a file and starting again.
#ifndef COMITY_RUNTIME_CHARTER_CHARTER_PIN_H_
#define COMITY_RUNTIME_CHARTER_CHARTER_PIN_H_

#include "absl/status/status.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/storage/session.h"

namespace comity::charter {

// Notes the charter where none is noted yet; else checks that it is the same.
// Errors: FAILED_PRECONDITION reason CHARTER_CHANGED; those of storage.
absl::Status PinCharter(storage::Session& session, const Charter& charter);

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_CHARTER_PIN_H_
