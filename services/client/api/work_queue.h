// A few threads that work off pieces in any order; the producer waits while they are all busy.
#ifndef COMITY_CLIENT_API_WORK_QUEUE_H_
#define COMITY_CLIENT_API_WORK_QUEUE_H_

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace comity::client {

class WorkQueue {
 public:
  using Piece = std::function<absl::Status()>;
  explicit WorkQueue(int threads);
  ~WorkQueue();  // waits for what was pushed
  // False once a piece has failed: nothing more is taken.
  bool Push(Piece piece);
  // Waits for what was pushed. The first failure, if any.
  absl::Status Wait();

 private:
  void Run();
  bool HasRoom() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t capacity_;
  absl::Mutex mutex_;
  std::deque<Piece> pieces_ ABSL_GUARDED_BY(mutex_);
  int busy_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_API_WORK_QUEUE_H_
