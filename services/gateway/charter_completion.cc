#include "services/gateway/charter_completion.h"

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/gateway/charter_proposal_rules.h"
#include "services/gateway/workflow/workflow_service.h"
#include "services/runtime/charter/charter_entries.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {

absl::StatusOr<charter::Base> BaseOf(const Call& call) {
  const charter::Revision& last = call.runtime->charters->last();
  if (last.charter.revision() != call.charter().revision()) {
    return PreconditionFailed("REVISION_UNDER_WAY",
                              absl::StrCat("charterRevisions/", last.charter.revision()),
                              absl::StrCat("revision ", last.charter.revision(),
                                           " is signed and comes into force: wait"));
  }
  return charter::Base{&last.charter, last.digest};
}

absl::Status CompleteIfSigned(storage::Transaction& tx, const Call& call, const Definition& enact,
                              v1::CharterProposal* proposal) {
  if (!IsComplete(*proposal)) return absl::OkStatus();
  const charter::v1::SignedRevision signed_revision = SignedSoFar(*proposal);
  COMITY_RETURN_IF_ERROR(
      charter::PrepareRevision(tx, signed_revision, *call.runtime->charters, call.now).status());
  proposal->set_state(v1::CHARTER_PROPOSAL_STATE_SIGNED);
  v1::EnactCharterInput input;
  input.set_proposal(proposal->name());
  *input.mutable_signed_revision() = signed_revision;
  type::v1::Actor actor;  // by nobody's right: what is signed speaks for itself
  actor.set_workload("service/gateway");
  COMITY_ASSIGN_OR_RETURN(
      const std::string workflow,
      StartWorkflow(tx, call.now, enact,
                    {proposal->name(), actor, input, {/*key=*/proposal->name(), -1}}));
  proposal->set_workflow(workflow);
  return absl::OkStatus();
}

}  // namespace comity::gateway
