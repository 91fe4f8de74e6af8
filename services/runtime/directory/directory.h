// Who works where, as the gateway's journal says. Every service keeps its own copy.
#ifndef COMITY_RUNTIME_DIRECTORY_DIRECTORY_H_
#define COMITY_RUNTIME_DIRECTORY_DIRECTORY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
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

// How long a copy is believed after the gateway's journal last confirmed it. The rest of the minute
// within which a revocation holds everywhere is for the change's own way: 5 s until an entry that
// has no position is noticed (journal_store.h), a second between two looks at the journal, and 10 s
// that a message may be held up on its way before its stream is given up (follower.cc).
inline constexpr absl::Duration kLongestSilence = absl::Seconds(40);

// The current state, and since when nothing newer is known to exist. Thread-safe. Moments are those
// of server::Uptime(): a time of day that is set back would make an old copy young.
class Directory {
 public:
  explicit Directory(absl::Duration longest_silence = kLongestSilence);
  std::shared_ptr<const Snapshot> snapshot() const;
  void Replace(std::shared_ptr<const Snapshot> snapshot);

  // At `at` the snapshot held all that the gateway's journal did.
  void Confirm(absl::Duration at);
  // The time since it was last confirmed; infinite before the first time.
  absl::Duration Age(absl::Duration now) const;
  // UNAVAILABLE reason DIRECTORY_STALE when that is too long ago: whom it names may have lost his
  // role since.
  absl::Status CheckFresh(absl::Duration now) const;

 private:
  const absl::Duration longest_silence_;
  mutable absl::Mutex mutex_;
  absl::Duration confirmed_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
  std::shared_ptr<const Snapshot> snapshot_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::directory

#endif  // COMITY_RUNTIME_DIRECTORY_DIRECTORY_H_
