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
  bool bulk = false;  // shed first: may use half of the queue and of the workers
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
  // deadline; UNAVAILABLE DRAINING after Stop(). A refused task is not run. Tasks of a class begin
  // in the order of Submit().
  absl::Status Submit(const Admission& admission, Task task);
  // Runs what is queued, then ends the workers.
  void Stop();

  int queued() const;

 private:
  struct Waiting {
    Task task;
    size_t bytes = 0;
    absl::Duration cost;
    bool bulk = false;
    int64_t turn = 0;  // counts up over both classes
  };
  struct Queue {
    std::deque<Waiting> tasks;
    absl::Duration cost;  // of all of them
  };
  void Work();
  size_t queued_tasks() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The queue whose first task may begin now, before that of the other; null: none.
  Queue* NextQueue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Waits for a task that may begin; false: stopping, and all is done.
  bool Take(Waiting* next) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // How long a task that is queued now is going to wait.
  absl::Duration ExpectedWait(bool bulk) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int workers_;
  const int bulk_workers_;
  const size_t queue_size_;
  const size_t queue_bytes_;
  mutable absl::Mutex mutex_;
  absl::CondVar has_work_;
  Queue interactive_ ABSL_GUARDED_BY(mutex_);
  Queue bulk_ ABSL_GUARDED_BY(mutex_);
  int bulk_running_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t turns_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // of both queues
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_WORKER_POOL_H_
