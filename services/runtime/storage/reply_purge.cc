#include "services/runtime/storage/reply_purge.h"

#include "absl/time/clock.h"
#include "services/runtime/storage/request_replies.h"

namespace comity::storage {
namespace {

constexpr int kRowsAtATime = 500;
constexpr absl::Duration kConnectionPatience = absl::Seconds(5);  // for a connection and one batch
constexpr absl::Duration kPause = absl::Milliseconds(20);  // between batches: callers come first

}  // namespace

ReplyPurge::ReplyPurge(Pool* pool, absl::Duration interval) : pool_(pool), interval_(interval) {}

ReplyPurge::~ReplyPurge() { Stop(); }

void ReplyPurge::Start() {
  thread_ = std::thread([this] { Run(); });
}

void ReplyPurge::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

bool ReplyPurge::StoppedWithin(absl::Duration time) {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&stopped_), time);
}

void ReplyPurge::Run() {
  while (!StoppedWithin(interval_)) Pass();
}

void ReplyPurge::Pass() {
  while (true) {
    const auto session = pool_->Borrow(absl::Now() + kConnectionPatience);
    if (!session.ok()) return;
    const auto purged = PurgeReplies(**session, absl::Now() - kReplyLifetime, kRowsAtATime);
    if (!purged.ok() || *purged < kRowsAtATime) return;
    if (StoppedWithin(kPause)) return;
  }
}

}  // namespace comity::storage
