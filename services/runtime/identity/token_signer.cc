#include "services/runtime/identity/token_signer.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "services/runtime/status/macros.h"

namespace comity::identity {

absl::StatusOr<TokenSigner> TokenSigner::Make(std::string issuer, std::string audience,
                                              std::string key_id,
                                              absl::string_view private_key_pem) {
  COMITY_ASSIGN_OR_RETURN(PrivateKey key, PrivateKey::FromPem(private_key_pem));
  return TokenSigner(std::move(issuer), std::move(audience), std::move(key_id), std::move(key));
}

absl::StatusOr<std::string> TokenSigner::Sign(absl::string_view person,
                                              absl::string_view department, absl::Time now,
                                              absl::Duration lifetime) const {
  const nlohmann::json header = {
      {"alg", std::string(AlgorithmName(key_.algorithm()))}, {"kid", key_id_}, {"typ", "JWT"}};
  const nlohmann::json claims = {
      {"iss", issuer_},
      {"aud", audience_},
      {"sub", std::string(person)},
      {"dept", std::string(department)},
      {"iat", absl::ToUnixSeconds(now)},
      {"nbf", absl::ToUnixSeconds(now)},
      {"exp", absl::ToUnixSeconds(now + lifetime)},
  };
  return SignToken(header.dump(), claims.dump(), key_);
}

absl::StatusOr<std::string> SignToken(absl::string_view header, absl::string_view claims,
                                      const PrivateKey& key) {
  const std::string signed_part =
      absl::StrCat(absl::WebSafeBase64Escape(header), ".", absl::WebSafeBase64Escape(claims));
  COMITY_ASSIGN_OR_RETURN(const std::string signature, key.Sign(signed_part));
  return absl::StrCat(signed_part, ".", absl::WebSafeBase64Escape(signature));
}

}  // namespace comity::identity
