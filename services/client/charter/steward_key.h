// A steward's key: a file that only he can read. Its public part stands in the charter.
#ifndef COMITY_CLIENT_CHARTER_STEWARD_KEY_H_
#define COMITY_CLIENT_CHARTER_STEWARD_KEY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/charter/v1/revision.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "services/client/profile.h"
#include "services/runtime/identity/signature.h"

namespace comity::client {

// Writes a new Ed25519 key to `path`, with mode 0600, and makes its folder. ALREADY_EXISTS reason
// KEY_EXISTS: what is there is never overwritten. INVALID_ARGUMENT reason FILE_UNWRITABLE.
absl::StatusOr<identity::PrivateKey> MakeStewardKey(const std::string& path);

// NOT_FOUND reason KEY_MISSING, FAILED_PRECONDITION KEY_EXPOSED (others can read the file),
// INVALID_ARGUMENT KEY_INVALID. `as`: for whom a new one would be made.
absl::StatusOr<identity::PrivateKey> ReadStewardKey(const std::string& path, const Identity& as);

// What the charter's `keys` say of it. INVALID_ARGUMENT reason KEY_INVALID unless it is Ed25519.
absl::StatusOr<type::v1::StewardKey> KeyEntry(const identity::PrivateKey& key, const Identity& as);

// Signs the body of a proposal.
absl::StatusOr<charter::v1::Signature> SignBody(const identity::PrivateKey& key, const Identity& as,
                                                absl::string_view body,
                                                charter::v1::Verdict verdict);

// Lets `delegate` (`persons/deb`), who has the key `delegate_key` (base64), sign for the department
// of `as` from `now` until `until`. Errors: those of
// charter::ReadDelegation.
absl::StatusOr<charter::v1::SignedDelegation> SignDelegation(const identity::PrivateKey& key,
                                                             const Identity& as,
                                                             const std::string& delegate,
                                                             const std::string& delegate_key,
                                                             absl::Time now, absl::Time until);

// Signs the body of a proposal at `now` by a delegation to `as`.
absl::StatusOr<charter::v1::Signature> SignBodyBy(const charter::v1::SignedDelegation& delegation,
                                                  const identity::PrivateKey& key,
                                                  const Identity& as, absl::string_view body,
                                                  absl::Time now);

}  // namespace comity::client

#endif  // COMITY_CLIENT_CHARTER_STEWARD_KEY_H_
