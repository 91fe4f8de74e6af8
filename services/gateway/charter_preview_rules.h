// The preview of a proposal: what of the charter's agreements changes, and who may read what of it.
// Pure.
#ifndef COMITY_GATEWAY_CHARTER_PREVIEW_RULES_H_
#define COMITY_GATEWAY_CHARTER_PREVIEW_RULES_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "comity/gateway/v1/charter_proposal.pb.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/server/call.h"

namespace comity::gateway {

struct ChangedAgreement {
  std::string name;
  bool removed = false;  // else it, or its calendar, says something else
};
// Those of `before` of which `after` makes something else, in order.
std::vector<ChangedAgreement> ChangedAgreements(const type::v1::Charter& before,
                                                const type::v1::Charter& after);

// Puts what was computed into the proposal, in the place of an earlier preview.
void SetPreview(const v1::PreviewContents& contents, const type::v1::Actor& actor, absl::Time now,
                v1::CharterProposal* proposal);

// What somebody may read of a preview: what he could read without one.
struct PreviewRights {
  bool reports = false;
  bool opportunities = false;
  bool handovers = false;
};
// An auditor's, all; a member's or steward's, what the charter gives the department; else none:
// who runs the system reads proposals, and no customer data in them.
PreviewRights PreviewRightsOf(const Principal& principal, const charter::Charter& charter);
// Leaves out what may not be read, and says because of which collections.
void Withhold(const PreviewRights& rights, v1::ProposalPreview* preview);
// What lists and the journal hold: that there is one, as of when, and its digest.
void WithholdContents(v1::CharterProposal* proposal);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CHARTER_PREVIEW_RULES_H_
