#include "services/runtime/server/due_timer.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::server {
namespace {

constexpr absl::Duration kLookTimeout = absl::Seconds(5);
constexpr int kMostAtOnce = 100;

}  // namespace

absl::Status DueTimer::Start() {
  thread_ = std::thread([this] { Watch(); });
  return absl::OkStatus();
}

void DueTimer::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void DueTimer::Watch() {
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&stopping_), options_.poll);
      if (stopping_) return;
    }
    Run(absl::Now);
  }
}

Call DueTimer::OwnCall(absl::Time now) const {
  Call call;
  call.runtime = runtime_;
  call.method = absl::StrCat(runtime_->service, "/", options_.name);
  call.principal.workload = absl::StrCat("service/", runtime_->service);
  call.now = now;
  call.deadline = absl::Now() + kLookTimeout;
  return call;
}

bool DueTimer::stopping() const {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

void DueTimer::RunDue(absl::Time now) {
  Run([now] { return now; });
}

void DueTimer::Run(const Now& now) {
  Call reading = OwnCall(now());
  std::vector<std::string> names;
  const absl::Status read = storage::Read(reading, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(names, options_.due(reader, reading.now, kMostAtOnce));
    return absl::OkStatus();
  });
  if (!read.ok()) return;      // the database is away: readiness says so
  std::set<std::string> told;  // of all that wait for the same, one is named
  for (const std::string& name : names) {
    if (stopping()) return;
    Call call = OwnCall(now());
    const absl::Status looked = options_.look(call, name);
    if (looked.ok() || Reason(looked) == "CONCURRENT_CHANGE") continue;
    if (!told.emplace(looked.message()).second) continue;
    LogMessage(runtime_->service,
               absl::StrCat(options_.name, ": ", name, " waits: ", looked.message()));
  }
}

}  // namespace comity::server
