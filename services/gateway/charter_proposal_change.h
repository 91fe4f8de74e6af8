// A proposal as callers see it and as the journal holds it, and how an open one is changed.
#ifndef COMITY_GATEWAY_CHARTER_PROPOSAL_CHANGE_H_
#define COMITY_GATEWAY_CHARTER_PROPOSAL_CHANGE_H_

#include "absl/status/statusor.h"
#include "services/gateway/charter_proposal_rules.h"
#include "services/gateway/charter_proposal_store.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

// As the caller sees it: with the state and the etag of now, and what he may read of its preview.
v1::CharterProposal Shown(const Call& call, const StoredProposal& stored);

// What the journal says of it, to whoever reads journals: of its preview only the digest.
journal::v1::Entry EntryOf(const StoredProposal& stored, const char* type, bool with_body);

// Writes what `stored` says now, and journals it.
absl::Status SaveProposal(storage::Transaction& tx, const Call& call, const char* type,
                          bool with_body, StoredProposal* stored);

// Changes an open proposal: `change` in the transaction that holds its row.
template <typename Request, typename Change>
absl::StatusOr<v1::CharterProposal> ChangeOpen(Call& call, const Request& request, const char* type,
                                               Change change) {
  return storage::Transact<v1::CharterProposal>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::CharterProposal> {
        COMITY_ASSIGN_OR_RETURN(StoredProposal stored, LockProposal(tx, request.name()));
        COMITY_RETURN_IF_ERROR(CheckOpen(stored.proposal, call.charter().revision()));
        COMITY_RETURN_IF_ERROR(change(tx, &stored));
        const bool with_body = absl::string_view(type) == "amended";
        COMITY_RETURN_IF_ERROR(SaveProposal(tx, call, type, with_body, &stored));
        return Shown(call, stored);
      });
}

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CHARTER_PROPOSAL_CHANGE_H_
