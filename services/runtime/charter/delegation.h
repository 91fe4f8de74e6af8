// A department's signature in the hands of somebody whom one of its stewards named, until a time.
// Pure but for OpenSSL: every service reads the chain from the charter in force to the signature by
// itself.
#ifndef COMITY_RUNTIME_CHARTER_DELEGATION_H_
#define COMITY_RUNTIME_CHARTER_DELEGATION_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "comity/charter/v1/revision.pb.h"
#include "comity/type/v1/charter.pb.h"

namespace comity::charter {

// Who stands in for longer is a steward, and is made one by the department.
inline constexpr absl::Duration kLongestDelegation = absl::Hours(24 * 92);
// The gateway takes no signature of a delegate in the last minutes of his time: so services, whose
// clocks differ by less, never see one that was in time come too late.
inline constexpr absl::Duration kDelegationMargin = absl::Minutes(5);

// The text under which a steward puts his signature: `comity charter delegation v1` and the SHA-256
// of the body in hex, a line each.
std::string DelegationText(absl::string_view body);

// What a delegation says, if it is one: of at most 2 KiB, understood as a whole (what a later
// release may add could narrow it), one person's to another, with two keys, for a time of at most
// kLongestDelegation. FAILED_PRECONDITION reason DELEGATION_INVALID.
absl::StatusOr<v1::DelegationBody> ReadDelegation(const v1::SignedDelegation& delegation);

// As above, and whether its steward has signed it with the key that `document` registers for him
// and the department. So nobody delegates who is no steward there, a delegate least of all.
absl::StatusOr<v1::DelegationBody> CheckDelegation(const type::v1::Charter& document,
                                                   const v1::SignedDelegation& delegation);

// Whether the delegation lets `signature` stand under a change from `before` to `body`'s document:
// it is the department's and the delegate's, with his key, in its time by what he says himself; he
// agrees, and decides nothing; neither wrote he the text nor, where the department has another
// steward, did who named him; and its keys stay as they are (else he would make himself a steward).
// FAILED_PRECONDITION reasons DELEGATION_INVALID, DELEGATION_EXPIRED, DELEGATE_DECIDES,
// AUTHOR_SIGNS, DELEGATE_CHANGES_KEYS.
absl::Status CheckDelegate(const type::v1::Charter& before, const v1::RevisionBody& body,
                           const v1::Signature& signature);

// What a service has itself seen of a delegate's statement.
struct DelegateUse {
  absl::Time earliest = absl::InfiniteFuture();  // it was not made before; infinite: not seen
  bool is_revoked = false;                       // the delegation, by what is known now
};
using DelegateUses = std::map<std::string, DelegateUse>;  // by the SHA-256 of the statement

// Whether the statement was made before the delegation was revoked and before its time was over, as
// far as this service can know. FAILED_PRECONDITION reasons DELEGATION_NOT_SEEN (yet),
// DELEGATION_REVOKED, DELEGATION_EXPIRED.
absl::Status CheckDelegateUse(const v1::Signature& signature, const DelegateUse& use);

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_DELEGATION_H_
