#include "services/runtime/directory/own_journal_follower.h"

#include "absl/time/clock.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::directory {
namespace {

constexpr int kPageEntries = 500;
constexpr absl::Duration kPoll = absl::Milliseconds(100);
constexpr absl::Duration kBackoff = absl::Milliseconds(500);  // while the database is away
constexpr absl::Duration kTimeout = absl::Seconds(5);

absl::StatusOr<journal::Page> ReadNext(storage::Pool* pool, int64_t next) {
  const absl::Time deadline = absl::Now() + kTimeout;
  COMITY_ASSIGN_OR_RETURN(storage::Lease session, pool->Borrow(deadline));
  COMITY_RETURN_IF_ERROR(session->SetDeadline(deadline));
  storage::Reader reader(&*session);
  return journal::ReadPage(reader, next, kPageEntries);
}

}  // namespace

absl::Status OwnJournalFollower::Start() {
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

void OwnJournalFollower::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

bool OwnJournalFollower::Ready() const { return directory_->CheckFresh(absl::Now()).ok(); }

void OwnJournalFollower::Run() {
  do {
    Follow().IgnoreError();  // the database is away: readiness says so elsewhere
  } while (Sleep(kBackoff));
}

absl::Status OwnJournalFollower::Follow() {
  COMITY_ASSIGN_OR_RETURN(int64_t next, copy_.Load());
  do {
    absl::Time begun;
    for (bool last = false; !last;) {
      begun = absl::Now();
      COMITY_ASSIGN_OR_RETURN(last, TakePage(&next));
    }
    copy_.Confirm(begun);
  } while (Sleep(kPoll));
  return absl::OkStatus();
}

absl::StatusOr<bool> OwnJournalFollower::TakePage(int64_t* next) {
  COMITY_ASSIGN_OR_RETURN(const journal::Page page, ReadNext(runtime_->pool, *next));
  if (page.entries.empty()) return true;
  Entries batch;
  COMITY_RETURN_IF_ERROR(journal::AddEntries(page.entries, &batch));
  const int64_t after = *next + static_cast<int64_t>(page.entries.size());
  COMITY_RETURN_IF_ERROR(copy_.Take(batch, after));
  *next = after;
  return after >= page.size;
}

bool OwnJournalFollower::Sleep(absl::Duration time) {
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&stopped_), time);
}

}  // namespace comity::directory
