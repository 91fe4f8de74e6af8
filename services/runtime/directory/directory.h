// Who works where, as the gateway's journal says. Every service keeps its own copy.
#ifndef COMITY_RUNTIME_DIRECTORY_DIRECTORY_H_
#define COMITY_RUNTIME_DIRECTORY_DIRECTORY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "comity/gateway/v1/directory.pb.h"
#include "comity/type/v1/policy.pb.h"

namespace comity::directory {

// One immutable state of the directory.
struct Snapshot {
  int64_t version = 0;  // grows with every change; verified tokens cached under another are dropped
  absl::flat_hash_map<std::string, gateway::v1::Person> persons;  // with memberships
  absl::flat_hash_map<std::string, gateway::v1::Team> teams;
  absl::flat_hash_map<std::string, gateway::v1::Department> departments;

  // Roles of a person in a department; empty when the directory knows none.
  std::vector<type::v1::Role> RolesOf(absl::string_view person, absl::string_view department) const;
  bool KnowsPerson(absl::string_view person) const { return persons.contains(person); }
  bool KnowsTeam(absl::string_view team) const { return teams.contains(team); }
};

// The current state. Thread-safe.
class Directory {
 public:
  Directory();
  std::shared_ptr<const Snapshot> snapshot() const;
  void Replace(std::shared_ptr<const Snapshot> snapshot);

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::directory

#endif  // COMITY_RUNTIME_DIRECTORY_DIRECTORY_H_
