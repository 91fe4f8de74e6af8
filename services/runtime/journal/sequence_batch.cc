#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/journal/sequence_order.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/multi_row.h"
#include "services/runtime/storage/transact.h"

namespace comity::journal {
namespace {

using storage::Session;
using storage::Value;
using Predecessors = std::vector<std::pair<std::string, int64_t>>;

constexpr size_t kPairs = 100;       // of one look-up of predecessors
constexpr int64_t kChainPage = 500;  // entries read at a time on the way back through a subject

absl::StatusOr<std::vector<PendingEntry>> ReadPending(Session& session, int limit) {
  COMITY_ASSIGN_OR_RETURN(auto rows,
                          session.Query("SELECT STRAIGHT_JOIN p.id, e.subject, e.version FROM "
                                        "journal_pending p JOIN journal_entries e ON e.id = p.id "
                                        "ORDER BY p.id LIMIT ?",
                                        {int64_t{limit}}));
  std::vector<PendingEntry> pending;
  while (rows->Next()) pending.push_back({rows->Bytes(0), rows->Bytes(1), rows->Int(2)});
  return pending;
}

std::string PredecessorsSql() {
  std::string sql =
      "SELECT e.subject FROM journal_entries e JOIN journal_pending p ON p.id = e.id WHERE "
      "(e.subject = ? AND e.version = ?)";
  for (size_t i = 1; i < kPairs; ++i) sql += " OR (e.subject = ? AND e.version = ?)";
  return sql;
}

// The subjects of those among `predecessors` that are pending.
absl::StatusOr<absl::flat_hash_set<std::string>> BlockedSubjects(Session& session,
                                                                 const Predecessors& predecessors) {
  static const std::string* const sql = new std::string(PredecessorsSql());
  absl::flat_hash_set<std::string> blocked;
  for (size_t done = 0; done < predecessors.size(); done += kPairs) {
    std::vector<Value> params;
    for (size_t i = done; i < done + kPairs; ++i) {
      // One text for any number: the last pair fills the rest.
      const auto& [subject, version] = predecessors[std::min(i, predecessors.size() - 1)];
      params.push_back(subject);
      params.push_back(version);
    }
    COMITY_ASSIGN_OR_RETURN(auto rows, session.Query(*sql, params));
    while (rows->Next()) blocked.insert(rows->Bytes(0));
  }
  return blocked;
}

// Goes back through the subject's versions to the first that has its position: what is sequenced is
// always a prefix of them.
absl::StatusOr<std::vector<PendingEntry>> ReadChain(Session& session, const std::string& subject,
                                                    int64_t version, size_t limit) {
  std::vector<PendingEntry> chain;  // highest version first
  for (int64_t below = version + 1;;) {
    COMITY_ASSIGN_OR_RETURN(
        auto rows, session.Query("SELECT e.id, e.version, p.id IS NOT NULL FROM journal_entries e "
                                 "FORCE INDEX (subject_version) LEFT JOIN journal_pending p ON "
                                 "p.id = e.id WHERE e.subject = ? AND e.version < ? "
                                 "ORDER BY e.version DESC LIMIT ?",
                                 {subject, below, kChainPage}));
    bool more = false;
    while (rows->Next()) {
      more = rows->Int(2) != 0;
      if (!more) break;
      below = rows->Int(1);
      chain.push_back({rows->Bytes(0), subject, below});
    }
    if (!more) break;
    if (chain.size() > limit) chain.erase(chain.begin(), chain.end() - limit);
  }
  std::reverse(chain.begin(), chain.end());
  if (chain.size() > limit) chain.resize(limit);
  return chain;
}

absl::Status AdvanceHead(Session& session, int64_t size, int64_t grown) {
  COMITY_ASSIGN_OR_RETURN(
      const int64_t matched,
      session.Execute("UPDATE journal_head SET size = ? WHERE id = 1 AND size = ?",
                      {size + grown, size}));
  if (matched == 1) return absl::OkStatus();
  return ConcurrentChange("another sequencer was faster");
}

absl::Status DeletePending(Session& session, const std::vector<std::string>& ids) {
  static const storage::MultiRow* const statement =
      new storage::MultiRow("DELETE FROM journal_pending WHERE id IN (", "?", ")");
  std::vector<Value> params(ids.begin(), ids.end());
  COMITY_ASSIGN_OR_RETURN(const int64_t deleted, statement->Execute(session, params));
  if (deleted == static_cast<int64_t>(ids.size())) return absl::OkStatus();
  return ConcurrentChange("another sequencer was faster");
}

// In one transaction. The head first: a second sequencer waits there, then finds another size.
absl::Status Write(Session& session, int64_t size, const std::vector<std::string>& ids) {
  static const storage::MultiRow* const insert =
      new storage::MultiRow("INSERT INTO journal_positions (position, id) VALUES ", "(?, ?)", "");
  std::vector<Value> params;
  for (size_t i = 0; i < ids.size(); ++i) {
    params.push_back(size + static_cast<int64_t>(i));
    params.push_back(ids[i]);
  }
  COMITY_RETURN_IF_ERROR(AdvanceHead(session, size, static_cast<int64_t>(ids.size())));
  COMITY_RETURN_IF_ERROR(insert->Execute(session, params).status());
  COMITY_RETURN_IF_ERROR(DeletePending(session, ids));
  return session.Commit();
}

}  // namespace

absl::StatusOr<int> SequenceBatch(Session& session, int limit, int64_t* known_size) {
  // Read before the transaction: the head's condition refuses the batch if anyone sequenced since.
  storage::Reader reader(&session);
  COMITY_ASSIGN_OR_RETURN(const int64_t size, ReadSize(reader));
  if (known_size != nullptr) *known_size = size;
  COMITY_ASSIGN_OR_RETURN(const auto pending, ReadPending(session, limit));
  if (pending.empty()) return 0;
  absl::flat_hash_set<std::string> blocked;
  // A predecessor commits before its successor: only a full batch can have cut it off.
  if (pending.size() == static_cast<size_t>(limit)) {
    COMITY_ASSIGN_OR_RETURN(blocked, BlockedSubjects(session, PredecessorsOutside(pending)));
  }
  const auto fetch = [&](const std::string& subject, int64_t version) {
    return ReadChain(session, subject, version, static_cast<size_t>(limit));
  };
  COMITY_ASSIGN_OR_RETURN(const auto ids,
                          OrderBatch(pending, blocked, static_cast<size_t>(limit), fetch));
  COMITY_RETURN_IF_ERROR(session.Begin());
  const absl::Status written = Write(session, size, ids);
  if (!written.ok()) {
    if (!session.dead()) session.Rollback().IgnoreError();
    return written;
  }
  if (known_size != nullptr) *known_size += static_cast<int64_t>(ids.size());
  return static_cast<int>(ids.size());
}

}  // namespace comity::journal
