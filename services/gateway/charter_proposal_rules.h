// Proposals that change the charter. Pure.
#ifndef COMITY_GATEWAY_CHARTER_PROPOSAL_RULES_H_
#define COMITY_GATEWAY_CHARTER_PROPOSAL_RULES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/charter_proposal.pb.h"
#include "services/runtime/charter/signed_revision.h"

namespace comity::gateway {

// Puts `document` into the proposal as its text: the body that is to be signed, the departments
// that it touches. Signatures, refusals and the preview of an earlier text go. Errors:
// INVALID_ARGUMENT reasons NOTHING_CHANGES, and those of charter::ReadProposed; FAILED_PRECONDITION
// BASE_NOT_IN_FORCE, WORKING_LISTS_CHANGE.
absl::Status SetText(const charter::Base& base, type::v1::Charter document,
                     v1::CharterProposal* proposal);

// How far it has come, with `in_force` the revision in force: one that is open is stale where the
// charter has changed since.
v1::CharterProposalState StateOf(const v1::CharterProposal& proposal, int in_force);
// FAILED_PRECONDITION reasons PROPOSAL_CLOSED, PROPOSAL_STALE.
absl::Status CheckOpen(const v1::CharterProposal& proposal, int in_force);
// FAILED_PRECONDITION reason NOT_AFFECTED, ALREADY_SIGNED.
absl::Status CheckMaySpeak(const v1::CharterProposal& proposal, const std::string& department);

// INVALID_ARGUMENT reason SIGNATURE_OF_ANOTHER.
absl::Status CheckOwn(const charter::v1::Signature& signature, const type::v1::Actor& actor);
// Adds `signature`, given by `actor` at `now`; a refusal of the department goes. Errors: those of
// CheckOwn, CheckMaySpeak, charter::CheckSignature and CheckDistinct.
absl::Status AddSignature(const charter::Base& base, const type::v1::Actor& actor, absl::Time now,
                          charter::v1::Signature signature, v1::CharterProposal* proposal);
// What is signed so far.
charter::v1::SignedRevision SignedSoFar(const v1::CharterProposal& proposal);
// Whether nobody's signature is missing, or the arbiter has decided.
bool IsComplete(const v1::CharterProposal& proposal);

// Puts the department's refusal in the place of an earlier one.
void AddRefusal(v1::Refusal refusal, v1::CharterProposal* proposal);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CHARTER_PROPOSAL_RULES_H_
