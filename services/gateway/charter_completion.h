// What a proposal follows on, and what its last signature does.
#ifndef COMITY_GATEWAY_CHARTER_COMPLETION_H_
#define COMITY_GATEWAY_CHARTER_COMPLETION_H_

#include "absl/status/statusor.h"
#include "comity/gateway/v1/charter_proposal.pb.h"
#include "services/gateway/workflow/definition.h"
#include "services/runtime/charter/signed_revision.h"
#include "services/runtime/server/call.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

// The revision in force, which a proposal changes. FAILED_PRECONDITION reason REVISION_UNDER_WAY
// while the next one is signed and not yet in force.
absl::StatusOr<charter::Base> BaseOf(const Call& call);

// Where all have signed, the gateway stores the revision as every service does, by the same check,
// and a workflow (`enact`) brings it to the others. Else nothing.
absl::Status CompleteIfSigned(storage::Transaction& tx, const Call& call, const Definition& enact,
                              v1::CharterProposal* proposal);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CHARTER_COMPLETION_H_
