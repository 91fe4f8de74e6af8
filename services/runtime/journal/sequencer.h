// The thread that gives positions to journal entries, and tells watchers. No gRPC.
#ifndef COMITY_RUNTIME_JOURNAL_SEQUENCER_H_
#define COMITY_RUNTIME_JOURNAL_SEQUENCER_H_

#include <functional>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/runtime/storage/pool.h"

namespace comity::journal {

// Told by Transact that a commit with entries happened.
class Wakeup {
 public:
  virtual ~Wakeup() = default;
  virtual void Notify() = 0;
};

// Runs passes within 50 ms of a commit; safe beside other replicas. Calls `on_size` with the
// journal's size after each pass that grew it (also by another replica, seen within 200 ms), and
// `on_failure`, if given, when passes begin to fail in another way than before; not when another
// replica was faster.
class Sequencer final : public Wakeup {
 public:
  Sequencer(storage::Pool* pool, std::function<void(int64_t size)> on_size,
            std::function<void(const absl::Status&)> on_failure = {});
  ~Sequencer() override;
  void Start();
  void Stop();
  void Notify() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace comity::journal

#endif  // COMITY_RUNTIME_JOURNAL_SEQUENCER_H_
