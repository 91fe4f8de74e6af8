// Batches: several items share a transaction while none of them fails.
#include <utility>

#include "services/runtime/journal/journal_store.h"
#include "services/runtime/journal/sequencer.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact_steps.h"

namespace comity::storage {
namespace {

constexpr size_t kMostTogether = 50;
constexpr size_t kMostEntries = 240;      // each comes with some 3 rows beside it
constexpr size_t kMostBytes = 700 << 10;  // of rows, entries and replies

using Group = absl::Span<BatchItem>;

class GroupAttempt {
 public:
  GroupAttempt(Call& call, Group group, Session& session)
      : call_(call), group_(group), session_(session) {}

  absl::Status Run() {
    absl::Status status = Work();
    if (!status.ok()) session_.Rollback().IgnoreError();
    return status;
  }
  bool appended() const { return !entries_.empty(); }
  // Whether a request was answered before.
  bool repeated() const { return repeated_; }

 private:
  absl::Status Work() {
    COMITY_RETURN_IF_ERROR(session_.Begin());
    for (BatchItem& item : group_) COMITY_RETURN_IF_ERROR(RunItem(item));
    COMITY_RETURN_IF_ERROR(waiting_.Write(session_));
    if (waiting_.failed()) return Internal("a body has passed over rows that failed");
    if (appended()) COMITY_RETURN_IF_ERROR(journal::InsertEntries(session_, entries_));
    std::vector<KeyedReply> replies;
    for (size_t i = 0; i < group_.size(); ++i) replies.push_back({&keys_[i], group_[i].reply});
    const absl::Status stored = InsertReplies(session_, replies, call_.now);
    repeated_ = Reason(stored) == "DUPLICATE_KEY";
    COMITY_RETURN_IF_ERROR(stored);
    return session_.Commit();
  }

  absl::Status RunItem(BatchItem& item) {
    item.reply->Clear();
    COMITY_ASSIGN_OR_RETURN(ReplyKey key, KeyOf(call_, item.options));
    keys_.push_back(std::move(key));
    Transaction transaction(&session_, &waiting_);
    COMITY_RETURN_IF_ERROR(item.body(transaction));
    bytes_ += item.reply->ByteSizeLong();
    // Before they lose what is personal, entries are as long as the rows that they tell of.
    for (const journal::v1::Entry& entry : transaction.entries())
      bytes_ += 2 * entry.ByteSizeLong();
    COMITY_RETURN_IF_ERROR(CompleteEntries(call_, item.options, &transaction.entries()));
    for (journal::v1::Entry& entry : transaction.entries()) entries_.push_back(std::move(entry));
    if (bytes_ > kMostBytes || entries_.size() > kMostEntries) {
      return absl::CancelledError("too much for one transaction");
    }
    return absl::OkStatus();
  }

  Call& call_;
  const Group group_;
  Session& session_;
  WaitingRows waiting_;
  size_t bytes_ = 0;
  bool repeated_ = false;
  std::vector<ReplyKey> keys_;
  std::vector<journal::v1::Entry> entries_;
};

// OK: all items are in. After any error, also of the commit, they are not, or their stored replies
// will say so one by one. `repeated`: one of them was answered before.
absl::Status RunTogether(Call& call, Group group, bool* repeated) {
  COMITY_ASSIGN_OR_RETURN(Lease session, call.runtime->pool->Borrow(call.deadline));
  GroupAttempt attempt(call, group, *session);
  const absl::Status status = attempt.Run();
  *repeated = attempt.repeated();
  COMITY_RETURN_IF_ERROR(status);
  if (attempt.appended() && call.runtime->sequencer != nullptr) call.runtime->sequencer->Notify();
  return absl::OkStatus();
}

bool MayShare(const BatchItem& item) {
  return item.status.ok() && !item.options.validate_only && !item.options.request_id.empty();
}

// The items from `from` on that may share a transaction; at least one.
size_t Together(absl::Span<const BatchItem> items, size_t from) {
  size_t count = 0;
  while (from + count < items.size() && count < kMostTogether && MayShare(items[from + count])) {
    ++count;
  }
  return count == 0 ? 1 : count;
}

// One that fails, or is too much, costs its half of the group its company, and so on. Where
// requests are repeated, all of them are: each is then answered by itself.
void RunGroup(Call& call, Group group) {
  absl::Status together = absl::CancelledError("by itself");
  bool repeated = false;
  if (group.size() > 1) together = RunTogether(call, group, &repeated);
  if (together.ok()) return;
  if (group.size() > 1 && !repeated) {
    const size_t half = group.size() / 2;
    RunGroup(call, group.first(half));
    RunGroup(call, group.subspan(half));
    return;
  }
  for (BatchItem& item : group) {
    if (item.status.ok()) item.status = TransactInto(call, item.options, item.body, item.reply);
  }
}

}  // namespace

void TransactEach(Call& call, absl::Span<BatchItem> items) {
  for (size_t from = 0; from < items.size();) {
    const Group group = items.subspan(from, Together(items, from));
    from += group.size();
    RunGroup(call, group);
  }
}

}  // namespace comity::storage
