#include "services/gateway/workflow/workflow_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/server/failpoint.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/where.h"

namespace comity::gateway {
namespace {

using storage::Value;

// Microseconds since the epoch, by the database's clock.
#define COMITY_DB_NOW "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6))"

constexpr char kWorkflowNames[] = "workflows";

absl::StatusOr<std::string> IdOf(const std::string& name) {
  return resource::IdOf(name, kWorkflowNames);
}

bool IsDue(v1::WorkflowState state) {
  return state == v1::WORKFLOW_STATE_RUNNING || state == v1::WORKFLOW_STATE_COMPENSATING;
}

// Everybody may read the journal's entry: it holds the workflow without its input and data.
journal::v1::Entry EntryOf(const v1::Workflow& workflow, int64_t version, const char* type) {
  journal::v1::Entry entry;
  entry.set_subject(workflow.name());
  entry.set_version(version);
  entry.set_type(type);
  entry.mutable_payload()->PackFrom(workflow);
  return entry;
}

absl::StatusOr<StoredWorkflow> FromRow(const storage::Rows& rows) {
  StoredWorkflow workflow;
  if (!workflow.record.ParseFromString(rows.Bytes(0))) {
    return Internal("a stored workflow does not parse");
  }
  workflow.version = rows.Int(1);
  workflow.epoch = rows.Int(2);
  workflow.asked = rows.Bytes(3);
  return workflow;
}

absl::Status NotSaved(storage::Transaction& tx, const StoredWorkflow& workflow) {
  COMITY_ASSIGN_OR_RETURN(const StoredWorkflow now,
                          GetWorkflow(tx, workflow.record.workflow().name()));
  if (now.epoch == workflow.epoch && now.asked != workflow.asked) {
    return MakeError(absl::StatusCode::kAborted, "WORKFLOW_ASKED",
                     "something was asked of the workflow meanwhile", {{"asked", now.asked}});
  }
  return MakeError(absl::StatusCode::kAborted, "LEASE_LOST",
                   "another replica has taken the workflow over");
}

}  // namespace

absl::Status InsertWorkflow(storage::Transaction& tx, const v1::WorkflowRecord& record,
                            const Start& start, absl::Duration lease) {
  const v1::Workflow& workflow = record.workflow();
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(workflow.name()));
  const absl::Status inserted =
      tx.Execute(
            "INSERT INTO workflows (id, version, kind, subject, start_key, start_position, state, "
            "due, epoch, lease_until, next_time, body) VALUES (?, 1, ?, ?, ?, ?, ?, 1, "
            "1, " COMITY_DB_NOW " + ?, " COMITY_DB_NOW ", ?)",
            {id, workflow.kind(), workflow.subject(),
             start.key.empty() ? Value() : Value(start.key),
             start.position < 0 ? Value() : Value(start.position),
             static_cast<int64_t>(workflow.state()), absl::ToInt64Microseconds(lease),
             record.SerializeAsString()})
          .status();
  if (Reason(inserted) == "DUPLICATE_KEY" && !start.key.empty()) {
    COMITY_ASSIGN_OR_RETURN(const auto rows,
                            tx.Query("SELECT id FROM workflows WHERE start_key = ?", {start.key}));
    return AlreadyExists("WORKFLOW_EXISTS",
                         rows->Next() ? resource::MakeName(kWorkflowNames, rows->Bytes(0)) : "",
                         "it was started before");
  }
  COMITY_RETURN_IF_ERROR(inserted);
  tx.Append(EntryOf(workflow, 1, "started"));
  return absl::OkStatus();
}

absl::StatusOr<StoredWorkflow> GetWorkflow(storage::Reader& reader, const std::string& name) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(name));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT body, version, epoch, asked FROM workflows WHERE id = ?", {id}));
  if (!rows->Next()) return NotFound(name);
  return FromRow(*rows);
}

absl::StatusOr<std::vector<std::string>> DueWorkflows(storage::Reader& reader,
                                                      const std::vector<std::string>& kinds,
                                                      int limit) {
  const std::vector<std::string> marks(kinds.size(), "?");
  std::vector<storage::Value> values(kinds.begin(), kinds.end());
  values.emplace_back(int64_t{limit});
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT id FROM workflows FORCE INDEX (due) "
                                "WHERE due = 1 AND next_time <= " COMITY_DB_NOW
                                " AND lease_until <= " COMITY_DB_NOW " AND kind IN (",
                                absl::StrJoin(marks, ", "), ") ORDER BY next_time LIMIT ?"),
                   values));
  std::vector<std::string> names;
  while (rows->Next()) names.push_back(resource::MakeName(kWorkflowNames, rows->Bytes(0)));
  return names;
}

absl::StatusOr<std::optional<StoredWorkflow>> ClaimWorkflow(storage::Transaction& tx,
                                                            const std::string& name,
                                                            absl::Duration lease) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(name));
  COMITY_ASSIGN_OR_RETURN(
      const int64_t claimed,
      tx.Execute("UPDATE workflows SET epoch = epoch + 1, lease_until = " COMITY_DB_NOW
                 " + ? WHERE id = ? AND due = 1 AND next_time <= " COMITY_DB_NOW
                 " AND lease_until <= " COMITY_DB_NOW,
                 {absl::ToInt64Microseconds(lease), id}));
  if (claimed == 0) return std::optional<StoredWorkflow>();
  COMITY_ASSIGN_OR_RETURN(StoredWorkflow workflow, GetWorkflow(tx, name));
  return std::optional<StoredWorkflow>(std::move(workflow));
}

absl::Status SaveWorkflow(storage::Transaction& tx, const StoredWorkflow& workflow,
                          const char* type, const Schedule& schedule) {
  const v1::Workflow& shown = workflow.record.workflow();
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(shown.name()));
  const int64_t version = workflow.version + (type == nullptr ? 0 : 1);
  int64_t epoch = workflow.epoch;
  if (server::Planted("no-epoch-check")) {
    COMITY_ASSIGN_OR_RETURN(const StoredWorkflow now, GetWorkflow(tx, shown.name()));
    epoch = now.epoch;
  }
  COMITY_ASSIGN_OR_RETURN(
      const int64_t saved,
      tx.Execute(
          "UPDATE workflows SET version = ?, state = ?, due = ?, lease_until = " COMITY_DB_NOW
          " + ?, next_time = " COMITY_DB_NOW
          " + ?, body = ? WHERE id = ? AND epoch = ? AND asked = ?",
          {version, static_cast<int64_t>(shown.state()), int64_t{IsDue(shown.state()) ? 1 : 0},
           absl::ToInt64Microseconds(schedule.lease), absl::ToInt64Microseconds(schedule.pause),
           workflow.record.SerializeAsString(), id, epoch, workflow.asked}));
  if (saved == 0) return NotSaved(tx, workflow);
  if (type != nullptr) tx.Append(EntryOf(shown, version, type));
  return absl::OkStatus();
}

absl::Status PutBackWorkflow(storage::Transaction& tx, const StoredWorkflow& workflow,
                             absl::Duration pause) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(workflow.record.workflow().name()));
  COMITY_ASSIGN_OR_RETURN(
      const int64_t put_back,
      tx.Execute("UPDATE workflows SET lease_until = " COMITY_DB_NOW ", next_time = " COMITY_DB_NOW
                 " + ?, body = ? WHERE id = ? AND epoch = ?",
                 {absl::ToInt64Microseconds(pause), workflow.record.SerializeAsString(), id,
                  workflow.epoch}));
  return put_back == 0 ? NotSaved(tx, workflow) : absl::OkStatus();
}

absl::Status ResumeWorkflow(storage::Transaction& tx, const StoredWorkflow& workflow,
                            const char* type) {
  COMITY_RETURN_IF_ERROR(SaveWorkflow(tx, workflow, type, Schedule{}));
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(workflow.record.workflow().name()));
  return tx
      .Execute("UPDATE workflows SET asked = IF(asked = ?, '', asked), due = 1 WHERE id = ?",
               {std::string(kAskedToStop), id})
      .status();
}

absl::Status AskToStop(storage::Transaction& tx, const std::string& name) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(name));
  return tx
      .Execute("UPDATE workflows SET asked = ?, next_time = " COMITY_DB_NOW
               " WHERE id = ? AND asked = '' AND due = 1",
               {std::string(kAskedToStop), id})
      .status();
}

absl::Status AskToWithdraw(storage::Transaction& tx, const std::string& kind,
                           const std::string& subject, int64_t position,
                           const std::string& reason) {
  return tx
      .Execute("UPDATE workflows SET asked = ?, next_time = " COMITY_DB_NOW
               ", due = 1 WHERE subject = ? AND kind = ? AND start_position < ? AND "
               "asked = '' AND state <> ?",
               {reason, subject, kind, position, int64_t{v1::WORKFLOW_STATE_WITHDRAWN}})
      .status();
}

absl::StatusOr<bool> HasStanding(storage::Reader& reader, const std::string& kind,
                                 const std::string& subject) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT 1 FROM workflows WHERE subject = ? AND kind = ? AND asked = '' AND "
                   "state <> ? LIMIT 1",
                   {subject, kind, int64_t{v1::WORKFLOW_STATE_WITHDRAWN}}));
  return rows->Next();
}

absl::StatusOr<std::vector<v1::Workflow>> ListWorkflows(storage::Reader& reader,
                                                        const WorkflowQuery& query) {
  // Each filter has its index with the id; the rest is compared on the rows that it gives.
  storage::Where where;
  const char* index = "PRIMARY";
  if (!query.kind.empty()) where.And("kind = ?", query.kind), index = "by_kind";
  if (query.state != 0) where.And("state = ?", int64_t{query.state}), index = "by_state";
  if (!query.subject.empty()) where.And("subject = ?", query.subject), index = "by_subject";
  if (!query.before.empty()) {
    COMITY_ASSIGN_OR_RETURN(std::string id, IdOf(query.before));
    where.And("id < ?", std::move(id));
  }
  where.params().emplace_back(int64_t{query.limit});
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT body, version, epoch, asked FROM workflows FORCE INDEX (`",
                                index, "`)", where.sql(), " ORDER BY id DESC LIMIT ?"),
                   where.params()));
  std::vector<v1::Workflow> workflows;
  while (rows->Next()) {
    COMITY_ASSIGN_OR_RETURN(StoredWorkflow stored, FromRow(*rows));
    workflows.push_back(std::move(*stored.record.mutable_workflow()));
  }
  return workflows;
}

absl::StatusOr<std::vector<std::string>> EndedOf(storage::Reader& reader,
                                                 const std::vector<std::string>& names) {
  // Two texts for any number of names: the last one fills the rest.
  constexpr size_t kAtOnce = 32;
  std::vector<std::string> ended;
  for (size_t from = 0; from < names.size(); from += kAtOnce) {
    const size_t count = names.size() == 1 ? 1 : kAtOnce;
    std::vector<storage::Value> values = {int64_t{v1::WORKFLOW_STATE_SUCCEEDED},
                                          int64_t{v1::WORKFLOW_STATE_WITHDRAWN}};
    for (size_t i = from; i < from + count; ++i) {
      COMITY_ASSIGN_OR_RETURN(std::string id, IdOf(names[std::min(i, names.size() - 1)]));
      values.emplace_back(std::move(id));
    }
    const std::vector<std::string> marks(count, "?");
    COMITY_ASSIGN_OR_RETURN(
        const auto rows, reader.Query(absl::StrCat("SELECT id FROM workflows FORCE INDEX (PRIMARY) "
                                                   "WHERE state IN (?, ?) AND id IN (",
                                                   absl::StrJoin(marks, ", "), ")"),
                                      values));
    while (rows->Next()) ended.push_back(resource::MakeName(kWorkflowNames, rows->Bytes(0)));
  }
  return ended;
}

}  // namespace comity::gateway
