// Room for streams, which hold no worker but memory and the hub's time. No gRPC.
#ifndef COMITY_RUNTIME_SERVER_STREAM_SLOTS_H_
#define COMITY_RUNTIME_SERVER_STREAM_SLOTS_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace comity::server {

// How many at once. Services always find room beside the persons.
struct StreamLimits {
  int of_one_person = 8;
  int of_persons = 256;  // of all together
  int in_all = 512;
};

// Thread-safe.
class StreamSlots {
 public:
  explicit StreamSlots(StreamLimits limits) : limits_(limits) {}
  // Takes a place for `person` (empty: a service). RESOURCE_EXHAUSTED reason TOO_MANY_STREAMS.
  absl::Status Take(const std::string& person);
  void GiveBack(const std::string& person);

 private:
  const StreamLimits limits_;
  absl::Mutex mutex_;
  int all_ ABSL_GUARDED_BY(mutex_) = 0;
  int persons_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, int> by_person_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_STREAM_SLOTS_H_
