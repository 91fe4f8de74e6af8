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
      bulk_workers_(std::max(1, workers / 2)),
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
  Queue& queue = admission.bulk ? bulk_ : interactive_;
  const absl::Duration wait = ExpectedWait(admission.bulk);
  const bool too_late =
      !queue.tasks.empty() && now + wait + kMargin * admission.cost > admission.deadline;
  if (queued_tasks() >= room || bytes_ + admission.bytes > room_bytes || too_late) {
    return ServerBusy(std::clamp(wait, kLeastRetry, kMostRetry));
  }
  queue.tasks.push_back(
      {std::move(task), admission.bytes, admission.cost, admission.bulk, turns_++});
  queue.cost += admission.cost;
  bytes_ += admission.bytes;
  has_work_.Signal();
  return absl::OkStatus();
}

size_t WorkerPool::queued_tasks() const { return interactive_.tasks.size() + bulk_.tasks.size(); }

absl::Duration WorkerPool::ExpectedWait(bool bulk) const {
  if (bulk) return bulk_.cost / bulk_workers_;
  // Interactive tasks pass the bulk that waits, and share the workers that bulk does not take.
  const int taken = std::min(bulk_workers_, bulk_running_ + static_cast<int>(bulk_.tasks.size()));
  return interactive_.cost / std::max(1, workers_ - taken);
}

WorkerPool::Queue* WorkerPool::NextQueue() {
  const bool bulk_may = !bulk_.tasks.empty() && bulk_running_ < bulk_workers_;
  if (!bulk_may) return interactive_.tasks.empty() ? nullptr : &interactive_;
  if (interactive_.tasks.empty()) return &bulk_;
  return bulk_.tasks.front().turn < interactive_.tasks.front().turn ? &bulk_ : &interactive_;
}

bool WorkerPool::Take(Waiting* next) {
  Queue* queue = NextQueue();
  while (queue == nullptr && !(stopping_ && queued_tasks() == 0)) {
    has_work_.Wait(&mutex_);
    queue = NextQueue();
  }
  if (queue == nullptr) return false;
  *next = std::move(queue->tasks.front());
  queue->tasks.pop_front();
  queue->cost -= next->cost;
  bytes_ -= next->bytes;
  if (next->bulk) ++bulk_running_;
  return true;
}

void WorkerPool::Work() {
  while (true) {
    Waiting next;
    {
      absl::MutexLock lock(&mutex_);
      if (!Take(&next)) return;
    }
    next.task();
    next.task = nullptr;
    if (!next.bulk) continue;
    absl::MutexLock lock(&mutex_);
    --bulk_running_;
    if (stopping_) {
      has_work_.SignalAll();  // those who wait for the last task as well
    } else {
      has_work_.Signal();
    }
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
  return static_cast<int>(queued_tasks());
}

}  // namespace comity::server
