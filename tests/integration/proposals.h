// Changes of the suite's charter: proposed, and signed with the keys of its stewards.
#ifndef COMITY_TESTS_INTEGRATION_PROPOSALS_H_
#define COMITY_TESTS_INTEGRATION_PROPOSALS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/charter_service.pb.h"

namespace comity::integration {

// The charter in force, as the gateway shows it.
type::v1::Charter CharterInForce();
// The same with other criteria for the last answer to questions/lead-quality.
type::v1::Charter CharterWithCriteria(const std::string& criteria);

// Proposes it, as e.g. `sam@sales`. The test fails where that is refused.
gateway::v1::CharterProposal Propose(const std::string& as, const type::v1::Charter& document);
gateway::v1::CharterProposal GetProposal(const std::string& name);

// What the steward's key says under `body`.
charter::v1::Signature SignatureOf(const std::string& as, absl::string_view body,
                                   charter::v1::Verdict verdict = charter::v1::VERDICT_SIGN);
absl::StatusOr<gateway::v1::CharterProposal> Sign(
    const std::string& as, const gateway::v1::CharterProposal& proposal,
    charter::v1::Verdict verdict = charter::v1::VERDICT_SIGN);
// What the steward's key says of `delegate` (persons/ana) and that person's key (base64): he may
// sign from `issued` on, for `time`.
charter::v1::SignedDelegation DelegationOf(const std::string& as, const std::string& delegate,
                                           const std::string& delegate_key, absl::Time issued,
                                           absl::Duration time);
// The steward of a department, e.g. `sam@sales` of `departments/sales`.
std::string StewardOf(const std::string& department);
// Signs for each department that it touches; the test fails where one is refused. The proposal as
// the last signature left it.
gateway::v1::CharterProposal SignByAll(const gateway::v1::CharterProposal& proposal);

// Waits until it has come as far as that, also over outages; the test fails where it does not.
gateway::v1::CharterProposal AwaitState(const std::string& name,
                                        gateway::v1::CharterProposalState state);
// Waits until the gateway serves by that revision.
void AwaitRevision(int revision);

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_PROPOSALS_H_
