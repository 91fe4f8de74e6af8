// Runs workflows: claims them, does their steps one after the other, undoes them where one is
// refused. Any number of replicas may: which one runs a workflow, its row says.
#ifndef COMITY_GATEWAY_WORKFLOW_RUNNER_H_
#define COMITY_GATEWAY_WORKFLOW_RUNNER_H_

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/gateway/workflow/definition.h"
#include "services/gateway/workflow/step_caller.h"
#include "services/gateway/workflow/verdict.h"
#include "services/gateway/workflow/workflow_store.h"
#include "services/runtime/server/serve.h"

namespace comity::gateway {

// Longer than a step's call may take: who lost it has no call under way any more, unless he was
// stopped; then his call has the same request id, and his write the wrong epoch.
inline constexpr absl::Duration kLease = absl::Seconds(10);

struct RunnerOptions {
  int threads = 8;
  absl::Duration lease = kLease;
  absl::Duration poll = absl::Milliseconds(250);  // how often what is due is looked for
  int most_until_news = kMostUntilNews;
  // Told when a workflow has ended here; may be null.
  std::function<void(const std::string& workflow)> ended;
};

class Runner final : public server::Background {
 public:
  Runner(Runtime* runtime, std::vector<Definition> definitions, StepCaller* caller,
         RunnerOptions options);
  ~Runner() override;
  absl::Status Start() override;
  void Stop() override;

  // Null where there is no such kind.
  const Definition* Find(const std::string& kind) const;
  // Runs one that InsertWorkflow has stored, claimed in its epoch.
  void Run(StoredWorkflow workflow);
  // Looks for what is due at once: something was started in a transaction of others.
  void LookNow();
  // Does all that is due now, on the calling thread; for tests.
  void RunDue();

 private:
  struct Claimed {
    StoredWorkflow workflow;
    absl::Duration since;  // server::Uptime()
  };

  void Work();
  bool IsTimeToLook() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // One of the claimed ones whose lease lasts, and one that is due, in turn: where all threads wait
  // for one service, what needs another one comes to its turn. Neither: there is nothing.
  void TakeNext(StoredWorkflow* claimed, std::string* name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || look_now_ || !claimed_.empty() || !due_.empty();
  }
  void LookForDue();
  void ClaimAndRun(const std::string& name);
  void RunClaimed(StoredWorkflow workflow);
  Call OwnCall() const;

  Runtime* const runtime_;
  const std::vector<Definition> definitions_;
  StepCaller* const caller_;
  const RunnerOptions options_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Claimed> claimed_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::string> due_ ABSL_GUARDED_BY(mutex_);
  absl::Duration looked_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();  // server::Uptime()
  bool look_now_ ABSL_GUARDED_BY(mutex_) = false;
  bool turn_of_due_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_RUNNER_H_
