// Fresh key pairs for tests.
#ifndef COMITY_RUNTIME_IDENTITY_TEST_KEYS_H_
#define COMITY_RUNTIME_IDENTITY_TEST_KEYS_H_

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace comity::identity {

struct KeyPair {
  std::string private_pem;
  std::string public_pem;
};

inline std::string TakePem(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

inline KeyPair PemOf(EVP_PKEY* key) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> own(BIO_new(BIO_s_mem()), &BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> open(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(own.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_PUBKEY(open.get(), key);
  return {TakePem(own.get()), TakePem(open.get())};
}

inline KeyPair NewKeyPair(EVP_PKEY* key) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> owner(key, &EVP_PKEY_free);
  return PemOf(key);
}

inline KeyPair NewP256() { return NewKeyPair(EVP_EC_gen("P-256")); }
inline KeyPair NewP384() { return NewKeyPair(EVP_EC_gen("P-384")); }
inline KeyPair NewEd25519() { return NewKeyPair(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }
inline KeyPair NewRsa() { return NewKeyPair(EVP_RSA_gen(2048)); }

// One issuer `https://dev.comity.local` for the audience `comity` with one key.
inline std::string IssuersJson(const std::string& kid, const std::string& alg,
                               const std::string& public_pem) {
  return absl::StrCat(
      R"({"issuers":[{"iss":"https://dev.comity.local","aud":"comity","keys":[{"kid":")", kid,
      R"(","alg":")", alg, R"(","public_key_pem":")",
      absl::StrReplaceAll(public_pem, {{"\n", "\\n"}}), R"("}]}]})");
}

}  // namespace comity::identity

#endif  // COMITY_RUNTIME_IDENTITY_TEST_KEYS_H_
