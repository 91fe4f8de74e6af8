// The thread that forgets stored replies after their lifetime.
#ifndef COMITY_RUNTIME_STORAGE_REPLY_PURGE_H_
#define COMITY_RUNTIME_STORAGE_REPLY_PURGE_H_

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/runtime/storage/pool.h"

namespace comity::storage {

// Several replicas may purge at once: they delete different rows, or wait for one another. A pass
// that fails is tried again with the next one.
class ReplyPurge {
 public:
  explicit ReplyPurge(Pool* pool, absl::Duration interval = absl::Hours(1));
  ~ReplyPurge();  // stops
  void Start();
  void Stop();

 private:
  void Run();
  void Pass();
  // Whether Stop was called within `time`.
  bool StoppedWithin(absl::Duration time);

  Pool* const pool_;
  const absl::Duration interval_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_REPLY_PURGE_H_
