// Who may issue tokens, and with which keys: a JSON file that is read again when it changes.
//
//   {"issuers": [{"iss": "https://dev.comity.local", "aud": "comity",
//                 "keys": [{"kid": "dev-1", "alg": "ES256", "public_key_pem": "…"}]},
//                {"iss": "https://gateway.comity.local", "aud": "comity",
//                 "workload": "service/gateway", "keys": […]}]}
//
// With `workload`, what the issuer signs are no tokens of persons but assertions: that this
// workload acts on behalf of a person, at one service (audience `comity/lead`), for a minute.
#ifndef COMITY_RUNTIME_IDENTITY_TOKEN_ISSUERS_H_
#define COMITY_RUNTIME_IDENTITY_TOKEN_ISSUERS_H_

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/runtime/identity/signature.h"
#include "services/runtime/identity/token.h"

namespace comity::identity {

// A key and what a token signed with it must say.
struct IssuerKey {
  std::string issuer;
  std::string audience;
  std::string workload;  // that asserts; empty: the issuer of persons' tokens
  PublicKey key;
};

// One immutable state of the configuration, by kid.
class IssuerKeys {
 public:
  // INVALID_ARGUMENT reason ISSUERS_INVALID naming the place.
  static absl::StatusOr<IssuerKeys> FromJson(absl::string_view text);
  const IssuerKey* Find(absl::string_view key_id) const;

 private:
  absl::flat_hash_map<std::string, IssuerKey> keys_;
};

// Of an assertion.
inline constexpr absl::Duration kAssertionLifetime = absl::Seconds(60);

// A token and the workload that asserts it; empty: a person's own.
struct VerifiedToken {
  Token token;
  std::string workload;
};
// The token of `text`, with signature, issuer, audience and times verified, for `service`. Pure.
// Errors: UNAUTHENTICATED, the reasons of ParseToken and CheckTimes, and TOKEN_KEY_UNKNOWN,
// TOKEN_ALGORITHM, TOKEN_SIGNATURE, TOKEN_ISSUER, TOKEN_AUDIENCE.
absl::StatusOr<VerifiedToken> VerifyToken(absl::string_view text, const IssuerKeys& keys,
                                          absl::string_view service, absl::Time now);

// The file. Thread-safe. A change is seen within two seconds; a file that cannot be read or is not
// sound leaves the last good state in force, and says so on stderr.
class TokenIssuers {
 public:
  // INVALID_ARGUMENT reason ISSUERS_INVALID when the file cannot be read or is not sound.
  static absl::StatusOr<std::unique_ptr<TokenIssuers>> FromFile(const std::string& path);

  struct State {
    IssuerKeys keys;
    int64_t version = 0;  // grows with each state
  };
  std::shared_ptr<const State> state(absl::Time now);

 private:
  explicit TokenIssuers(std::string path) : path_(std::move(path)) {}
  absl::Status Load() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;
  absl::Mutex mutex_;
  std::shared_ptr<const State> state_ ABSL_GUARDED_BY(mutex_);
  std::string stamp_ ABSL_GUARDED_BY(mutex_);  // of the file when it was read last
  absl::Time looked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace comity::identity

#endif  // COMITY_RUNTIME_IDENTITY_TOKEN_ISSUERS_H_
