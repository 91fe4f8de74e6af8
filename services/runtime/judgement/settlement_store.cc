#include "services/runtime/judgement/settlement_store.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::judgement {
namespace {

using storage::Value;
using type::v1::SettledAnswer;

absl::StatusOr<std::string> IdOfSubject(const std::string& subject) {
  return resource::IdOf(subject, resource::CollectionOf(subject));
}

std::string NameOfSubject(const std::string& collection, const std::string& id) {
  return absl::StrCat(collection, "/", resource::IdToText(id));
}

absl::StatusOr<std::vector<SettledAnswer>> SettledRows(storage::Rows& rows) {
  std::vector<SettledAnswer> result;
  while (rows.Next()) {
    if (!result.emplace_back().ParseFromString(rows.Bytes(0))) {
      return Internal("a stored settlement does not parse");
    }
  }
  return result;
}

// Of rows with id, question and both times.
std::vector<Awaited> AwaitedRows(storage::Rows& rows, const std::string& department,
                                 const std::string& collection) {
  std::vector<Awaited> page;
  while (rows.Next()) {
    page.push_back({NameOfSubject(collection, rows.Bytes(0)), rows.Bytes(1), department,
                    absl::FromUnixMicros(rows.Int(2)), absl::FromUnixMicros(rows.Int(3))});
  }
  return page;
}

}  // namespace

absl::StatusOr<std::vector<SettledAnswer>> ReadSettlements(storage::Reader& reader,
                                                           const std::string& subject) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOfSubject(subject));
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT body FROM settlements WHERE subject_id = ?", {id}));
  return SettledRows(*rows);
}

absl::StatusOr<std::vector<SettledAnswer>> ReadSettlementsOf(
    storage::Reader& reader, const std::vector<std::string>& subjects) {
  if (subjects.empty()) return std::vector<SettledAnswer>();
  std::vector<Value> ids;
  std::string marks;
  for (const std::string& subject : subjects) {
    COMITY_ASSIGN_OR_RETURN(std::string id, IdOfSubject(subject));
    ids.emplace_back(std::move(id));
    absl::StrAppend(&marks, marks.empty() ? "?" : ", ?");
  }
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT body FROM settlements WHERE subject_id IN (", marks, ")"),
                   ids));
  return SettledRows(*rows);
}

absl::Status PutSettlement(storage::Transaction& tx, const SettledAnswer& settled) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOfSubject(settled.subject()));
  static const storage::MultiRow* const put =
      new storage::MultiRow("INSERT INTO settlements (subject_id, question, body) VALUES ",
                            "(?, ?, ?)", " ON DUPLICATE KEY UPDATE body = VALUES(body)");
  return tx.Insert(*put, absl::StrCat(settled.subject(), " ", settled.question()),
                   {id, settled.question(), settled.SerializeAsString()});
}

absl::Status InsertAwaited(storage::Transaction& tx, const std::vector<Awaited>& awaited) {
  static const storage::MultiRow* const insert = new storage::MultiRow(
      "INSERT INTO awaited_judgements (subject_id, question, department, collection, "
      "deliver_time, due_time) VALUES ",
      "(?, ?, ?, ?, ?, ?)", "");
  for (const Awaited& row : awaited) {
    COMITY_ASSIGN_OR_RETURN(const std::string id, IdOfSubject(row.subject));
    COMITY_RETURN_IF_ERROR(
        tx.Insert(*insert, absl::StrCat(row.subject, " ", row.question, " ", row.department),
                  {id, row.question, row.department, resource::CollectionOf(row.subject),
                   absl::ToUnixMicros(row.delivered), absl::ToUnixMicros(row.due)}));
  }
  return absl::OkStatus();
}

absl::Status DeleteAwaited(storage::Transaction& tx, const std::string& subject,
                           const std::string& question) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOfSubject(subject));
  if (question.empty()) {
    return tx.Execute("DELETE FROM awaited_judgements WHERE subject_id = ?", {id}).status();
  }
  return tx
      .Execute("DELETE FROM awaited_judgements WHERE subject_id = ? AND question = ?",
               {id, question})
      .status();
}

absl::StatusOr<std::vector<std::string>> ReadEndedTerms(storage::Reader& reader, absl::Time now,
                                                        int limit) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT collection, subject_id FROM awaited_judgements FORCE INDEX (due) "
                   "WHERE due_time <= ? ORDER BY due_time, subject_id LIMIT ?",
                   {absl::ToUnixMicros(now), static_cast<int64_t>(limit)}));
  std::vector<std::string> subjects;
  while (rows->Next()) {
    std::string subject = NameOfSubject(rows->Bytes(0), rows->Bytes(1));
    if (subjects.empty() || subjects.back() != subject) subjects.push_back(std::move(subject));
  }
  return subjects;
}

absl::StatusOr<std::vector<Awaited>> ListAwaited(storage::Reader& reader,
                                                 const std::string& department,
                                                 const std::string& collection,
                                                 const AwaitedAfter& after, int limit) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT subject_id, question, deliver_time, due_time FROM awaited_judgements "
                   "FORCE INDEX (inbox) WHERE department = ? AND collection = ? AND due_time >= ? "
                   "AND (due_time > ? OR subject_id > ? OR (subject_id = ? AND question > ?)) "
                   "ORDER BY due_time, subject_id, question LIMIT ?",
                   {department, collection, after.due, after.due, after.subject_id,
                    after.subject_id, after.question, static_cast<int64_t>(limit)}));
  return AwaitedRows(*rows, department, collection);
}

absl::StatusOr<std::vector<Awaited>> ListAwaitedAbout(storage::Reader& reader,
                                                      const std::string& department,
                                                      const std::string& subject) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOfSubject(subject));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT subject_id, question, deliver_time, due_time FROM awaited_judgements "
                   "WHERE subject_id = ? AND department = ? ORDER BY due_time, question",
                   {id, department}));
  return AwaitedRows(*rows, department, resource::CollectionOf(subject));
}

absl::StatusOr<SettlementPass> ReadPass(storage::Reader& reader, const std::string& collection) {
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT revision, rule_version, last_id, done "
                                       "FROM settlement_passes WHERE collection = ?",
                                       {collection}));
  if (!rows->Next()) return SettlementPass();
  return SettlementPass{static_cast<int>(rows->Int(0)), static_cast<int>(rows->Int(1)),
                        rows->Bytes(2), rows->Int(3) != 0};
}

absl::Status PutPass(storage::Transaction& tx, const std::string& collection,
                     const SettlementPass& before, const SettlementPass& pass) {
  const std::vector<Value> state = {static_cast<int64_t>(pass.revision),
                                    static_cast<int64_t>(pass.rule_version), pass.last_id,
                                    static_cast<int64_t>(pass.done)};
  if (before.revision == 0) {
    const absl::Status first =
        tx.Execute(
              "INSERT INTO settlement_passes (collection, revision, rule_version, last_id, "
              "done) VALUES (?, ?, ?, ?, ?)",
              {collection, state[0], state[1], state[2], state[3]})
            .status();
    if (Reason(first) != "DUPLICATE_KEY") return first;
    return ConcurrentChange("another replica has begun the pass");
  }
  return tx.ExecuteOne(
      "UPDATE settlement_passes SET revision = ?, rule_version = ?, last_id = ?, "
      "done = ? WHERE collection = ? AND revision = ? AND rule_version = ? "
      "AND last_id = ?",
      {state[0], state[1], state[2], state[3], collection, static_cast<int64_t>(before.revision),
       static_cast<int64_t>(before.rule_version), before.last_id});
}

absl::StatusOr<std::vector<std::string>> ReadSubjectsAfter(storage::Reader& reader,
                                                           const std::string& collection,
                                                           const std::string& after, int limit) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT id FROM ", collection, " WHERE id > ? ORDER BY id LIMIT ?"),
                   {after, static_cast<int64_t>(limit)}));
  std::vector<std::string> subjects;
  while (rows->Next()) subjects.push_back(NameOfSubject(collection, rows->Bytes(0)));
  return subjects;
}

}  // namespace comity::judgement
