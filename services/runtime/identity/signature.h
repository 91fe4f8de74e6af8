// Keys and signatures of tokens: ES256 (P-256) and EdDSA (Ed25519), by OpenSSL.
#ifndef COMITY_RUNTIME_IDENTITY_SIGNATURE_H_
#define COMITY_RUNTIME_IDENTITY_SIGNATURE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_pkey_st;

namespace comity::identity {

enum class Algorithm { kEs256, kEdDsa };

// `ES256` or `EdDSA`. INVALID_ARGUMENT reason ALGORITHM_UNKNOWN for all else.
absl::StatusOr<Algorithm> AlgorithmFromName(absl::string_view name);
absl::string_view AlgorithmName(Algorithm algorithm);

// A public key bound to one algorithm. Immutable, thread-safe.
class PublicKey {
 public:
  // INVALID_ARGUMENT reason KEY_INVALID unless the PEM holds a public key of that algorithm.
  static absl::StatusOr<PublicKey> FromPem(Algorithm algorithm, absl::string_view pem);
  // INVALID_ARGUMENT reason KEY_INVALID unless these are the 32 bytes of an Ed25519 public key.
  static absl::StatusOr<PublicKey> FromRawEd25519(absl::string_view bytes);
  Algorithm algorithm() const { return algorithm_; }
  // `signature`: 64 bytes as in RFC 7518 and 8037.
  bool Verify(absl::string_view message, absl::string_view signature) const;

 private:
  PublicKey(Algorithm algorithm, std::shared_ptr<evp_pkey_st> key)
      : algorithm_(algorithm), key_(std::move(key)) {}
  Algorithm algorithm_;
  std::shared_ptr<evp_pkey_st> key_;
};

// A private key; the algorithm follows from its kind. Immutable, thread-safe.
class PrivateKey {
 public:
  // INVALID_ARGUMENT reason KEY_INVALID unless the PEM holds a P-256 or Ed25519 private key.
  static absl::StatusOr<PrivateKey> FromPem(absl::string_view pem);
  // A new Ed25519 key. INTERNAL when OpenSSL refuses.
  static absl::StatusOr<PrivateKey> GenerateEd25519();
  // PKCS #8, unencrypted. INTERNAL when OpenSSL refuses.
  absl::StatusOr<std::string> ToPem() const;
  // The 32 bytes of an Ed25519 key's public part. INVALID_ARGUMENT reason KEY_INVALID for others.
  absl::StatusOr<std::string> RawPublicKey() const;
  Algorithm algorithm() const { return algorithm_; }
  // 64 bytes. INTERNAL when OpenSSL refuses.
  absl::StatusOr<std::string> Sign(absl::string_view message) const;

 private:
  PrivateKey(Algorithm algorithm, std::shared_ptr<evp_pkey_st> key)
      : algorithm_(algorithm), key_(std::move(key)) {}
  Algorithm algorithm_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace comity::identity

#endif  // COMITY_RUNTIME_IDENTITY_SIGNATURE_H_
