#include "services/runtime/identity/token_issuers.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::identity {
namespace {

using Json = nlohmann::json;

constexpr absl::Duration kLookAgain = absl::Seconds(1);

absl::Status Invalid(absl::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, "ISSUERS_INVALID",
                   absl::StrCat("token issuers: ", why));
}

absl::StatusOr<std::string> TextOf(const Json& object, const char* member) {
  if (!object.is_object() || !object.contains(member) || !object[member].is_string() ||
      object[member].get<std::string>().empty()) {
    return Invalid(absl::StrCat("`", member, "` is missing or no text"));
  }
  return object[member].get<std::string>();
}

absl::StatusOr<Json> Array(const Json& object, const char* member) {
  if (!object.is_object() || !object.contains(member) || !object[member].is_array() ||
      object[member].empty()) {
    return Invalid(absl::StrCat("`", member, "` is missing or no list"));
  }
  return object[member];
}

// Changes with the file's content, whichever way it was replaced.
std::string StampOf(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return "";
  return absl::StrCat(status.st_ino, " ", status.st_size, " ", status.st_mtim.tv_sec, " ",
                      status.st_mtim.tv_nsec);
}

}  // namespace

absl::StatusOr<IssuerKeys> IssuerKeys::FromJson(absl::string_view text) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return Invalid("no sound JSON");
  IssuerKeys result;
  COMITY_ASSIGN_OR_RETURN(const Json issuers, Array(json, "issuers"));
  for (const Json& issuer : issuers) {
    COMITY_ASSIGN_OR_RETURN(const std::string iss, TextOf(issuer, "iss"));
    COMITY_ASSIGN_OR_RETURN(const std::string aud, TextOf(issuer, "aud"));
    std::string workload;
    if (issuer.contains("workload")) {
      COMITY_ASSIGN_OR_RETURN(workload, TextOf(issuer, "workload"));
    }
    COMITY_ASSIGN_OR_RETURN(const Json keys, Array(issuer, "keys"));
    for (const Json& entry : keys) {
      COMITY_ASSIGN_OR_RETURN(const std::string kid, TextOf(entry, "kid"));
      COMITY_ASSIGN_OR_RETURN(const std::string alg, TextOf(entry, "alg"));
      COMITY_ASSIGN_OR_RETURN(const std::string pem, TextOf(entry, "public_key_pem"));
      COMITY_ASSIGN_OR_RETURN(const Algorithm algorithm, AlgorithmFromName(alg));
      COMITY_ASSIGN_OR_RETURN(PublicKey key, PublicKey::FromPem(algorithm, pem));
      if (!result.keys_.emplace(kid, IssuerKey{iss, aud, workload, std::move(key)}).second) {
        return Invalid(absl::StrCat("the kid `", kid, "` stands twice"));
      }
    }
  }
  return result;
}

const IssuerKey* IssuerKeys::Find(absl::string_view key_id) const {
  const auto found = keys_.find(key_id);
  return found == keys_.end() ? nullptr : &found->second;
}

absl::StatusOr<VerifiedToken> VerifyToken(absl::string_view text, const IssuerKeys& keys,
                                          absl::string_view service, absl::Time now) {
  COMITY_ASSIGN_OR_RETURN(Token token, ParseToken(text));
  const IssuerKey* known = keys.Find(token.key_id);
  if (known == nullptr) {
    return Unauthenticated("TOKEN_KEY_UNKNOWN", "the token's key is not one of a known issuer");
  }
  // The key says how it signs; what the header says must agree and decides nothing.
  if (token.algorithm != AlgorithmName(known->key.algorithm())) {
    return Unauthenticated("TOKEN_ALGORITHM", "the token's key signs by another algorithm");
  }
  if (!known->key.Verify(token.signed_part, token.signature)) {
    return Unauthenticated("TOKEN_SIGNATURE", "the token's signature does not fit");
  }
  if (token.issuer != known->issuer) {
    return Unauthenticated("TOKEN_ISSUER", "the token's issuer does not own its key");
  }
  const bool asserts = !known->workload.empty();
  const std::string audience =
      asserts ? absl::StrCat(known->audience, "/", service) : known->audience;
  if (std::find(token.audiences.begin(), token.audiences.end(), audience) ==
      token.audiences.end()) {
    return Unauthenticated("TOKEN_AUDIENCE", "the token was issued for another audience");
  }
  COMITY_RETURN_IF_ERROR(CheckTimes(token, now));
  if (asserts &&
      (token.audiences.size() != 1 || token.expires - token.issued > kAssertionLifetime)) {
    return Unauthenticated("TOKEN_LIFETIME",
                           "an assertion is for one service and lives at most a minute");
  }
  return VerifiedToken{std::move(token), known->workload};
}

absl::StatusOr<std::unique_ptr<TokenIssuers>> TokenIssuers::FromFile(const std::string& path) {
  std::unique_ptr<TokenIssuers> issuers(new TokenIssuers(path));
  absl::MutexLock lock(&issuers->mutex_);
  COMITY_RETURN_IF_ERROR(issuers->Load());
  return issuers;
}

absl::Status TokenIssuers::Load() {
  stamp_ = StampOf(path_);
  std::ifstream file(path_);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) return Invalid(absl::StrCat("cannot read ", path_));
  COMITY_ASSIGN_OR_RETURN(IssuerKeys keys, IssuerKeys::FromJson(content.str()));
  const int64_t version = state_ == nullptr ? 1 : state_->version + 1;
  state_ = std::make_shared<const State>(State{std::move(keys), version});
  return absl::OkStatus();
}

std::shared_ptr<const TokenIssuers::State> TokenIssuers::state(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (now < looked_ + kLookAgain) return state_;
  looked_ = now;
  if (StampOf(path_) != stamp_) {
    const absl::Status loaded = Load();
    if (!loaded.ok()) std::cerr << "the old keys stay in force: " << loaded.message() << std::endl;
  }
  return state_;
}

}  // namespace comity::identity
