#include "services/gateway/charter_proposal_change.h"

#include "absl/strings/str_cat.h"
#include "services/gateway/charter_preview_rules.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway {

v1::CharterProposal Shown(const Call& call, const StoredProposal& stored) {
  v1::CharterProposal proposal = stored.proposal;
  proposal.set_state(StateOf(proposal, call.charter().revision()));
  proposal.set_etag(absl::StrCat(stored.version));
  if (proposal.has_preview()) {
    Withhold(PreviewRightsOf(call.principal, call.charter()), proposal.mutable_preview());
  }
  return proposal;
}

journal::v1::Entry EntryOf(const StoredProposal& stored, const char* type, bool with_body) {
  v1::CharterProposal shown = stored.proposal;
  if (!with_body) shown.clear_body();
  WithholdContents(&shown);
  journal::v1::Entry entry;
  entry.set_subject(shown.name());
  entry.set_version(stored.version);
  entry.set_type(type);
  entry.mutable_payload()->PackFrom(shown);
  return entry;
}

absl::Status SaveProposal(storage::Transaction& tx, const Call& call, const char* type,
                          bool with_body, StoredProposal* stored) {
  *stored->proposal.mutable_update_time() = resource::FromTime(call.now);
  COMITY_RETURN_IF_ERROR(UpdateProposal(tx, *stored));
  ++stored->version;
  tx.Append(EntryOf(*stored, type, with_body));
  return absl::OkStatus();
}

}  // namespace comity::gateway
