#include "services/runtime/identity/token_cache.h"

#include <openssl/sha.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::identity {
namespace {

constexpr size_t kMostEntries = 10000;  // then it starts anew: a full cache is cheap to refill

absl::StatusOr<std::shared_ptr<const Caller>> CallerOf(const VerifiedToken& verified,
                                                       const directory::Snapshot& directory) {
  const Token& token = verified.token;
  std::vector<type::v1::Role> roles = directory.RolesOf(token.person, token.department);
  if (roles.empty()) {
    return PermissionDenied("ROLE_UNKNOWN",
                            absl::StrCat("the directory knows no role of ", token.person, " in ",
                                         token.department, "; ask a steward of the department"));
  }
  return std::make_shared<const Caller>(
      Caller{token.person, token.department, std::move(roles), token.expires, verified.workload});
}

}  // namespace

TokenCache::Digest TokenCache::DigestOf(absl::string_view token) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::shared_ptr<const Caller> TokenCache::Known(absl::string_view token, absl::Time now) {
  if (token.size() > kLargestToken) return nullptr;
  return Find(DigestOf(token), directory_->snapshot()->version, issuers_->state(now)->version, now);
}

absl::StatusOr<std::shared_ptr<const Caller>> TokenCache::Verify(absl::string_view token,
                                                                 absl::Time now) {
  if (token.size() > kLargestToken) {
    return Unauthenticated("TOKEN_TOO_LARGE", "a token has at most 6 KiB");
  }
  const Digest digest = DigestOf(token);
  const auto snapshot = directory_->snapshot();
  const auto issuers = issuers_->state(now);
  if (auto known = Find(digest, snapshot->version, issuers->version, now)) return known;
  COMITY_ASSIGN_OR_RETURN(const VerifiedToken verified,
                          VerifyToken(token, issuers->keys, service_, now));
  COMITY_ASSIGN_OR_RETURN(std::shared_ptr<const Caller> caller, CallerOf(verified, *snapshot));
  absl::MutexLock lock(&mutex_);
  if (entries_.size() >= kMostEntries) entries_.clear();
  entries_.insert_or_assign(digest, Entry{caller, snapshot->version, issuers->version});
  return caller;
}

std::shared_ptr<const Caller> TokenCache::Find(const Digest& digest, int64_t directory_version,
                                               int64_t issuers_version, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(digest);
  if (found == entries_.end()) return nullptr;
  const Entry& entry = found->second;
  if (entry.directory_version == directory_version && entry.issuers_version == issuers_version &&
      now < entry.caller->expires + kSkew) {
    return entry.caller;
  }
  entries_.erase(found);
  return nullptr;
}

}  // namespace comity::identity
