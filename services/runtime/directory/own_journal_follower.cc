#include "services/runtime/directory/own_journal_follower.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::directory {
namespace {

constexpr int kPageEntries = 500;
constexpr absl::Duration kPoll = absl::Milliseconds(100);
constexpr absl::Duration kBackoff = absl::Milliseconds(500);  // while the database is away
constexpr absl::Duration kTimeout = absl::Seconds(5);

// `read`'s answer from a session of its own.
template <typename Function>
auto ReadBy(storage::Pool* pool, Function read)
    -> decltype(read(std::declval<storage::Reader&>())) {
  const absl::Time deadline = absl::Now() + kTimeout;
  COMITY_ASSIGN_OR_RETURN(storage::Lease session, pool->Borrow(deadline));
  COMITY_RETURN_IF_ERROR(session->SetDeadline(deadline));
  storage::Reader reader(&*session);
  return read(reader);
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

bool OwnJournalFollower::Ready() const { return directory_->CheckFresh(server::Uptime()).ok(); }

void OwnJournalFollower::Run() {
  do {
    Tell(Follow());
  } while (Sleep(kBackoff));
}

absl::Status OwnJournalFollower::Follow() {
  COMITY_ASSIGN_OR_RETURN(int64_t next, copy_.Load());
  do {
    COMITY_RETURN_IF_ERROR(TakeAll(&next));
    Tell(absl::OkStatus());
  } while (Sleep(kPoll));
  return absl::OkStatus();
}

absl::Status OwnJournalFollower::TakeAll(int64_t* next) {
  absl::Duration begun;
  bool unsequenced = false;
  for (bool last = false; !last;) {
    begun = server::Uptime();
    // Before the page: what has its position by now is within it.
    COMITY_ASSIGN_OR_RETURN(unsequenced, ReadBy(runtime_->pool, [](storage::Reader& reader) {
                              return journal::HasUnsequenced(reader, absl::Now());
                            }));
    COMITY_ASSIGN_OR_RETURN(last, TakePage(next));
  }
  if (!unsequenced) copy_.Confirm(begun);
  return absl::OkStatus();
}

void OwnJournalFollower::Tell(const absl::Status& status) {
  std::string problem = status.ok() ? ""
                                    : absl::StrCat(status.message(), " ", Reason(status), " ",
                                                   InternalDetail(status));
  if (problem == told_) return;
  told_ = std::move(problem);
  server::LogMessage(runtime_->service,
                     status.ok() ? "following its own journal"
                                 : absl::StrCat("does not follow its own journal: ", told_));
}

absl::StatusOr<bool> OwnJournalFollower::TakePage(int64_t* next) {
  COMITY_ASSIGN_OR_RETURN(const journal::Page page,
                          ReadBy(runtime_->pool, [next](storage::Reader& reader) {
                            return journal::ReadPage(reader, *next, kPageEntries);
                          }));
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
