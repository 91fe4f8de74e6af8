#include "services/client/api/work_queue.h"

#include <utility>

namespace comity::client {

WorkQueue::WorkQueue(int threads) : capacity_(static_cast<size_t>(threads) * 2) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

WorkQueue::~WorkQueue() {
  Wait().IgnoreError();
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

bool WorkQueue::HasRoom() const { return pieces_.size() < capacity_ || !status_.ok(); }
bool WorkQueue::IsIdle() const { return (pieces_.empty() || !status_.ok()) && busy_ == 0; }
bool WorkQueue::HasWork() const { return stopping_ || (!pieces_.empty() && status_.ok()); }

bool WorkQueue::Push(Piece piece) {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &WorkQueue::HasRoom));
  if (!status_.ok()) return false;
  pieces_.push_back(std::move(piece));
  return true;
}

absl::Status WorkQueue::Wait() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &WorkQueue::IsIdle));
  return status_;
}

void WorkQueue::Run() {
  while (true) {
    Piece piece;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &WorkQueue::HasWork));
      if (stopping_) return;
      piece = std::move(pieces_.front());
      pieces_.pop_front();
      ++busy_;
    }
    const absl::Status status = piece();
    absl::MutexLock lock(&mutex_);
    --busy_;
    status_.Update(status);
  }
}

}  // namespace comity::client
