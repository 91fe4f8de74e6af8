// Who may sign for a department in a steward's place, as the gateway takes it in. Pure. What every
// service checks again stands in services/runtime/charter/delegation.h.
#ifndef COMITY_GATEWAY_CHARTER_DELEGATION_RULES_H_
#define COMITY_GATEWAY_CHARTER_DELEGATION_RULES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/charter_delegation.pb.h"
#include "comity/type/v1/charter.pb.h"

namespace comity::gateway {

// What `actor` delegates at `now`, under the charter in force; without a name. PERMISSION_DENIED
// reason NOT_OWN_DEPARTMENT; INVALID_ARGUMENT DELEGATION_OF_ANOTHER; FAILED_PRECONDITION
// DELEGATION_INVALID, also where it was not signed just now, and DELEGATION_EXPIRED where no time
// is left.
absl::StatusOr<v1::CharterDelegation> MakeDelegation(
    const type::v1::Charter& document, const type::v1::Actor& actor, absl::Time now,
    const charter::v1::SignedDelegation& signed_delegation);

v1::CharterDelegationState StateOf(const v1::CharterDelegation& delegation, absl::Time now);
// FAILED_PRECONDITION reasons DELEGATION_REVOKED, DELEGATION_EXPIRED.
absl::Status CheckStands(const v1::CharterDelegation& delegation, absl::Time now);
// Ends it, unless it stands no more: errors as of CheckStands.
absl::Status Revoke(const type::v1::Actor& actor, absl::Time now,
                    v1::CharterDelegation* delegation);

// Notes that `signature` was given by it at `now` under the proposal; `statement`: see
// charter::StatementOf. Errors: those of CheckStands, by the margin that the gateway keeps;
// FAILED_PRECONDITION STATEMENT_TIME_INVALID where the signature says another time than now.
absl::Status AddUse(const std::string& proposal, const charter::v1::Signature& signature,
                    const std::string& statement, absl::Time now,
                    v1::CharterDelegation* delegation);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CHARTER_DELEGATION_RULES_H_
