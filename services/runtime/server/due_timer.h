// Looks, again and again, at what is due by its row, on a thread of its own. Durable: the rows hold
// when to look.
#ifndef COMITY_RUNTIME_SERVER_DUE_TIMER_H_
#define COMITY_RUNTIME_SERVER_DUE_TIMER_H_

#include <functional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/runtime/server/call.h"
#include "services/runtime/server/serve.h"
#include "services/runtime/storage/transact.h"

namespace comity::server {

struct DueTimerOptions {
  std::string name;  // `CreditTerms`: of its calls, and in the log
  absl::Duration poll;
  // Names of what is due by `now`, the longest due first.
  std::function<absl::StatusOr<std::vector<std::string>>(storage::Reader& reader, absl::Time now,
                                                         int limit)>
      due;
  // Does what is due by `call.now`, when its turn has come. Any number of replicas may:
  // CONCURRENT_CHANGE means that another one was faster. What fails stays due.
  std::function<absl::Status(Call& call, const std::string& name)> look;
};

class DueTimer : public Background {
 public:
  DueTimer(const Runtime* runtime, DueTimerOptions options)
      : runtime_(runtime), options_(std::move(options)) {}
  ~DueTimer() override { Stop(); }
  absl::Status Start() override;
  void Stop() override;

  // Does all that is due at `now`, on the calling thread; for tests.
  void RunDue(absl::Time now);

 private:
  using Now = std::function<absl::Time()>;

  void Watch();
  // Until it is stopped; `now` is asked anew for each name.
  void Run(const Now& now);
  bool stopping() const;
  Call OwnCall(absl::Time now) const;

  const Runtime* const runtime_;
  const DueTimerOptions options_;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_DUE_TIMER_H_
