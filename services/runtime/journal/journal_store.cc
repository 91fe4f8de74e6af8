#include "services/runtime/journal/journal_store.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/multi_row.h"
#include "services/runtime/storage/transact.h"

namespace comity::journal {
namespace {

using storage::Session;
using storage::Value;

constexpr size_t kPageBytes = 768 << 10;
constexpr int64_t kRowsAtATime = 200;  // bounds what is buffered of a page

// The unique key over (subject, version) is the lock of a subject's history.
absl::Status TakenVersion(const absl::Status& status) {
  if (Reason(status) == "DUPLICATE_KEY" &&
      absl::EndsWith(ErrorValue(status, "key"), "subject_version")) {
    return ConcurrentChange("the record has changed since it was read");
  }
  return status;
}

}  // namespace

absl::Status InsertEntries(Session& session, const std::vector<v1::Entry>& entries) {
  static const storage::MultiRow* const insert = new storage::MultiRow(
      "INSERT INTO journal_entries (id, subject, version, body) VALUES ", "(?, ?, ?, ?)", "");
  static const storage::MultiRow* const pend =
      new storage::MultiRow("INSERT INTO journal_pending (id) VALUES ", "(?)", "");
  std::vector<Value> rows;
  std::vector<Value> ids;
  for (const v1::Entry& entry : entries) {
    COMITY_ASSIGN_OR_RETURN(std::string id, resource::IdFromText(entry.entry_id()));
    rows.insert(rows.end(), {id, entry.subject(), entry.version(), entry.SerializeAsString()});
    ids.push_back(std::move(id));
  }
  COMITY_RETURN_IF_ERROR(TakenVersion(insert->Execute(session, rows).status()));
  return pend->Execute(session, ids).status();
}

absl::StatusOr<Page> ReadPage(storage::Reader& reader, int64_t from, int limit) {
  Page page;
  COMITY_ASSIGN_OR_RETURN(page.size, ReadSize(reader));
  if (from >= page.size) return page;
  const int64_t end = from + std::min<int64_t>(limit, page.size - from);
  for (size_t bytes = 0; from < end && bytes < kPageBytes;) {
    COMITY_ASSIGN_OR_RETURN(
        auto rows, reader.Query("SELECT STRAIGHT_JOIN p.position, e.body FROM journal_positions p "
                                "JOIN journal_entries e ON e.id = p.id "
                                "WHERE p.position >= ? AND p.position < ? ORDER BY p.position",
                                {from, std::min(end, from + kRowsAtATime)}));
    const int64_t before = from;
    while (rows->Next()) {
      StoredEntry entry{rows->Int(0), rows->Bytes(1)};
      bytes += entry.body.size();
      if (bytes > kPageBytes && !page.entries.empty()) return page;
      if (entry.position != from) return Internal("the journal has a gap");
      ++from;
      page.entries.push_back(std::move(entry));
    }
    if (from == before) return Internal("the journal has a gap");
  }
  return page;
}

absl::StatusOr<std::vector<StoredEntry>> ReadHistory(storage::Reader& reader,
                                                     absl::string_view subject, int64_t after,
                                                     int limit) {
  COMITY_ASSIGN_OR_RETURN(
      auto rows,
      reader.Query("SELECT p.position, e.body FROM journal_entries e FORCE INDEX (subject_version) "
                   "LEFT JOIN journal_positions p ON p.id = e.id "
                   "WHERE e.subject = ? AND e.version > ? ORDER BY e.version LIMIT ?",
                   {std::string(subject), after, int64_t{limit}}));
  std::vector<StoredEntry> history;
  while (rows->Next()) {
    history.push_back({rows->IsNull(0) ? -1 : rows->Int(0), rows->Bytes(1)});
  }
  return history;
}

absl::StatusOr<int64_t> ReadSize(storage::Reader& reader) {
  COMITY_ASSIGN_OR_RETURN(auto rows,
                          reader.Query("SELECT size FROM journal_head WHERE id = 1", {}));
  if (!rows->Next()) return Internal("the journal has no head");
  return rows->Int(0);
}

absl::StatusOr<bool> HasUnsequenced(storage::Reader& reader, absl::Time now) {
  // A UUIDv7 begins with the milliseconds of its making.
  const int64_t oldest = absl::ToUnixMillis(now - kSequencedWithin);
  std::string id(16, '\0');
  for (int i = 0; i < 6; ++i) id[i] = static_cast<char>(oldest >> (40 - 8 * i));
  COMITY_ASSIGN_OR_RETURN(auto rows,
                          reader.Query("SELECT 1 FROM journal_pending WHERE id < ? LIMIT 1", {id}));
  return rows->Next();
}

}  // namespace comity::journal
