#include "services/runtime/journal/sequencer.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::journal {
namespace {

constexpr int kFullBatch = 1000;
constexpr absl::Duration kPoll = absl::Milliseconds(200);    // for other replicas' commits
constexpr absl::Duration kBetween = absl::Milliseconds(20);  // lets a batch grow under load
constexpr absl::Duration kPassTimeout = absl::Seconds(5);    // of one pass's statements
constexpr absl::Duration kMostBackoff = absl::Seconds(1);
constexpr absl::Duration kLeastBackoff = absl::Milliseconds(10);

struct Pass {
  int sequenced = 0;
  int64_t size = 0;
};

}  // namespace

struct Sequencer::State {
  State(storage::Pool* p, std::function<void(int64_t)> grown,
        std::function<void(const absl::Status&)> failed)
      : pool(p), on_size(std::move(grown)), on_failure(std::move(failed)) {}

  absl::StatusOr<Pass> RunPass();
  void Run();
  // Tells a failure that is new.
  void Tell(const absl::Status& failure);
  // Sleeps until notified, at most `timeout`; but at least `between`, or until stopped.
  bool Wait(absl::Duration between, absl::Duration timeout);
  void Notify() {
    absl::MutexLock lock(&mutex);
    notified = true;
  }

  storage::Pool* const pool;
  const std::function<void(int64_t)> on_size;
  const std::function<void(const absl::Status&)> on_failure;
  absl::Mutex mutex;
  bool notified ABSL_GUARDED_BY(mutex) = false;
  bool stopped ABSL_GUARDED_BY(mutex) = false;
  absl::StatusCode told = absl::StatusCode::kOk;  // of the thread alone
  std::thread thread;
};

absl::StatusOr<Pass> Sequencer::State::RunPass() {
  const absl::Time deadline = absl::Now() + kPassTimeout;
  COMITY_ASSIGN_OR_RETURN(storage::Lease session, pool->Borrow(deadline));
  COMITY_RETURN_IF_ERROR(session->SetDeadline(deadline));
  Pass pass;
  COMITY_ASSIGN_OR_RETURN(pass.sequenced, SequenceBatch(*session, kFullBatch, &pass.size));
  return pass;
}

bool Sequencer::State::Wait(absl::Duration between, absl::Duration timeout) {
  absl::MutexLock lock(&mutex);
  mutex.AwaitWithTimeout(absl::Condition(&stopped), between);
  const auto woken = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return stopped || notified; };
  mutex.AwaitWithTimeout(absl::Condition(&woken), timeout - between);
  notified = false;
  return !stopped;
}

void Sequencer::State::Tell(const absl::Status& failure) {
  if (failure.code() == told || Reason(failure) == "CONCURRENT_CHANGE") return;
  told = failure.code();
  if (!failure.ok() && on_failure) on_failure(failure);
}

void Sequencer::State::Run() {
  absl::BitGen random;
  int64_t known_size = -1;
  absl::Duration backoff = absl::ZeroDuration();
  absl::Duration between = absl::ZeroDuration();
  while (Wait(between, std::max(kPoll, between))) {
    const absl::StatusOr<Pass> pass = RunPass();
    Tell(pass.status());
    if (!pass.ok()) {
      // Another replica was faster, or the database is away: the entries stay pending.
      backoff = std::clamp(2 * backoff, kLeastBackoff, kMostBackoff);
      between = backoff * absl::Uniform(random, 0.5, 1.0);
      Notify();
      continue;
    }
    backoff = absl::ZeroDuration();
    between = pass->sequenced == kFullBatch ? absl::ZeroDuration() : kBetween;
    if (pass->sequenced == kFullBatch) Notify();
    if (pass->size > known_size) on_size(known_size = pass->size);
  }
}

Sequencer::Sequencer(storage::Pool* pool, std::function<void(int64_t size)> on_size,
                     std::function<void(const absl::Status&)> on_failure)
    : state_(std::make_unique<State>(pool, std::move(on_size), std::move(on_failure))) {}

Sequencer::~Sequencer() { Stop(); }

void Sequencer::Start() {
  state_->thread = std::thread([this] { state_->Run(); });
}

void Sequencer::Stop() {
  {
    absl::MutexLock lock(&state_->mutex);
    state_->stopped = true;
  }
  if (state_->thread.joinable()) state_->thread.join();
}

void Sequencer::Notify() { state_->Notify(); }

}  // namespace comity::journal
