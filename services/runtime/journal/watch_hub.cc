#include "services/runtime/journal/watch_hub.h"

#include <algorithm>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::journal {
namespace {

constexpr int kPageEntries = 1000;
constexpr absl::Duration kHeartbeat = absl::Seconds(1);
constexpr absl::Duration kTick = absl::Milliseconds(250);   // looks for heartbeats that are due
constexpr absl::Duration kRetry = absl::Milliseconds(200);  // while the database is away
constexpr absl::Duration kReadTimeout = absl::Seconds(5);

struct Stream {
  std::shared_ptr<Watcher> watcher;
  absl::Time last_sent = absl::InfinitePast();  // the first message comes at once
  absl::Time failed = absl::InfinitePast();     // when its last read did: others come first
};

// The part of `page` from `position` on; empty if the page does not reach it.
v1::WatchJournalResponse Suffix(const v1::WatchJournalResponse& page, int64_t position) {
  v1::WatchJournalResponse suffix;
  suffix.set_size(page.size());
  if (page.entries().empty()) return suffix;
  const int64_t skip = position - page.entries(0).position();
  if (skip < 0 || skip >= page.entries_size()) return suffix;
  if (skip == 0) return page;
  suffix.mutable_entries()->Add(page.entries().begin() + skip, page.entries().end());
  return suffix;
}

}  // namespace

struct WatchHub::State {
  State(storage::Pool* p, std::function<void(const absl::Status&)> failed)
      : pool(p), on_failure(std::move(failed)) {}

  void Run();
  // Waits for work or the next tick, then moves what was told to the thread's own streams.
  bool Wait(absl::Duration least);
  // Serves each stream that can take a message once. An error: of the database, or of an entry.
  absl::Status ServeAll();
  // Without `may_read` a stream that wants entries which are not at hand waits for the next round.
  absl::Status ServeOne(Stream& stream, absl::Time now, bool may_read);
  absl::Status Read(int64_t from);
  absl::Status AskSize();
  // Tells a failure that is new.
  void Tell(const absl::Status& status);

  storage::Pool* const pool;
  const std::function<void(const absl::Status&)> on_failure;
  absl::Mutex mutex;
  bool woken ABSL_GUARDED_BY(mutex) = false;
  bool stopped ABSL_GUARDED_BY(mutex) = false;
  int64_t told_size ABSL_GUARDED_BY(mutex) = -1;
  std::vector<std::shared_ptr<Watcher>> added ABSL_GUARDED_BY(mutex);
  std::vector<const Watcher*> removed ABSL_GUARDED_BY(mutex);

  // Of the thread alone.
  int64_t size = -1;
  bool unsequenced = false;
  std::string told;      // the failure that was last told
  bool ask_size = true;  // a new stream is told the size as it is now
  absl::Time asked = absl::InfinitePast();
  std::vector<Stream> streams;
  v1::WatchJournalResponse page;  // the last one read: shared by all streams that want it
  std::thread thread;
};

bool WatchHub::State::Wait(absl::Duration least) {
  std::vector<std::shared_ptr<Watcher>> leaving;
  bool go_on = true;
  {
    absl::MutexLock lock(&mutex);
    mutex.AwaitWithTimeout(absl::Condition(&stopped), least);
    const auto work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return stopped || woken; };
    mutex.AwaitWithTimeout(absl::Condition(&work), kTick);
    woken = false;
    size = std::max(size, told_size);
    ask_size |= !added.empty();
    for (auto& watcher : added) streams.push_back({std::move(watcher)});
    added.clear();
    const auto gone = std::partition(streams.begin(), streams.end(), [&](const Stream& stream) {
      return std::count(removed.begin(), removed.end(), stream.watcher.get()) == 0;
    });
    for (auto stream = gone; stream != streams.end(); ++stream) leaving.push_back(stream->watcher);
    streams.erase(gone, streams.end());
    removed.clear();
    go_on = !stopped;
  }
  for (const auto& watcher : leaving) watcher->Finish(absl::CancelledError("the watcher left"));
  return go_on;
}

absl::Status WatchHub::State::Read(int64_t from) {
  const absl::Time deadline = absl::Now() + kReadTimeout;
  COMITY_ASSIGN_OR_RETURN(storage::Lease session, pool->Borrow(deadline));
  COMITY_RETURN_IF_ERROR(session->SetDeadline(deadline));
  storage::Reader reader(&*session);
  COMITY_ASSIGN_OR_RETURN(const Page read, ReadPage(reader, from, kPageEntries));
  page.Clear();
  page.set_size(read.size);
  size = std::max(size, read.size);
  const absl::Status added = AddEntries(read.entries, page.mutable_entries());
  if (!added.ok()) page.Clear();  // nothing of it is handed on
  return added;
}

absl::Status WatchHub::State::AskSize() {
  // A sign of life says how long the journal is now: without the database there is none.
  ask_size |= !streams.empty() && absl::Now() - asked >= kHeartbeat;
  if (!ask_size) return absl::OkStatus();
  const absl::Time deadline = absl::Now() + kReadTimeout;
  COMITY_ASSIGN_OR_RETURN(storage::Lease session, pool->Borrow(deadline));
  COMITY_RETURN_IF_ERROR(session->SetDeadline(deadline));
  storage::Reader reader(&*session);
  // In this order: what has its position by now is within the size.
  COMITY_ASSIGN_OR_RETURN(unsequenced, HasUnsequenced(reader, absl::Now()));
  COMITY_ASSIGN_OR_RETURN(const int64_t read, ReadSize(reader));
  size = std::max(size, read);
  ask_size = false;
  asked = absl::Now();
  return absl::OkStatus();
}

absl::Status WatchHub::State::ServeOne(Stream& stream, absl::Time now, bool may_read) {
  const int64_t next = stream.watcher->next_position();
  v1::WatchJournalResponse message;
  if (next >= 0 && next < size) {
    message = Suffix(page, next);
    if (message.entries().empty()) {
      if (!may_read) return absl::OkStatus();
      const absl::Status read = Read(next);
      stream.failed = read.ok() ? absl::InfinitePast() : absl::Now();
      COMITY_RETURN_IF_ERROR(read);
      message = page;
    }
  } else if (now - stream.last_sent < kHeartbeat) {
    return absl::OkStatus();
  }
  message.set_size(size);
  message.set_unsequenced(unsequenced);
  stream.last_sent = now;
  stream.watcher->Send(std::move(message));
  return absl::OkStatus();
}

absl::Status WatchHub::State::ServeAll() {
  COMITY_RETURN_IF_ERROR(AskSize());
  // Services first: whole services wait for what they follow. Then neighbours share a page; the
  // furthest come last and leave the newest page for the next round.
  const auto turn = [](const Stream& stream) {
    return std::tuple(stream.failed, !stream.watcher->of_service(),
                      stream.watcher->next_position());
  };
  std::sort(streams.begin(), streams.end(),
            [&](const Stream& a, const Stream& b) { return turn(a) < turn(b); });
  const absl::Time now = absl::Now();
  absl::Status all;
  // A database that is away or slow is waited for once in a round, not once for each stream; and
  // one unreadable entry holds up those who want it, nobody else.
  bool may_read = true;
  for (Stream& stream : streams) {
    if (!stream.watcher->idle()) continue;
    const absl::Status served = ServeOne(stream, now, may_read);
    may_read &= !absl::IsUnavailable(served) && !absl::IsDeadlineExceeded(served);
    all.Update(served);
  }
  return all;
}

void WatchHub::State::Tell(const absl::Status& status) {
  const std::string problem =
      status.ok() ? "" : absl::StrCat(Reason(status), status.message(), InternalDetail(status));
  if (problem == told) return;
  told = problem;
  if (!status.ok() && on_failure) on_failure(status);
}

void WatchHub::State::Run() {
  absl::Duration least = absl::ZeroDuration();
  while (Wait(least)) {
    const absl::Status served = ServeAll();
    Tell(served);
    least = served.ok() ? absl::ZeroDuration() : kRetry;
  }
  for (const Stream& stream : streams) {
    stream.watcher->Finish(Unavailable("DRAINING", "the server is stopping: reconnect"));
  }
  streams.clear();
}

WatchHub::WatchHub(storage::Pool* pool, std::function<void(const absl::Status&)> on_failure)
    : state_(std::make_unique<State>(pool, std::move(on_failure))) {}

WatchHub::~WatchHub() { Stop(); }

void WatchHub::Start() {
  state_->thread = std::thread([this] { state_->Run(); });
}

void WatchHub::Stop() {
  {
    absl::MutexLock lock(&state_->mutex);
    state_->stopped = true;
  }
  if (state_->thread.joinable()) state_->thread.join();
}

void WatchHub::OnSize(int64_t size) {
  absl::MutexLock lock(&state_->mutex);
  state_->told_size = std::max(state_->told_size, size);
  state_->woken = true;
}

void WatchHub::Add(std::shared_ptr<Watcher> watcher) {
  {
    absl::MutexLock lock(&state_->mutex);
    if (!state_->stopped) {
      state_->added.push_back(std::move(watcher));
      state_->woken = true;
      return;
    }
  }
  watcher->Finish(Unavailable("DRAINING", "the server is stopping: reconnect"));
}

void WatchHub::Remove(const Watcher* watcher) {
  absl::MutexLock lock(&state_->mutex);
  state_->removed.push_back(watcher);
  state_->woken = true;
}

void WatchHub::Poke() {
  absl::MutexLock lock(&state_->mutex);
  state_->woken = true;
}

}  // namespace comity::journal
