// The only door to the database: BEGIN · seen this request_id? · body · journal entries · reply ·
// COMMIT, with bounded reruns of marked errors only.
#ifndef COMITY_RUNTIME_STORAGE_TRANSACT_H_
#define COMITY_RUNTIME_STORAGE_TRANSACT_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/journal/v1/journal.pb.h"
#include "google/protobuf/message.h"
#include "services/runtime/server/call.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/pool.h"
#include "services/runtime/storage/waiting_rows.h"

namespace comity::storage {

// Reads. Handed to a closure; a reader has no writing method.
class Reader {
 public:
  explicit Reader(Session* session, WaitingRows* waiting = nullptr)
      : session_(session), waiting_(waiting) {}
  absl::StatusOr<std::unique_ptr<Rows>> Query(absl::string_view sql,
                                              absl::Span<const Value> params) {
    COMITY_RETURN_IF_ERROR(WriteWaiting());
    return session_->Query(sql, params);
  }
  // Whether a record was found by this session before: what was found stays.
  bool HasFound(absl::string_view name) const { return session_->HasFound(name); }
  void SetFound(absl::string_view name) { session_->SetFound(name); }

 protected:
  absl::Status WriteWaiting() {
    return waiting_ == nullptr ? absl::OkStatus() : waiting_->Write(*session_);
  }

  Session* session_;
  WaitingRows* waiting_;  // null: no row waits
};

// Reads, writes, and notes journal entries, which are written just before the reply.
class Transaction : public Reader {
 public:
  using Reader::Reader;
  absl::StatusOr<int64_t> Execute(absl::string_view sql, absl::Span<const Value> params) {
    COMITY_RETURN_IF_ERROR(WriteWaiting());
    return session_->Execute(sql, params);
  }
  // Inserts a row by a statement that lives as long as the process. It may wait for others, until
  // the next Query or Execute or the end: an error of it is then met there, and `body` is run again
  // with rows that do not wait, so that whoever inserted it can say what was wrong.
  absl::Status Insert(const MultiRow& statement, absl::string_view key, std::vector<Value> row);
  using Reader::WriteWaiting;
  // Whether rows that waited could not be written.
  bool lost_rows() const { return waiting_ != nullptr && waiting_->failed(); }
  // That row while it waits, to be changed; null: it does not.
  std::vector<Value>* Waiting(const MultiRow& statement, absl::string_view key) {
    return waiting_ == nullptr ? nullptr : waiting_->Find(statement, key);
  }
  // An UPDATE that must match exactly one row, else ABORTED CONCURRENT_CHANGE (rerun).
  absl::Status ExecuteOne(absl::string_view sql, absl::Span<const Value> params);
  // Appends to the journal in this transaction. The caller sets subject, version, type, payload,
  // occur_time (default: record_time) and record; Transact fills entry_id, record_time, revision,
  // actor and request_id (unless another acts), clears what is personal, and writes the bytes.
  void Append(journal::v1::Entry entry) { entries_.push_back(std::move(entry)); }
  std::vector<journal::v1::Entry>& entries() { return entries_; }
  // See VoidReply in request_replies.h. `actor`: the person, or the workload where there is none.
  absl::StatusOr<bool> VoidRequest(const std::string& actor, const std::string& method,
                                   const std::string& request_id, absl::Time now,
                                   std::string* reply);

 private:
  std::vector<journal::v1::Entry> entries_;
};

// What Transact needs to know of a request; taken from its fields by name.
struct TransactOptions {
  std::string request_id;      // UUID; empty only for the service's own work
  std::string request_digest;  // SHA-256 of the request's deterministic bytes
  bool validate_only = false;  // run everything, then ROLLBACK
  // The body writes by one statement at most, and no entry: it commits with that, without BEGIN and
  // COMMIT. Of the service's own work that may be done twice.
  bool commits_alone = false;
};
// INVALID_ARGUMENT reason REQUEST_ID_REQUIRED or REQUEST_ID_INVALID.
absl::StatusOr<TransactOptions> OptionsOf(const google::protobuf::Message& request);

// Runs `body` in one transaction. It may run more than once: it touches only the transaction, and
// calls no other service. `reply` is cleared before each run and stored with the effect. A repeated
// request_id (by the same person or workload, and method) returns the stored reply without running
// `body`; with another request: INVALID_ARGUMENT reason REQUEST_ID_REUSED.
absl::Status TransactInto(Call& call, const TransactOptions& options,
                          const std::function<absl::Status(Transaction&)>& body,
                          google::protobuf::Message* reply);

// For handlers: `return Transact<Lead>(call, request, [&](Transaction& tx) -> StatusOr<Lead> {…});`
template <typename Reply>
absl::StatusOr<Reply> Transact(Call& call, const google::protobuf::Message& request,
                               const std::function<absl::StatusOr<Reply>(Transaction&)>& body) {
  COMITY_ASSIGN_OR_RETURN(TransactOptions options, OptionsOf(request));
  Reply reply;
  auto run = [&](Transaction& tx) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(reply, body(tx));
    return absl::OkStatus();
  };
  COMITY_RETURN_IF_ERROR(TransactInto(call, options, run, &reply));
  return reply;
}

// One item of a batch.
struct BatchItem {
  absl::Status status;  // an error: the item is not run; afterwards: how it ended
  TransactOptions options;
  std::function<absl::Status(Transaction&)> body;
  google::protobuf::Message* reply = nullptr;
};
// Runs each item as TransactInto would, atomic by itself, but several in one transaction as long as
// all of them succeed: one commit serves some tens of items. Where one fails, or all are too much
// for one transaction, each half is run so.
void TransactEach(Call& call, absl::Span<BatchItem> items);

// SHA-256, 32 bytes.
std::string Sha256(absl::string_view bytes);

// Reads in one snapshot-free transaction that is rolled back (autocommit reads; no BEGIN for a
// single statement). Reruns once on a dead connection.
absl::Status Read(Call& call, const std::function<absl::Status(Reader&)>& body);

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_TRANSACT_H_
