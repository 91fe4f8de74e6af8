// The bounded pool of workers that runs handlers, and its admission control. No gRPC.
#ifndef COMITY_RUNTIME_SERVER_WORKER_POOL_H_
#define COMITY_RUNTIME_SERVER_WORKER_POOL_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace comity::server {

// How a task is admitted.
struct Admission {
  bool bulk = false;  // shed first: may use half of the queue
  absl::Time deadline = absl::InfiniteFuture();
  size_t bytes = 0;     // of the request, held while it waits
  absl::Duration cost;  // what such a task takes, as far as is known
};

// Thread-safe.
class WorkerPool {
 public:
  // `queue_size`: most tasks that wait, and `queue_bytes` what their requests hold; interactive
  // ones may use all of it.
  WorkerPool(int workers, int queue_size, size_t queue_bytes = SIZE_MAX);
  ~WorkerPool();  // Stop()

  using Task = std::function<void()>;
  // Queues `task`, or refuses it at once: RESOURCE_EXHAUSTED SERVER_BUSY when the queue is full for
  // its class, by tasks or by bytes, or when it must wait and is not expected to be done by its
  // deadline; UNAVAILABLE DRAINING after Stop(). A refused task is not run.
  absl::Status Submit(const Admission& admission, Task task);
  // Runs what is queued, then ends the workers.
  void Stop();

  int queued() const;

 private:
  struct Waiting {
    Task task;
    size_t bytes;
    absl::Duration cost;
  };
  void Work();
  // How long a task that is queued now is going to wait.
  absl::Duration ExpectedWait() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int workers_;
  const size_t queue_size_;
  const size_t queue_bytes_;
  mutable absl::Mutex mutex_;
  absl::CondVar has_work_;
  std::deque<Waiting> queue_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;     // of the queue
  absl::Duration cost_ ABSL_GUARDED_BY(mutex_);  // of the queue
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_WORKER_POOL_H_
