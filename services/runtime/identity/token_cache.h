// Verified tokens, so that a token costs its signature once.
#ifndef COMITY_RUNTIME_IDENTITY_TOKEN_CACHE_H_
#define COMITY_RUNTIME_IDENTITY_TOKEN_CACHE_H_

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "comity/type/v1/policy.pb.h"
#include "services/runtime/directory/directory.h"
#include "services/runtime/identity/token_issuers.h"

namespace comity::identity {

// A person as verified, with the roles that the directory gives in the acting department.
struct Caller {
  std::string person;
  std::string department;
  std::vector<type::v1::Role> roles;
  absl::Time expires;
  std::string workload;  // that asserts to act on his behalf; empty: his own token
};

// Thread-safe. Keeps a verified token by its SHA-256 until it expires, the keys change or the
// directory changes.
class TokenCache {
 public:
  TokenCache(TokenIssuers* issuers, const directory::Directory* directory, std::string service)
      : issuers_(issuers), directory_(directory), service_(std::move(service)) {}

  // Errors: UNAUTHENTICATED as VerifyToken; PERMISSION_DENIED reason ROLE_UNKNOWN when the
  // directory knows no role of the person in the token's department.
  absl::StatusOr<std::shared_ptr<const Caller>> Verify(absl::string_view token, absl::Time now);
  // The caller if the token was verified before and still holds, else null. Costs no signature.
  std::shared_ptr<const Caller> Known(absl::string_view token, absl::Time now);

 private:
  using Digest = std::array<char, 32>;
  static Digest DigestOf(absl::string_view token);
  struct Entry {
    std::shared_ptr<const Caller> caller;
    int64_t directory_version;
    int64_t issuers_version;
  };
  std::shared_ptr<const Caller> Find(const Digest& digest, int64_t directory_version,
                                     int64_t issuers_version, absl::Time now);

  TokenIssuers* const issuers_;
  const directory::Directory* const directory_;
  const std::string service_;  // whose audience an assertion names
  absl::Mutex mutex_;
  absl::flat_hash_map<Digest, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::identity

#endif  // COMITY_RUNTIME_IDENTITY_TOKEN_CACHE_H_
