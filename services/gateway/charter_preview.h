// What a proposal would change, gathered from where it is known: answers and reports from
// reporting, open handovers from the gateway's own table.
#ifndef COMITY_GATEWAY_CHARTER_PREVIEW_H_
#define COMITY_GATEWAY_CHARTER_PREVIEW_H_

#include "absl/status/statusor.h"
#include "comity/gateway/v1/charter_proposal.pb.h"
#include "services/gateway/workflow/step_caller.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

// Asks reporting on behalf of `actor`, by his own rights. Errors: those of
// ReportService.GetCharterPreview.
absl::StatusOr<reporting::v1::CharterPreview> AskForPreview(StepCaller* caller, const Call& call,
                                                            const v1::CharterProposal& proposal);

// The open handovers of the agreements that the proposal changes.
absl::StatusOr<std::vector<v1::TouchedHandovers>> FindTouchedHandovers(
    storage::Reader& reader, const charter::Charter& in_force, const v1::CharterProposal& proposal);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CHARTER_PREVIEW_H_
