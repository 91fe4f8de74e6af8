#include "services/runtime/storage/transact.h"

#include <memory>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/journal/sequencer.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/server/failpoint.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/personal.h"
#include "services/runtime/storage/transact_steps.h"

namespace comity::storage {
namespace {

constexpr absl::Duration kBackoff = absl::Milliseconds(1);  // doubled with each rerun

using Body = std::function<absl::Status(Transaction&)>;

// How one run ended.
struct Outcome {
  absl::Status status;
  bool rerun = false;        // it left no effect, or its effect is found by the next run
  bool appended = false;     // it committed journal entries
  bool unexplained = false;  // rows that waited could not be inserted: run it without waiting
};

absl::Status Complete(const Call& call, const TransactOptions& options, journal::v1::Entry* entry) {
  entry->set_entry_id(resource::IdToText(resource::NewId(call.now)));
  *entry->mutable_record_time() = resource::FromTime(call.now);
  if (!entry->has_occur_time()) *entry->mutable_occur_time() = entry->record_time();
  if (call.runtime->charters != nullptr) entry->set_charter_revision(call.charter().revision());
  if (!entry->has_actor()) {
    *entry->mutable_actor() = call.actor();
    entry->set_request_id(options.request_id);
  }
  if (entry->has_payload()) COMITY_RETURN_IF_ERROR(ClearPersonalIn(entry->mutable_payload()));
  if (entry->has_record()) COMITY_RETURN_IF_ERROR(ClearPersonalIn(entry->mutable_record()));
  return absl::OkStatus();
}

// One transaction. Its steps return at the first error; Run() rolls back and judges it.
class Attempt {
 public:
  Attempt(Call& call, const TransactOptions& options, const ReplyKey& key, Session& session,
          google::protobuf::Message* reply)
      : call_(call), options_(options), key_(key), session_(session), reply_(reply) {}
  void InsertAtOnce() { waits_ = false; }

  // Whether the request was answered before shows when its reply is stored, or when the body is
  // refused: a repetition is rare, and the question would cost every request a round trip.
  Outcome Run(const Body& body) {
    if (options_.commits_alone) return RunAlone(body);
    const absl::Status begun = session_.Begin();
    if (!begun.ok()) return RolledBack(begun);
    WaitingRows waiting;
    Transaction transaction(&session_, waits_ ? &waiting : nullptr);
    absl::Status status = Work(body, transaction);
    if (!status.ok()) {
      Outcome outcome = Failed(status);
      outcome.unexplained = waiting.failed() && !outcome.rerun && !outcome.status.ok();
      return outcome;
    }
    const bool lost = server::Planted("answer-before-commit", call_.method);
    if (options_.validate_only || lost) return RolledBack(absl::OkStatus());
    status = session_.Commit();
    if (!status.ok()) return CommitFailed(status);
    return {status, false, !transaction.entries().empty()};
  }

 private:
  Outcome RunAlone(const Body& body) {
    Transaction transaction(&session_);
    absl::Status status = body(transaction);
    const bool rerun = !status.ok() && IsRerunnable(status);
    if (status.ok() && !transaction.entries().empty()) {
      status = Internal("an entry needs a transaction");
    }
    return {std::move(status), rerun};
  }

  bool keeps_reply() const {
    return !key_.id.empty() && !options_.validate_only && !server::Planted("no-stored-reply");
  }

  absl::Status Work(const Body& body, Transaction& transaction) {
    COMITY_RETURN_IF_ERROR(body(transaction));
    COMITY_RETURN_IF_ERROR(transaction.WriteWaiting());
    if (transaction.lost_rows()) return Internal("a body has passed over rows that failed");
    COMITY_RETURN_IF_ERROR(CompleteEntries(call_, options_, &transaction.entries()));
    if (!transaction.entries().empty()) {
      COMITY_RETURN_IF_ERROR(journal::InsertEntries(session_, transaction.entries()));
    }
    if (!keeps_reply()) return absl::OkStatus();
    return InsertReply(session_, key_, *reply_, call_.now);
  }

  // A failed ROLLBACK needs no word: the session is dead then, or the pool rolls it back.
  Outcome RolledBack(absl::Status status) {
    session_.Rollback().IgnoreError();
    const bool rerun = !status.ok() && IsRerunnable(status);
    return {std::move(status), rerun};
  }

  // Where the same request has succeeded before, its reply is the answer, whatever this run met.
  Outcome Failed(absl::Status status) {
    Outcome outcome = RolledBack(std::move(status));
    if (outcome.rerun || !keeps_reply() || session_.dead()) return outcome;
    const std::unique_ptr<google::protobuf::Message> answer(reply_->New());
    const absl::StatusOr<bool> stored = FindReply(session_, key_, answer.get());
    if (!stored.ok()) {
      outcome.status = stored.status();
      outcome.rerun = IsRerunnable(outcome.status);
    } else if (*stored) {
      reply_->CopyFrom(*answer);
      outcome.status = absl::OkStatus();
    }
    return outcome;
  }

  // Without a stored reply nobody can tell whether a commit without an answer happened.
  Outcome CommitFailed(absl::Status status) {
    const bool definite = session_.last_fault() == Fault::kRerun;
    if (!definite && !keeps_reply()) {
      session_.Rollback().IgnoreError();
      return {WithInternalDetail(Unavailable("COMMIT_UNKNOWN",
                                             "the connection was lost during the commit: look "
                                             "whether it happened before you repeat it"),
                                 InternalDetail(status))};
    }
    return RolledBack(std::move(status));
  }

  Call& call_;
  const TransactOptions& options_;
  const ReplyKey& key_;
  Session& session_;
  google::protobuf::Message* const reply_;
  bool waits_ = true;
};

Outcome RunOnce(Call& call, const TransactOptions& options, const ReplyKey& key, const Body& body,
                bool at_once, google::protobuf::Message* reply) {
  reply->Clear();
  absl::StatusOr<Lease> session = call.runtime->pool->Borrow(call.deadline);
  // A database that cannot be reached is said at once: the caller decides how long to insist.
  if (!session.ok()) return {session.status()};
  Attempt attempt(call, options, key, **session, reply);
  if (at_once) attempt.InsertAtOnce();
  return attempt.Run(body);
}

}  // namespace

absl::StatusOr<ReplyKey> KeyOf(const Call& call, const TransactOptions& options) {
  ReplyKey key;
  const Principal& principal = call.principal;
  key.actor = principal.person.empty() ? principal.workload : principal.person;
  key.method = call.method;
  key.digest = Sha256(absl::StrCat(options.request_digest, principal.department));
  if (options.request_id.empty()) return key;
  COMITY_ASSIGN_OR_RETURN(key.id, resource::IdFromText(options.request_id));
  return key;
}

absl::Status CompleteEntries(const Call& call, const TransactOptions& options,
                             std::vector<journal::v1::Entry>* entries) {
  for (journal::v1::Entry& entry : *entries) {
    COMITY_RETURN_IF_ERROR(Complete(call, options, &entry));
  }
  return absl::OkStatus();
}

bool IsRerunnable(const absl::Status& status) {
  const std::string reason = Reason(status);
  return reason == "CONCURRENT_CHANGE" || reason == "DATABASE_UNAVAILABLE";
}

bool SleepBeforeRerun(int reruns, absl::Time deadline) {
  thread_local absl::BitGen random;
  const absl::Duration pause = kBackoff * (1 << reruns) * absl::Uniform(random, 0.5, 1.5);
  if (absl::Now() + pause >= deadline) return false;
  absl::SleepFor(pause);
  return true;
}

absl::Status Transaction::Insert(const MultiRow& statement, absl::string_view key,
                                 std::vector<Value> row) {
  if (waiting_ == nullptr) return statement.Execute(*session_, row).status();
  waiting_->Add(statement, key, std::move(row));
  return absl::OkStatus();
}

absl::Status Transaction::ExecuteOne(absl::string_view sql, absl::Span<const Value> params) {
  COMITY_ASSIGN_OR_RETURN(const int64_t matched, Execute(sql, params));
  if (matched == 0) return ConcurrentChange("the record has changed since it was read");
  if (matched > 1) return Internal(absl::StrCat(matched, " rows instead of one: ", sql));
  return absl::OkStatus();
}

absl::StatusOr<bool> Transaction::VoidRequest(const std::string& actor, const std::string& method,
                                              const std::string& request_id, absl::Time now,
                                              std::string* reply) {
  ReplyKey key;
  key.actor = actor;
  key.method = method;
  COMITY_ASSIGN_OR_RETURN(key.id, resource::IdFromText(request_id));
  return VoidReply(*session_, key, now, reply);
}

absl::Status TransactInto(Call& call, const TransactOptions& options, const Body& body,
                          google::protobuf::Message* reply) {
  COMITY_ASSIGN_OR_RETURN(const ReplyKey key, KeyOf(call, options));
  bool at_once = false;
  for (int reruns = 0;; ++reruns) {
    Outcome outcome = RunOnce(call, options, key, body, at_once, reply);
    if (outcome.unexplained) {
      at_once = true;
      continue;
    }
    if (outcome.appended && call.runtime->sequencer != nullptr) call.runtime->sequencer->Notify();
    if (!outcome.rerun || reruns >= kMaxReruns || !SleepBeforeRerun(reruns, call.deadline)) {
      return outcome.status;
    }
  }
}

absl::Status Read(Call& call, const std::function<absl::Status(Reader&)>& body) {
  for (bool again = false;; again = true) {
    COMITY_ASSIGN_OR_RETURN(const Lease session, call.runtime->pool->Borrow(call.deadline));
    Reader reader(&*session);
    absl::Status status = body(reader);
    if (again || !session->dead() || Reason(status) != "DATABASE_UNAVAILABLE") return status;
  }
}

}  // namespace comity::storage
