// Calls that wait for the end of a workflow. They hold no worker and no connection.
#ifndef COMITY_GATEWAY_WORKFLOW_WAITERS_H_
#define COMITY_GATEWAY_WORKFLOW_WAITERS_H_

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/runtime/server/serve.h"

namespace comity::gateway {

class Waiters final : public server::Background {
 public:
  // `ended`: which of these workflows have ended, by the database: another replica may run them.
  using Ended = std::function<std::vector<std::string>(const std::vector<std::string>& names)>;
  explicit Waiters(Ended ended) : ended_(std::move(ended)) {}
  ~Waiters() override { Stop(); }

  absl::Status Start() override;
  void Drain() override;
  void Stop() override;

  // Calls `answer` once: when the workflow has ended, after `longest`, or when the server drains.
  void Add(const std::string& workflow, absl::Duration longest, std::function<void()> answer);
  // The workflow has ended here.
  void Notify(const std::string& workflow);

 private:
  struct Waiter {
    absl::Duration until;  // server::Uptime()
    std::function<void()> answer;
  };
  using Answers = std::vector<std::function<void()>>;

  void Watch();
  bool IsWoken() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !notified_.empty();
  }
  void TakeAll(const std::string& workflow, Answers* answers) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeOverdue(Answers* answers) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Ended ended_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  std::multimap<std::string, Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> notified_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_WAITERS_H_
