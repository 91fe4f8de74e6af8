#include "services/runtime/directory/directory.h"

#include <utility>

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

Directory::Directory() : snapshot_(std::make_shared<const Snapshot>()) {}

std::shared_ptr<const Snapshot> Directory::snapshot() const {
  absl::MutexLock lock(&mutex_);
  return snapshot_;
}

void Directory::Replace(std::shared_ptr<const Snapshot> snapshot) {
  absl::MutexLock lock(&mutex_);
  snapshot_.swap(snapshot);  // the old one is destroyed after the lock
}

}  // namespace comity::directory
