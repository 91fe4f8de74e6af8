#include "services/gateway/credit/credit_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/where.h"

namespace comity::gateway::credit {
namespace {

using storage::Value;

absl::StatusOr<std::string> StatementId(const std::string& name) {
  return resource::IdOf(name, kStatements);
}

Value TermValue(const v1::CreditStatement& statement) {
  const absl::Time end = TermEnd(statement);
  return end == absl::InfiniteFuture() ? Value() : Value(absl::ToUnixMicros(end));
}

Value StandingValue(const v1::CreditStatement& statement) {
  return Stands(statement) ? Value(statement.opportunity()) : Value();
}

// All that may change.
std::string ProgressOf(const v1::CreditStatement& statement) {
  v1::CreditStatement progress;
  progress.set_state(statement.state());
  *progress.mutable_acknowledgements() = statement.acknowledgements();
  *progress.mutable_late_acceptances() = statement.late_acceptances();
  *progress.mutable_later_touches() = statement.later_touches();
  if (statement.has_final_time()) *progress.mutable_final_time() = statement.final_time();
  return progress.SerializeAsString();
}

// What a list shows of it, as it was drawn.
std::string BodyOf(v1::CreditStatement statement) {
  statement.clear_state();
  statement.clear_acknowledgements();
  statement.clear_late_acceptances();
  statement.clear_final_time();
  ClearDetail(&statement);
  return statement.SerializeAsString();
}

std::string DetailOf(const v1::CreditStatement& statement) {
  v1::CreditStatement detail;
  *detail.mutable_touches() = statement.touches();
  *detail.mutable_late_touches() = statement.late_touches();
  if (statement.has_comparison()) *detail.mutable_comparison() = statement.comparison();
  if (statement.has_department_comparison()) {
    *detail.mutable_department_comparison() = statement.department_comparison();
  }
  return detail.SerializeAsString();
}

void AppendEvents(storage::Transaction& tx, const v1::CreditStatement& statement, int64_t version,
                  const CreditEvents& events) {
  for (const std::string& type : events) {
    journal::v1::Entry entry;
    entry.set_subject(statement.name());
    entry.set_version(++version);
    entry.set_type(type);
    entry.mutable_payload()->PackFrom(ForJournal(statement));
    tx.Append(std::move(entry));
  }
}

// Columns: body, progress, version.
absl::StatusOr<StoredStatement> StatementFrom(const storage::Rows& rows) {
  StoredStatement stored;
  v1::CreditStatement progress;
  if (!stored.statement.ParseFromString(rows.Bytes(0)) ||
      !progress.ParseFromString(rows.Bytes(1))) {
    return Internal("a stored credit statement does not parse");
  }
  stored.statement.MergeFrom(progress);
  stored.version = rows.Int(2);
  return stored;
}

}  // namespace

absl::Status InsertStatement(storage::Transaction& tx, const v1::CreditStatement& statement,
                             const CreditEvents& events) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, StatementId(statement.name()));
  const absl::Status inserted =
      tx.Execute(
            "INSERT INTO credit_statements (id, version, state, opportunity, standing_opportunity, "
            "source_position, due_time, body, detail, progress) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            {id, static_cast<int64_t>(events.size()), int64_t{statement.state()},
             statement.opportunity(), StandingValue(statement), statement.source_position(),
             TermValue(statement), BodyOf(statement), DetailOf(statement), ProgressOf(statement)})
          .status();
  if (Reason(inserted) == "DUPLICATE_KEY") {
    return ConcurrentChange("another statement of the opportunity was drawn at the same time");
  }
  COMITY_RETURN_IF_ERROR(inserted);
  AppendEvents(tx, statement, 0, events);
  return absl::OkStatus();
}

absl::Status SaveStatement(storage::Transaction& tx, const StoredStatement& stored,
                           const CreditEvents& events) {
  const v1::CreditStatement& statement = stored.statement;
  COMITY_ASSIGN_OR_RETURN(const std::string id, StatementId(statement.name()));
  COMITY_RETURN_IF_ERROR(tx.ExecuteOne(
      "UPDATE credit_statements SET version = ?, state = ?, standing_opportunity = ?, "
      "due_time = ?, progress = ? WHERE id = ? AND version = ?",
      {stored.version + static_cast<int64_t>(events.size()), int64_t{statement.state()},
       StandingValue(statement), TermValue(statement), ProgressOf(statement), id, stored.version}));
  AppendEvents(tx, statement, stored.version, events);
  return absl::OkStatus();
}

absl::StatusOr<StoredStatement> GetStatement(storage::Reader& reader, const std::string& name) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, StatementId(name));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT body, progress, version, detail FROM credit_statements WHERE id = ?",
                   {id}));
  if (!rows->Next()) return NotFound(name);
  COMITY_ASSIGN_OR_RETURN(StoredStatement stored, StatementFrom(*rows));
  v1::CreditStatement detail;
  if (!detail.ParseFromString(rows->Bytes(3))) return Internal("a stored detail does not parse");
  stored.statement.MergeFrom(detail);
  return stored;
}

absl::StatusOr<StoredStatement> ReadStatement(storage::Reader& reader, const std::string& name) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, StatementId(name));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT body, progress, version FROM credit_statements WHERE id = ?", {id}));
  if (!rows->Next()) return NotFound(name);
  return StatementFrom(*rows);
}

absl::StatusOr<std::optional<StoredStatement>> FindStanding(storage::Reader& reader,
                                                            const std::string& opportunity) {
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT body, progress, version FROM credit_statements "
                                       "WHERE standing_opportunity = ?",
                                       {opportunity}));
  if (!rows->Next()) return std::optional<StoredStatement>();
  COMITY_ASSIGN_OR_RETURN(StoredStatement stored, StatementFrom(*rows));
  return std::optional<StoredStatement>(std::move(stored));
}

absl::StatusOr<int64_t> LastSource(storage::Reader& reader, const std::string& opportunity) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT source_position FROM credit_statements FORCE INDEX (by_source) "
                   "WHERE opportunity = ? ORDER BY source_position DESC LIMIT 1",
                   {opportunity}));
  return rows->Next() ? rows->Int(0) : int64_t{-1};
}

absl::StatusOr<std::vector<std::string>> DueStatements(storage::Reader& reader, absl::Time now,
                                                       int limit) {
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT id FROM credit_statements FORCE INDEX (by_due_time) "
                                       "WHERE due_time <= ? ORDER BY due_time LIMIT ?",
                                       {absl::ToUnixMicros(now), int64_t{limit}}));
  std::vector<std::string> names;
  while (rows->Next()) names.push_back(resource::MakeName(kStatements, rows->Bytes(0)));
  return names;
}

absl::StatusOr<std::vector<v1::CreditStatement>> ListStatements(storage::Reader& reader,
                                                                const StatementQuery& query) {
  // Each filter has its index with the id; the other is compared on the rows that it gives.
  storage::Where where;
  std::string index = "PRIMARY";
  if (query.state != 0) where.And("state = ?", int64_t{query.state}), index = "by_state";
  if (!query.opportunity.empty()) {
    where.And("opportunity = ?", query.opportunity), index = "by_opportunity";
  }
  if (!query.before.empty()) {
    COMITY_ASSIGN_OR_RETURN(std::string id, StatementId(query.before));
    where.And("id < ?", std::move(id));
  }
  where.params().emplace_back(int64_t{query.limit});
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT body, progress, version FROM credit_statements FORCE "
                                "INDEX (`",
                                index, "`)", where.sql(), " ORDER BY id DESC LIMIT ?"),
                   where.params()));
  std::vector<v1::CreditStatement> statements;
  while (rows->Next()) {
    COMITY_ASSIGN_OR_RETURN(StoredStatement stored, StatementFrom(*rows));
    ClearDetail(&stored.statement);
    statements.push_back(std::move(stored.statement));
  }
  return statements;
}

}  // namespace comity::gateway::credit
