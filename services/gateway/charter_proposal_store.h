// The SQL of proposals. Table by migrations/0105_create_charter_proposals.sql.
#ifndef COMITY_GATEWAY_CHARTER_PROPOSAL_STORE_H_
#define COMITY_GATEWAY_CHARTER_PROPOSAL_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/gateway/v1/charter_proposal.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

inline constexpr char kCharterProposals[] = "charterProposals";

struct StoredProposal {
  v1::CharterProposal proposal;
  int64_t version = 0;  // entries about it in the journal
};

absl::Status InsertProposal(storage::Transaction& tx, const v1::CharterProposal& proposal);
// Writes the proposal and its next version. ABORTED CONCURRENT_CHANGE where it is not locked.
absl::Status UpdateProposal(storage::Transaction& tx, const StoredProposal& stored);
// NOT_FOUND.
absl::StatusOr<StoredProposal> GetProposal(storage::Reader& reader, const std::string& name);
absl::StatusOr<StoredProposal> LockProposal(storage::Transaction& tx, const std::string& name);
// The latest first, before `before` (a name; empty: from the last). `state` 0: of any.
absl::StatusOr<std::vector<v1::CharterProposal>> ListProposals(storage::Reader& reader, int state,
                                                               const std::string& before,
                                                               int limit);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CHARTER_PROPOSAL_STORE_H_
