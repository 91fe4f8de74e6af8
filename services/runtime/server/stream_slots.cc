#include "services/runtime/server/stream_slots.h"

#include "absl/time/time.h"
#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

constexpr absl::Duration kRetry = absl::Seconds(10);  // streams are long

}  // namespace

absl::Status StreamSlots::Take(const std::string& person) {
  absl::MutexLock lock(&mutex_);
  if (all_ >= limits_.in_all) return TooManyStreams(kRetry);
  if (!person.empty()) {
    if (persons_ >= limits_.of_persons) return TooManyStreams(kRetry);
    int& own = by_person_[person];
    if (own >= limits_.of_one_person) return TooManyStreams(kRetry);
    ++own;
    ++persons_;
  }
  ++all_;
  return absl::OkStatus();
}

void StreamSlots::GiveBack(const std::string& person) {
  absl::MutexLock lock(&mutex_);
  --all_;
  if (person.empty()) return;
  --persons_;
  const auto own = by_person_.find(person);
  if (--own->second == 0) by_person_.erase(own);
}

}  // namespace comity::server
