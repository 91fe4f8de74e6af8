#include "services/runtime/server/worker_pool.h"

#include <algorithm>
#include <utility>

#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

// A task may take so much longer than such tasks do on average, and still be done in time.
constexpr int kMargin = 2;
constexpr absl::Duration kLeastRetry = absl::Milliseconds(50);
constexpr absl::Duration kMostRetry = absl::Seconds(5);

}  // namespace

WorkerPool::WorkerPool(int workers, int queue_size, size_t queue_bytes)
    : workers_(std::max(1, workers)),
      queue_size_(static_cast<size_t>(std::max(1, queue_size))),
      queue_bytes_(queue_bytes) {
  for (int i = 0; i < workers_; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() { Stop(); }

absl::Status WorkerPool::Submit(const Admission& admission, Task task) {
  const absl::Time now = absl::Now();
  absl::MutexLock lock(&mutex_);
  if (stopping_) return Unavailable("DRAINING", "the server is shutting down; retry elsewhere");
  const size_t room = admission.bulk ? (queue_size_ + 1) / 2 : queue_size_;
  const size_t room_bytes = admission.bulk ? queue_bytes_ / 2 : queue_bytes_;
  const absl::Duration wait = ExpectedWait();
  const bool too_late =
      !queue_.empty() && now + wait + kMargin * admission.cost > admission.deadline;
  if (queue_.size() >= room || bytes_ + admission.bytes > room_bytes || too_late) {
    return ServerBusy(std::clamp(wait, kLeastRetry, kMostRetry));
  }
  queue_.push_back({std::move(task), admission.bytes, admission.cost});
  bytes_ += admission.bytes;
  cost_ += admission.cost;
  has_work_.Signal();
  return absl::OkStatus();
}

absl::Duration WorkerPool::ExpectedWait() const { return cost_ / workers_; }

void WorkerPool::Work() {
  while (true) {
    Task task;
    {
      absl::MutexLock lock(&mutex_);
      while (queue_.empty() && !stopping_) has_work_.Wait(&mutex_);
      if (queue_.empty()) return;  // stopping, and all is done
      task = std::move(queue_.front().task);
      bytes_ -= queue_.front().bytes;
      cost_ -= queue_.front().cost;
      queue_.pop_front();
    }
    task();
  }
}

void WorkerPool::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    has_work_.SignalAll();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

int WorkerPool::queued() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(queue_.size());
}

}  // namespace comity::server
