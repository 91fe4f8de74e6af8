#include "services/gateway/workflow/runner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/gateway/workflow/course.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr int kMostAtOnce = 32;  // of what is due
constexpr absl::Duration kReadTimeout = absl::Seconds(5);

}  // namespace

Runner::Runner(Runtime* runtime, std::vector<Definition> definitions, StepCaller* caller,
               RunnerOptions options)
    : runtime_(runtime),
      definitions_(std::move(definitions)),
      caller_(caller),
      options_(std::move(options)) {}

Runner::~Runner() { Stop(); }

absl::Status Runner::Start() {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(); });
  return absl::OkStatus();
}

void Runner::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

const Definition* Runner::Find(const std::string& kind) const {
  const auto found = std::find_if(definitions_.begin(), definitions_.end(),
                                  [&](const Definition& other) { return other.kind == kind; });
  return found == definitions_.end() ? nullptr : &*found;
}

void Runner::Run(StoredWorkflow workflow) {
  absl::MutexLock lock(&mutex_);
  claimed_.push_back({std::move(workflow), server::Uptime()});
}

void Runner::LookNow() {
  absl::MutexLock lock(&mutex_);
  look_now_ = true;
}

Call Runner::OwnCall() const {
  Call call;
  call.runtime = runtime_;
  call.method = "workflow/claim";
  call.principal.workload = "service/gateway";
  call.now = absl::Now();
  call.deadline = call.now + kReadTimeout;
  return call;
}

void Runner::TakeNext(StoredWorkflow* claimed, std::string* name) {
  // What waited longer is due by now, and anybody's.
  while (!claimed_.empty() && claimed_.front().since + kLease <= server::Uptime()) {
    claimed_.pop_front();
  }
  const bool takes_due = !due_.empty() && (turn_of_due_ || claimed_.empty());
  if (takes_due) {
    *name = std::move(due_.front());
    due_.pop_front();
  } else if (!claimed_.empty()) {
    *claimed = std::move(claimed_.front().workflow);
    claimed_.pop_front();
  }
  turn_of_due_ = !takes_due;
}

// However much is claimed here: what is due is nobody's, and waits for whoever looks.
bool Runner::IsTimeToLook() {
  const absl::Duration now = server::Uptime();
  if (!look_now_ && (!due_.empty() || looked_ + options_.poll > now)) return false;
  looked_ = now;
  look_now_ = false;
  return true;
}

void Runner::Work() {
  while (true) {
    StoredWorkflow claimed;
    std::string name;
    bool looks = false;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(this, &Runner::HasWork), options_.poll);
      if (stopping_) return;
      looks = IsTimeToLook();
      if (!looks) TakeNext(&claimed, &name);
    }
    if (looks) {
      LookForDue();
    } else if (!name.empty()) {
      ClaimAndRun(name);
    } else if (claimed.epoch > 0) {
      RunClaimed(std::move(claimed));
    }
  }
}

void Runner::LookForDue() {
  Call call = OwnCall();
  std::vector<std::string> kinds;
  for (const Definition& definition : definitions_) kinds.push_back(definition.kind);
  std::vector<std::string> names;
  const absl::Status read = storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(names, DueWorkflows(reader, kinds, kMostAtOnce));
    return absl::OkStatus();
  });
  if (!read.ok()) return;  // the database is away: readiness says so
  absl::MutexLock lock(&mutex_);
  for (std::string& name : names) {
    if (std::find(due_.begin(), due_.end(), name) == due_.end()) due_.push_back(std::move(name));
  }
}

void Runner::ClaimAndRun(const std::string& name) {
  Call call = OwnCall();
  std::optional<StoredWorkflow> claimed;
  google::protobuf::Any none;
  const absl::Status status = storage::TransactInto(
      call, storage::TransactOptions(),
      [&](storage::Transaction& tx) -> absl::Status {
        COMITY_ASSIGN_OR_RETURN(claimed, ClaimWorkflow(tx, name, options_.lease));
        return absl::OkStatus();
      },
      &none);
  // Where the answer of the commit was lost the claim may hold: it ends by itself.
  if (status.ok() && claimed.has_value()) RunClaimed(*std::move(claimed));
}

void Runner::RunClaimed(StoredWorkflow workflow) {
  const std::string name = workflow.record.workflow().name();
  const Definition* definition = Find(workflow.record.workflow().kind());
  if (definition == nullptr) {
    server::LogMessage("gateway", absl::StrCat(name, " is of a kind that is not known here"));
    return;
  }
  Course course(runtime_, *definition, caller_, options_, std::move(workflow));
  course.Run([this] {
    absl::MutexLock lock(&mutex_);
    return stopping_;
  });
  if (course.ended() && options_.ended) options_.ended(name);
}

void Runner::RunDue() {
  while (true) {
    LookForDue();
    std::deque<std::string> due;
    std::deque<Claimed> claimed;
    {
      absl::MutexLock lock(&mutex_);
      due.swap(due_);
      claimed.swap(claimed_);
    }
    if (due.empty() && claimed.empty()) return;
    for (Claimed& own : claimed) RunClaimed(std::move(own.workflow));
    for (const std::string& name : due) ClaimAndRun(name);
  }
}

}  // namespace comity::gateway
