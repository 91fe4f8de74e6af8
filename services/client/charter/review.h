// A proposal as whoever signs it reads it: by its body, which is what is signed, and against the
// charter that the body names, not by what somebody tells about either. Pure.
#ifndef COMITY_CLIENT_CHARTER_REVIEW_H_
#define COMITY_CLIENT_CHARTER_REVIEW_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/charter/v1/revision.pb.h"
#include "comity/gateway/v1/charter_proposal.pb.h"
#include "services/client/charter/diff.h"
#include "services/runtime/charter/signed_revision.h"

namespace comity::client {

// The charter that a proposal changes, with what identifies it.
struct BaseText {
  charter::Charter charter;
  std::string digest;
  charter::Base base() const { return {&charter, digest}; }
};
// The starting charter, and a later one as it was signed. INVALID_ARGUMENT reason CHARTER_INVALID.
absl::StatusOr<BaseText> StartingText(const type::v1::Charter& document);
absl::StatusOr<BaseText> SignedText(const std::string& body);

struct Review {
  gateway::v1::CharterProposal proposal;
  charter::v1::RevisionBody body;
  std::vector<std::string> affected;  // as computed here
  std::vector<Change> changes;
};
// DATA_LOSS reason PROPOSAL_DIFFERS where the answer does not agree with its body (digest, name,
// departments), CLIENT_TOO_OLD where the body holds what this client cannot show; else as
// charter::ReadProposed.
absl::StatusOr<Review> ReviewProposal(const BaseText& base, gateway::v1::CharterProposal proposal);

// What to read first: the revision that a body follows on. DATA_LOSS as above.
absl::StatusOr<charter::v1::RevisionBody> ReadBody(const gateway::v1::CharterProposal& proposal);

}  // namespace comity::client

#endif  // COMITY_CLIENT_CHARTER_REVIEW_H_
