#include "services/runtime/identity/signature.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::identity {
namespace {

constexpr int kHalf = 32;
constexpr size_t kSignatureSize = 64;
constexpr size_t kRawKeySize = 32;  // of Ed25519

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)>;

Bio BioOf(absl::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
}

std::shared_ptr<EVP_PKEY> Own(EVP_PKEY* key) {
  return key == nullptr ? nullptr : std::shared_ptr<EVP_PKEY>(key, &EVP_PKEY_free);
}

// The algorithm that fits the key; INVALID_ARGUMENT for keys of another kind or curve.
absl::StatusOr<Algorithm> AlgorithmOf(EVP_PKEY* key) {
  if (key != nullptr && EVP_PKEY_is_a(key, "ED25519") == 1) return Algorithm::kEdDsa;
  char group[64] = {0};
  if (key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
      EVP_PKEY_get_group_name(key, group, sizeof(group), nullptr) == 1 &&
      absl::string_view(group) == "prime256v1") {
    return Algorithm::kEs256;
  }
  return MakeError(absl::StatusCode::kInvalidArgument, "KEY_INVALID",
                   "a token key is a P-256 or Ed25519 key in PEM");
}

const EVP_MD* DigestOf(Algorithm algorithm) {
  return algorithm == Algorithm::kEs256 ? EVP_sha256() : nullptr;  // Ed25519 hashes by itself
}

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// r and s of 32 bytes each (RFC 7518) → DER, which OpenSSL wants. Empty when impossible.
std::string DerOf(absl::string_view raw) {
  EcdsaSignature signature(ECDSA_SIG_new(), &ECDSA_SIG_free);
  BIGNUM* r = BN_bin2bn(Bytes(raw), kHalf, nullptr);
  BIGNUM* s = BN_bin2bn(Bytes(raw) + kHalf, kHalf, nullptr);
  ECDSA_SIG_set0(signature.get(), r, s);
  unsigned char* bytes = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &bytes);
  if (size <= 0) return "";
  std::string der(reinterpret_cast<char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

absl::StatusOr<std::string> RawOf(absl::string_view der) {
  const unsigned char* bytes = Bytes(der);
  EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())),
                           &ECDSA_SIG_free);
  if (signature == nullptr) return Internal("unreadable ECDSA signature");
  std::string raw(kSignatureSize, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kHalf);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kHalf, kHalf);
  return raw;
}

}  // namespace

absl::StatusOr<Algorithm> AlgorithmFromName(absl::string_view name) {
  if (name == "ES256") return Algorithm::kEs256;
  if (name == "EdDSA") return Algorithm::kEdDsa;
  return MakeError(absl::StatusCode::kInvalidArgument, "ALGORITHM_UNKNOWN",
                   "the algorithm of a token key is ES256 or EdDSA");
}

absl::string_view AlgorithmName(Algorithm algorithm) {
  return algorithm == Algorithm::kEs256 ? "ES256" : "EdDSA";
}

absl::StatusOr<PublicKey> PublicKey::FromPem(Algorithm algorithm, absl::string_view pem) {
  std::shared_ptr<EVP_PKEY> key =
      Own(PEM_read_bio_PUBKEY(BioOf(pem).get(), nullptr, nullptr, nullptr));
  COMITY_ASSIGN_OR_RETURN(const Algorithm found, AlgorithmOf(key.get()));
  if (found != algorithm) {
    return MakeError(absl::StatusCode::kInvalidArgument, "KEY_INVALID",
                     absl::StrCat("the key is not one for ", AlgorithmName(algorithm)));
  }
  return PublicKey(algorithm, std::move(key));
}

absl::StatusOr<PublicKey> PublicKey::FromRawEd25519(absl::string_view bytes) {
  std::shared_ptr<EVP_PKEY> key =
      Own(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(bytes), bytes.size()));
  if (bytes.size() != kRawKeySize || key == nullptr) {
    return MakeError(absl::StatusCode::kInvalidArgument, "KEY_INVALID",
                     "an Ed25519 public key has 32 bytes");
  }
  return PublicKey(Algorithm::kEdDsa, std::move(key));
}

bool PublicKey::Verify(absl::string_view message, absl::string_view signature) const {
  if (signature.size() != kSignatureSize) return false;
  std::string bytes(signature);
  if (algorithm_ == Algorithm::kEs256) bytes = DerOf(signature);
  Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, DigestOf(algorithm_), nullptr, key_.get()) ==
             1 &&
         EVP_DigestVerify(context.get(), Bytes(bytes), bytes.size(), Bytes(message),
                          message.size()) == 1;
}

absl::StatusOr<PrivateKey> PrivateKey::FromPem(absl::string_view pem) {
  std::shared_ptr<EVP_PKEY> key =
      Own(PEM_read_bio_PrivateKey(BioOf(pem).get(), nullptr, nullptr, nullptr));
  COMITY_ASSIGN_OR_RETURN(const Algorithm algorithm, AlgorithmOf(key.get()));
  return PrivateKey(algorithm, std::move(key));
}

absl::StatusOr<PrivateKey> PrivateKey::GenerateEd25519() {
  std::shared_ptr<EVP_PKEY> key = Own(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (key == nullptr) return Internal("cannot make a key");
  return PrivateKey(Algorithm::kEdDsa, std::move(key));
}

absl::StatusOr<std::string> PrivateKey::ToPem() const {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  char* text = nullptr;
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
      1) {
    return Internal("cannot write a key");
  }
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

absl::StatusOr<std::string> PrivateKey::RawPublicKey() const {
  std::string raw(kRawKeySize, '\0');
  size_t size = raw.size();
  auto* const out = reinterpret_cast<unsigned char*>(raw.data());
  if (algorithm_ != Algorithm::kEdDsa || EVP_PKEY_get_raw_public_key(key_.get(), out, &size) != 1 ||
      size != raw.size()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "KEY_INVALID", "not an Ed25519 key");
  }
  return raw;
}

absl::StatusOr<std::string> PrivateKey::Sign(absl::string_view message) const {
  Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, DigestOf(algorithm_), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, Bytes(message), message.size()) != 1) {
    return Internal("cannot sign a token");
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     Bytes(message), message.size()) != 1) {
    return Internal("cannot sign a token");
  }
  signature.resize(size);
  return algorithm_ == Algorithm::kEs256 ? RawOf(signature) : signature;
}

}  // namespace comity::identity
