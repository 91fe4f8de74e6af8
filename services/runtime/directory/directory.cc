#include "services/runtime/directory/directory.h"

#include <algorithm>
#include <utility>

#include "services/runtime/status/errors.h"

namespace comity::directory {

std::vector<type::v1::Role> Snapshot::RolesOf(absl::string_view person,
                                              absl::string_view department) const {
  std::vector<type::v1::Role> roles;
  const auto found = persons.find(person);
  if (found == persons.end()) return roles;
  for (const gateway::v1::Membership& membership : found->second.memberships()) {
    if (membership.department() != department) continue;
    for (int role : membership.roles()) roles.push_back(static_cast<type::v1::Role>(role));
  }
  return roles;
}

Directory::Directory(absl::Duration longest_silence)
    : longest_silence_(longest_silence), snapshot_(std::make_shared<const Snapshot>()) {}

std::shared_ptr<const Snapshot> Directory::snapshot() const {
  absl::MutexLock lock(&mutex_);
  return snapshot_;
}

void Directory::Replace(std::shared_ptr<const Snapshot> snapshot) {
  absl::MutexLock lock(&mutex_);
  snapshot_.swap(snapshot);  // the old one is destroyed after the lock
}

void Directory::Confirm(absl::Duration at) {
  absl::MutexLock lock(&mutex_);
  confirmed_ = std::max(confirmed_, at);
}

absl::Duration Directory::Age(absl::Duration now) const {
  absl::MutexLock lock(&mutex_);
  return now - confirmed_;
}

absl::Status Directory::CheckFresh(absl::Duration now) const {
  if (Age(now) <= longest_silence_) return absl::OkStatus();
  return Unavailable("DIRECTORY_STALE",
                     "the gateway's directory cannot be followed at present; retry shortly");
}

}  // namespace comity::directory
