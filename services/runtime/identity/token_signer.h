// Signs development tokens. In production an OIDC provider takes its place; the services see no
// difference.
#ifndef COMITY_RUNTIME_IDENTITY_TOKEN_SIGNER_H_
#define COMITY_RUNTIME_IDENTITY_TOKEN_SIGNER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/runtime/identity/signature.h"

namespace comity::identity {

inline constexpr absl::Duration kTokenLifetime = absl::Minutes(15);

// Immutable, thread-safe.
class TokenSigner {
 public:
  // `private_key_pem`: P-256 (ES256) or Ed25519 (EdDSA). INVALID_ARGUMENT reason KEY_INVALID.
  static absl::StatusOr<TokenSigner> Make(std::string issuer, std::string audience,
                                          std::string key_id, absl::string_view private_key_pem);

  // A token for `persons/ana` acting for `departments/sales`, valid from `now` for `lifetime`.
  absl::StatusOr<std::string> Sign(absl::string_view person, absl::string_view department,
                                   absl::Time now, absl::Duration lifetime = kTokenLifetime) const;

 private:
  TokenSigner(std::string issuer, std::string audience, std::string key_id, PrivateKey key)
      : issuer_(std::move(issuer)),
        audience_(std::move(audience)),
        key_id_(std::move(key_id)),
        key_(std::move(key)) {}
  std::string issuer_;
  std::string audience_;
  std::string key_id_;
  PrivateKey key_;
};

// Any header and claims as JSON text, signed: for the signer, and for tests of what is refused.
absl::StatusOr<std::string> SignToken(absl::string_view header, absl::string_view claims,
                                      const PrivateKey& key);

}  // namespace comity::identity

#endif  // COMITY_RUNTIME_IDENTITY_TOKEN_SIGNER_H_
