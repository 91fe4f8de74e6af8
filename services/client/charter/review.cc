#include "services/client/charter/review.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using charter::v1::RevisionBody;
using gateway::v1::CharterProposal;

absl::Status Differs(absl::string_view problem) {
  return MakeError(absl::StatusCode::kDataLoss, "PROPOSAL_DIFFERS",
                   absl::StrCat("the gateway's answer contradicts itself: ", problem,
                                "; sign nothing, and tell the other departments"));
}

// What a client of this release cannot read, it cannot show.
bool IsUnderstood(RevisionBody body, const std::string& bytes) {
  body.DiscardUnknownFields();
  return body.SerializeAsString() == bytes;  // has no map: always the same
}

}  // namespace

absl::StatusOr<BaseText> StartingText(const type::v1::Charter& document) {
  COMITY_ASSIGN_OR_RETURN(charter::Charter starting, charter::Charter::Make(document));
  return BaseText{std::move(starting), charter::DigestOf(document.SerializeAsString())};
}

absl::StatusOr<BaseText> SignedText(const std::string& bytes) {
  RevisionBody body;
  if (!body.ParseFromString(bytes)) return Differs("a revision's body does not parse");
  COMITY_ASSIGN_OR_RETURN(charter::Charter document, charter::Charter::Make(body.document()));
  return BaseText{std::move(document), charter::DigestOf(bytes)};
}

absl::StatusOr<RevisionBody> ReadBody(const CharterProposal& proposal) {
  RevisionBody body;
  if (!body.ParseFromString(proposal.body())) return Differs("the body does not parse");
  if (proposal.digest() != charter::DigestOf(proposal.body())) {
    return Differs("the digest is not that of the body");
  }
  if (body.proposal() != proposal.name()) return Differs("the body is another proposal's");
  if (body.base_revision() != proposal.base_revision()) {
    return Differs("the body follows on another revision");
  }
  if (!IsUnderstood(body, proposal.body())) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "CLIENT_TOO_OLD",
                     "the proposal says what this release of comity cannot show: take the newer "
                     "one before you sign");
  }
  return body;
}

absl::StatusOr<Review> ReviewProposal(const BaseText& base, CharterProposal proposal) {
  Review review;
  COMITY_ASSIGN_OR_RETURN(review.body, ReadBody(proposal));
  COMITY_ASSIGN_OR_RETURN(charter::Proposed proposed,
                          charter::ReadProposed(base.base(), proposal.body()));
  review.affected = std::move(proposed.affected);
  if (review.affected !=
      std::vector<std::string>(proposal.affected().begin(), proposal.affected().end())) {
    return Differs("it names other departments than those that the change touches");
  }
  review.changes = Differences(base.charter.document(), review.body.document());
  review.proposal = std::move(proposal);
  return review;
}

}  // namespace comity::client
