#include "services/runtime/journal/follower.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::journal {
namespace {

constexpr absl::Duration kSilence = absl::Seconds(10);  // the source gives a sign each second
constexpr absl::Duration kLeastBackoff = absl::Milliseconds(50);
constexpr absl::Duration kMostBackoff = absl::Seconds(2);
// A message that had to be waited for so long was not held up by those before it.
constexpr absl::Duration kWaited = absl::Milliseconds(100);

// One WatchJournal call, read by one thread, which must Close it. Holds itself until gRPC is done
// with it.
class Inbox final : public grpc::ClientReadReactor<v1::WatchJournalResponse> {
 public:
  static std::shared_ptr<Inbox> Open(v1::JournalService::Stub* stub, int64_t from) {
    auto inbox = std::make_shared<Inbox>();
    inbox->self_ = inbox;
    inbox->request_.set_from_position(from);
    stub->async()->WatchJournal(&inbox->context_, &inbox->request_, inbox.get());
    inbox->AddHold();  // reads are started outside of reactions
    inbox->StartRead(&inbox->incoming_);
    inbox->StartCall();
    return inbox;
  }

  void Cancel() { context_.TryCancel(); }

  // The next message; an error when the stream has ended or is silent.
  absl::StatusOr<v1::WatchJournalResponse> Next() {
    v1::WatchJournalResponse message;
    {
      absl::MutexLock lock(&mutex_);
      const auto event = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return full_ || ended_; };
      if (!mutex_.AwaitWithTimeout(absl::Condition(&event), kSilence) || ended_) {
        return Unavailable("SERVICE_UNAVAILABLE", "the source ended the stream or is silent");
      }
      full_ = false;
      message.Swap(&incoming_);
    }
    StartRead(&incoming_);
    return message;
  }

  // Ends the call and returns its status.
  absl::Status Close() {
    context_.TryCancel();
    RemoveHold();
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&done_));
    return status_;
  }

 private:
  void OnReadDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    (ok ? full_ : ended_) = true;
  }
  void OnDone(const grpc::Status& status) override {
    {
      absl::MutexLock lock(&mutex_);
      done_ = true;
      status_ = channel::FromGrpcStatus(status);
    }
    self_.reset();
  }

  grpc::ClientContext context_;
  v1::WatchJournalRequest request_;
  v1::WatchJournalResponse incoming_;
  absl::Mutex mutex_;
  bool full_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Inbox> self_;
};

// Whether the batch goes on where the last one ended, without a gap.
absl::Status CheckGapless(const v1::WatchJournalResponse& message, int64_t next) {
  for (const v1::PositionedEntry& entry : message.entries()) {
    if (entry.position() != next++) return Internal("the source's journal has a gap");
  }
  return absl::OkStatus();
}

}  // namespace

struct Follower::State {
  State(std::shared_ptr<grpc::Channel> channel, FollowOptions o)
      : stub(v1::JournalService::NewStub(channel)), options(std::move(o)) {}

  void Run();
  // How far one connection came.
  struct Course {
    bool heard = false;  // the source has answered
    bool ended = false;  // then the stream ended, and nothing here failed
  };
  // Follows until something fails.
  absl::Status Follow(Course* course);
  // The id of the entry before `next`, where it is known.
  absl::StatusOr<std::string> LastEntry() const;
  // Whether the source holds what was applied, of which it sent the last entry as the first.
  absl::Status CheckHeld(v1::WatchJournalResponse* message);
  // `fresh`: the message is as its source is now.
  absl::Status Take(v1::WatchJournalResponse message, bool fresh);
  std::shared_ptr<Inbox> Connect(int64_t from);
  bool Sleep(absl::Duration time);
  // Logs a failure that is new, and that it is over.
  void Tell(const absl::Status& status);

  const std::unique_ptr<v1::JournalService::Stub> stub;
  const FollowOptions options;
  std::atomic<int64_t> next{0};
  std::atomic<int64_t> size{0};
  std::atomic<bool> ready{false};
  int64_t target = -1;      // the size at the first connection
  int64_t applied_to = -1;  // the position after `applied`
  std::string applied;      // id of the last entry that this process applied
  std::string expected;     // id that the first entry of the stream must have; empty: any
  bool is_other = false;    // the source did not hold what was applied
  std::string told;         // the failure that was last logged
  absl::Mutex mutex;
  bool stopped ABSL_GUARDED_BY(mutex) = false;
  std::shared_ptr<Inbox> inbox ABSL_GUARDED_BY(mutex);
  Complete complete ABSL_GUARDED_BY(mutex);
  std::thread thread;
};

std::shared_ptr<Inbox> Follower::State::Connect(int64_t from) {
  absl::MutexLock lock(&mutex);
  if (!stopped) inbox = Inbox::Open(stub.get(), from);
  return stopped ? nullptr : inbox;
}

absl::StatusOr<std::string> Follower::State::LastEntry() const {
  if (next == 0) return std::string();
  if (next == applied_to) return applied;
  return options.last_entry ? options.last_entry(next) : std::string();
}

absl::Status Follower::State::CheckHeld(v1::WatchJournalResponse* message) {
  // Once it was another journal, its size alone does not prove that it is the old one again.
  const bool is_unproven = is_other && expected.empty() && next > 0;
  bool is_held = message->size() >= next && !is_unproven;
  if (is_held && !expected.empty() && !message->entries().empty()) {
    const v1::PositionedEntry& last = message->entries(0);
    is_held = last.position() == next - 1 && last.entry().entry_id() == expected;
    if (is_held) expected.clear();
    message->mutable_entries()->DeleteSubrange(0, 1);
  }
  is_other = !is_held;
  if (is_held) return absl::OkStatus();
  ready = false;
  return MakeError(
      absl::StatusCode::kDataLoss, "JOURNAL_SHRUNK",
      absl::StrCat("the journal of ", options.source, " no longer holds the ", next.load(),
                   " entries that were taken in: was it restored from an ",
                   "older backup? Restore what is missing and start this service anew; ",
                   "where it is gone for good, see follower.h"));
}

absl::Status Follower::State::Take(v1::WatchJournalResponse message, bool fresh) {
  const absl::Time now = absl::Now();
  const absl::Duration uptime = server::Uptime();
  COMITY_RETURN_IF_ERROR(CheckHeld(&message));
  if (!expected.empty()) return absl::OkStatus();  // not proven yet
  COMITY_RETURN_IF_ERROR(CheckGapless(message, next));
  size = std::max(size.load(), message.size());
  if (!message.entries().empty()) {
    const int64_t after = next + message.entries_size();
    COMITY_RETURN_IF_ERROR(options.apply(message.entries(), after));
    next = applied_to = after;
    applied = message.entries(message.entries_size() - 1).entry().entry_id();
  }
  if (fresh && next >= message.size() && !message.unsequenced()) {
    if (options.completed) options.completed(uptime);
    absl::MutexLock lock(&mutex);
    complete = {now, next};
  }
  if (target < 0) target = message.size();
  if (next >= target) ready = true;
  return absl::OkStatus();
}

absl::Status Follower::State::Follow(Course* course) {
  COMITY_ASSIGN_OR_RETURN(next, options.position());
  COMITY_ASSIGN_OR_RETURN(expected, LastEntry());
  const std::shared_ptr<Inbox> stream = Connect(next - (expected.empty() ? 0 : 1));
  if (stream == nullptr) return absl::CancelledError("stopped");
  absl::Status status;
  for (bool is_first = true; status.ok(); is_first = false) {
    const absl::Time since = absl::Now();
    absl::StatusOr<v1::WatchJournalResponse> message = stream->Next();
    status = message.status();
    course->ended = course->heard && !status.ok();
    if (!status.ok()) break;
    status = Take(*std::move(message), is_first || absl::Now() - since >= kWaited);
    if (status.ok()) Tell(status);
    course->heard = true;
  }
  const absl::Status closed = stream->Close();
  // The source is away and there is a copy: serve with it.
  if (!course->heard && next > 0 && !is_other) ready = true;
  return absl::IsUnavailable(status) && !closed.ok() ? closed : status;
}

bool Follower::State::Sleep(absl::Duration time) {
  absl::MutexLock lock(&mutex);
  return !mutex.AwaitWithTimeout(absl::Condition(&stopped), time);
}

void Follower::State::Tell(const absl::Status& status) {
  std::string problem = status.ok() ? ""
                                    : absl::StrCat(status.message(), " ", Reason(status), " ",
                                                   InternalDetail(status));
  if (problem == told) return;
  told = std::move(problem);
  server::LogMessage(options.service,
                     status.ok() ? absl::StrCat("following ", options.source)
                                 : absl::StrCat("does not follow ", options.source, ": ", told));
}

void Follower::State::Run() {
  absl::BitGen random;
  absl::Duration backoff = kLeastBackoff;
  do {
    Course course;
    const absl::Status status = Follow(&course);
    // Each connection ends when it has its age, and the next begins: that is no failure.
    const bool is_next_due = course.ended && absl::IsUnavailable(status);
    if (!is_next_due && !absl::IsCancelled(status)) Tell(status);
    backoff = course.heard && absl::IsUnavailable(status) ? kLeastBackoff
                                                          : std::min(2 * backoff, kMostBackoff);
  } while (Sleep(backoff * absl::Uniform(random, 0.5, 1.0)));
}

Follower::Follower(std::shared_ptr<grpc::Channel> channel, FollowOptions options)
    : state_(std::make_unique<State>(std::move(channel), std::move(options))) {}

Follower::~Follower() { Stop(); }

absl::Status Follower::Start() {
  state_->thread = std::thread([this] { state_->Run(); });
  return absl::OkStatus();
}

bool Follower::Ready() const { return state_->ready; }

void Follower::Stop() {
  {
    absl::MutexLock lock(&state_->mutex);
    state_->stopped = true;
    if (state_->inbox != nullptr) state_->inbox->Cancel();
  }
  if (state_->thread.joinable()) state_->thread.join();
}

Complete Follower::complete() const {
  absl::MutexLock lock(&state_->mutex);
  return state_->complete;
}

int64_t Follower::behind() const { return std::max<int64_t>(0, state_->size - state_->next); }

}  // namespace comity::journal
