#include "services/gateway/workflow/waiters.h"

#include <utility>

#include "services/runtime/server/uptime.h"

namespace comity::gateway {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(200);

}  // namespace

absl::Status Waiters::Start() {
  thread_ = std::thread([this] { Watch(); });
  return absl::OkStatus();
}

void Waiters::Drain() {
  Answers answers;
  {
    absl::MutexLock lock(&mutex_);
    draining_ = true;
    for (auto& [workflow, waiter] : waiters_) answers.push_back(std::move(waiter.answer));
    waiters_.clear();
  }
  for (const auto& answer : answers) answer();
}

void Waiters::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
  Drain();
}

void Waiters::Add(const std::string& workflow, absl::Duration longest,
                  std::function<void()> answer) {
  {
    absl::MutexLock lock(&mutex_);
    if (!draining_) {
      waiters_.emplace(workflow, Waiter{server::Uptime() + longest, std::move(answer)});
      // It may have ended between the look that made the caller wait and now.
      notified_.push_back(workflow);
      return;
    }
  }
  answer();
}

void Waiters::Notify(const std::string& workflow) {
  absl::MutexLock lock(&mutex_);
  if (waiters_.contains(workflow)) notified_.push_back(workflow);
}

void Waiters::TakeAll(const std::string& workflow, Answers* answers) {
  const auto [begin, end] = waiters_.equal_range(workflow);
  for (auto waiter = begin; waiter != end; ++waiter) {
    answers->push_back(std::move(waiter->second.answer));
  }
  waiters_.erase(begin, end);
}

void Waiters::TakeOverdue(Answers* answers) {
  const absl::Duration now = server::Uptime();
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    if (waiter->second.until > now) {
      ++waiter;
      continue;
    }
    answers->push_back(std::move(waiter->second.answer));
    waiter = waiters_.erase(waiter);
  }
}

void Waiters::Watch() {
  absl::Duration looked = -absl::InfiniteDuration();
  while (true) {
    std::vector<std::string> names;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(this, &Waiters::IsWoken), kLook);
      if (stopping_) return;
      names.swap(notified_);
      if (server::Uptime() >= looked + kLook) {
        looked = server::Uptime();
        names.clear();
        for (const auto& [workflow, waiter] : waiters_) {
          if (names.empty() || names.back() != workflow) names.push_back(workflow);
        }
      }
    }
    const std::vector<std::string> ended =
        names.empty() ? std::vector<std::string>() : ended_(names);
    Answers answers;
    {
      absl::MutexLock lock(&mutex_);
      for (const std::string& workflow : ended) TakeAll(workflow, &answers);
      TakeOverdue(&answers);
    }
    for (const auto& answer : answers) answer();
  }
}

}  // namespace comity::gateway
