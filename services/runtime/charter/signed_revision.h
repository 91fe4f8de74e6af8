// Whether a revision of the charter was signed by all whom it touches. Pure but for OpenSSL. Every
// service asks this itself: neither who runs the gateway nor who issues tokens can enact anything.
#ifndef COMITY_RUNTIME_CHARTER_SIGNED_REVISION_H_
#define COMITY_RUNTIME_CHARTER_SIGNED_REVISION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "comity/charter/v1/revision.pb.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/charter/delegation.h"

namespace comity::charter {

// SHA-256, 32 bytes.
std::string DigestOf(absl::string_view bytes);

// The text under which a steward puts his signature: `comity charter signature v1`, the SHA-256 of
// the body in hex, `sign` or `decide`, department and person, a line each. A delegate's begins with
// `comity charter signature by delegation v1` and ends with two lines more: the SHA-256 of the
// delegation's body in hex, and when he signs: seconds since 1970 and nanoseconds.
std::string SigningText(absl::string_view body, const v1::Signature& signature);
// SHA-256 of that: what a delegate has stated.
std::string StatementOf(absl::string_view body, const v1::Signature& signature);

// What a proposal follows on.
struct Base {
  const Charter* charter = nullptr;
  std::string
      digest;  // SHA-256 of the document of revision 1 as it was first stored; later, of the body
};

// A body that may follow on `base`: of at most 512 KiB; its document is a charter, the next
// revision, not provisional, has a key for each department, and touches somebody: what nobody need
// sign would be enacted by whoever runs the gateway. INVALID_ARGUMENT reasons REVISION_INVALID,
// CHARTER_INVALID; FAILED_PRECONDITION BASE_NOT_KNOWN.
struct Proposed {
  v1::RevisionBody body;
  std::vector<std::string> affected;
};
absl::StatusOr<Proposed> ReadProposed(const Base& base, absl::string_view body);

// Whether one signature counts: its key is registered for person and department in the base (of a
// department that is new, in the body), it covers this body, and of a department with two stewards
// it is not the author's; or a delegation stands for the key, see CheckDelegate.
// FAILED_PRECONDITION reasons SIGNATURE_INVALID, AUTHOR_SIGNS, NOT_ARBITER and those of
// CheckDelegate.
absl::Status CheckSignature(const Base& base, const v1::RevisionBody& body, absl::string_view bytes,
                            const v1::Signature& signature);

// Whether signatures count beside each other: a department signs once, and nobody for two, neither
// by name nor by key, neither himself nor by whom he named. FAILED_PRECONDITION reason
// SIGNATURE_INVALID.
absl::Status CheckDistinct(const v1::SignedRevision& signed_revision);

using Signatures = google::protobuf::RepeatedPtrField<v1::Signature>;

// The departments among `affected` that have not signed. To decide is not to sign.
std::vector<std::string> MissingSignatures(const std::vector<std::string>& affected,
                                           const Signatures& signatures);
// Those over whom the arbiter has decided: they have said nothing, or no.
std::vector<std::string> Overruled(const std::vector<std::string>& affected,
                                   const Signatures& signatures);

// Whether every signature counts, nobody signs for two departments, and every affected department
// has signed, or the arbiter has decided and its term is over. `uses`: what this service has seen
// of delegates' statements, by StatementOf. Errors: those of ReadProposed, CheckSignature and
// CheckDelegateUse; FAILED_PRECONDITION SIGNATURE_MISSING naming them, TERM_NOT_OVER.
absl::Status CheckRevision(const Base& base, const v1::SignedRevision& signed_revision,
                           bool term_is_over, const DelegateUses& uses = {});

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_SIGNED_REVISION_H_
