#include "services/runtime/journal/watch_hub.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
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
  explicit State(storage::Pool* p) : pool(p) {}

  void Run();
  // Waits for work or the next tick, then moves what was told to the thread's own streams.
  bool Wait(absl::Duration least);
  // Serves each stream that can take a message once. False when the database did not answer.
  bool ServeAll();
  absl::Status ServeOne(Stream& stream, absl::Time now);
  absl::Status Read(int64_t from);
  absl::Status AskSize();

  storage::Pool* const pool;
  absl::Mutex mutex;
  bool woken ABSL_GUARDED_BY(mutex) = false;
  bool stopped ABSL_GUARDED_BY(mutex) = false;
  int64_t told_size ABSL_GUARDED_BY(mutex) = -1;
  std::vector<std::shared_ptr<Watcher>> added ABSL_GUARDED_BY(mutex);
  std::vector<const Watcher*> removed ABSL_GUARDED_BY(mutex);

  // Of the thread alone.
  int64_t size = -1;
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
  return AddEntries(read.entries, page.mutable_entries());
}

absl::Status WatchHub::State::AskSize() {
  // A sign of life says how long the journal is now: without the database there is none.
  ask_size |= !streams.empty() && absl::Now() - asked >= kHeartbeat;
  if (!ask_size) return absl::OkStatus();
  const absl::Time deadline = absl::Now() + kReadTimeout;
  COMITY_ASSIGN_OR_RETURN(storage::Lease session, pool->Borrow(deadline));
  COMITY_RETURN_IF_ERROR(session->SetDeadline(deadline));
  storage::Reader reader(&*session);
  COMITY_ASSIGN_OR_RETURN(const int64_t read, ReadSize(reader));
  size = std::max(size, read);
  ask_size = false;
  asked = absl::Now();
  return absl::OkStatus();
}

absl::Status WatchHub::State::ServeOne(Stream& stream, absl::Time now) {
  const int64_t next = stream.watcher->next_position();
  v1::WatchJournalResponse message;
  if (next >= 0 && next < size) {
    message = Suffix(page, next);
    if (message.entries().empty()) {
      COMITY_RETURN_IF_ERROR(Read(next));
      message = page;
    }
  } else if (now - stream.last_sent < kHeartbeat) {
    return absl::OkStatus();
  }
  message.set_size(size);
  stream.last_sent = now;
  stream.watcher->Send(std::move(message));
  return absl::OkStatus();
}

bool WatchHub::State::ServeAll() {
  if (!AskSize().ok()) return false;
  // Services first: whole services wait for what they follow. Then neighbours share a page; the
  // furthest come last and leave the newest page for the next round.
  const auto turn = [](const Stream& stream) {
    return std::pair(!stream.watcher->of_service(), stream.watcher->next_position());
  };
  std::sort(streams.begin(), streams.end(),
            [&](const Stream& a, const Stream& b) { return turn(a) < turn(b); });
  const absl::Time now = absl::Now();
  bool all = true;
  for (Stream& stream : streams) {
    if (!stream.watcher->idle()) continue;
    const absl::Status served = ServeOne(stream, now);
    if (absl::IsUnavailable(served)) return false;
    all &= served.ok();  // one unreadable entry holds up those who want it, nobody else
  }
  return all;
}

void WatchHub::State::Run() {
  absl::Duration least = absl::ZeroDuration();
  while (Wait(least)) least = ServeAll() ? absl::ZeroDuration() : kRetry;
  for (const Stream& stream : streams) {
    stream.watcher->Finish(Unavailable("DRAINING", "the server is stopping: reconnect"));
  }
  streams.clear();
}

WatchHub::WatchHub(storage::Pool* pool) : state_(std::make_unique<State>(pool)) {}

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
