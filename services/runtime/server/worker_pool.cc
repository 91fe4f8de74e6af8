#include "services/runtime/server/worker_pool.h"

#include <algorithm>
#include <utility>

#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

constexpr double kWeightOfNew = 0.05;
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
  const absl::Duration wait = ExpectedWait(admission.bulk);
  if (queued_tasks() >= room || bytes_ + admission.bytes > room_bytes ||
      now + wait > admission.deadline) {
    return ServerBusy(std::clamp(wait, kLeastRetry, kMostRetry));
  }
  (admission.bulk ? bulk_ : interactive_)
      .push_back({std::move(task), admission.bytes, admission.bulk, turns_++});
  bytes_ += admission.bytes;
  has_work_.Signal();
  return absl::OkStatus();
}

size_t WorkerPool::queued_tasks() const { return interactive_.size() + bulk_.size(); }

absl::Duration WorkerPool::ExpectedWait(bool bulk) const {
  if (bulk) {
    return absl::Seconds(bulk_seconds_ * static_cast<double>(bulk_.size()) / bulk_workers_);
  }
  // Interactive tasks pass the bulk that waits, and share the workers that bulk cannot take.
  const int taken = std::min(bulk_workers_, bulk_running_ + static_cast<int>(bulk_.size()));
  const int workers = std::max(1, workers_ - taken);
  return absl::Seconds(interactive_seconds_ * static_cast<double>(interactive_.size()) / workers);
}

std::deque<WorkerPool::Waiting>* WorkerPool::NextQueue() {
  const bool bulk_may = !bulk_.empty() && bulk_running_ < bulk_workers_;
  if (!bulk_may) return interactive_.empty() ? nullptr : &interactive_;
  if (interactive_.empty()) return &bulk_;
  return bulk_.front().turn < interactive_.front().turn ? &bulk_ : &interactive_;
}

bool WorkerPool::Take(Waiting* next) {
  std::deque<Waiting>* queue = NextQueue();
  while (queue == nullptr && !(stopping_ && queued_tasks() == 0)) {
    has_work_.Wait(&mutex_);
    queue = NextQueue();
  }
  if (queue == nullptr) return false;
  *next = std::move(queue->front());
  queue->pop_front();
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
    const absl::Time begin = absl::Now();
    next.task();
    next.task = nullptr;
    const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    absl::MutexLock lock(&mutex_);
    double& average = next.bulk ? bulk_seconds_ : interactive_seconds_;
    average += kWeightOfNew * (seconds - average);
    if (!next.bulk) continue;
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

absl::Duration WorkerPool::service_time() const {
  absl::MutexLock lock(&mutex_);
  return absl::Seconds(interactive_seconds_);
}

}  // namespace comity::server
