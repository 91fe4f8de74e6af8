// The SQL of workflows. Table by migrations/0103_create_workflows.sql. Times are the database's:
// which replica runs a workflow must not depend on clocks that differ.
#ifndef COMITY_GATEWAY_WORKFLOW_WORKFLOW_STORE_H_
#define COMITY_GATEWAY_WORKFLOW_WORKFLOW_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/workflow.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

// A workflow as it is stored.
struct StoredWorkflow {
  v1::WorkflowRecord record;
  int64_t version = 0;  // journal entries about it
  int64_t epoch = 0;    // grows with each claim: who claimed with a lower one may write no more
  std::string asked;    // kAskedToStop, or the reason to withdraw it; empty: nothing
};

// That it stops before its next batch.
inline constexpr char kAskedToStop[] = "STOP";

// What started it, beside a request.
struct Start {
  std::string key;        // once at most; empty: nothing such
  int64_t position = -1;  // of the journal's entry
};
// Inserts it, claimed in epoch 1 for `lease`; journals `started`. ALREADY_EXISTS reason
// WORKFLOW_EXISTS, metadata `name`.
absl::Status InsertWorkflow(storage::Transaction& tx, const v1::WorkflowRecord& record,
                            const Start& start, absl::Duration lease);

// NOT_FOUND.
absl::StatusOr<StoredWorkflow> GetWorkflow(storage::Reader& reader, const std::string& name);

// Names of workflows of `kinds` that nobody runs and that are due, the longest due first: those of
// other kinds are for replicas of a newer release.
absl::StatusOr<std::vector<std::string>> DueWorkflows(storage::Reader& reader,
                                                      const std::vector<std::string>& kinds,
                                                      int limit);

// Takes it into the next epoch for `lease`, if nobody runs it and it is due; none otherwise.
absl::StatusOr<std::optional<StoredWorkflow>> ClaimWorkflow(storage::Transaction& tx,
                                                            const std::string& name,
                                                            absl::Duration lease);

// When it goes on, from now.
struct Schedule {
  absl::Duration lease;  // how long nobody else may take it; zero: it is given up
  absl::Duration pause;  // until it is due again
};
// Writes it in its epoch. With a `type`, which is journaled, its version is one more then. ABORTED
// reasons LEASE_LOST where another epoch has begun, WORKFLOW_ASKED (metadata `asked`) where
// something was asked of it since it was read.
absl::Status SaveWorkflow(storage::Transaction& tx, const StoredWorkflow& workflow,
                          const char* type, const Schedule& schedule);
// Puts one back that was claimed, as it was but for its record, due again after `pause`. ABORTED
// reason LEASE_LOST.
absl::Status PutBackWorkflow(storage::Transaction& tx, const StoredWorkflow& workflow,
                             absl::Duration pause);
// Makes a stuck or stopped one due: nobody runs it, so any epoch may write. Journals `type`.
absl::Status ResumeWorkflow(storage::Transaction& tx, const StoredWorkflow& workflow,
                            const char* type);

// Asks it to stop; who runs it sees it with his next write, else it becomes due.
absl::Status AskToStop(storage::Transaction& tx, const std::string& name);
// Asks all workflows of that kind and subject that entries before `position` have started to undo
// what they did, also those that have succeeded. `reason`: UPPER_SNAKE, what they are refused for.
absl::Status AskToWithdraw(storage::Transaction& tx, const std::string& kind,
                           const std::string& subject, int64_t position, const std::string& reason);
// Whether one of that kind and subject stands, or is under way to.
absl::StatusOr<bool> HasStanding(storage::Reader& reader, const std::string& kind,
                                 const std::string& subject);

struct WorkflowQuery {
  int state = 0;        // 0: any
  std::string kind;     // empty: any
  std::string subject;  // empty: any
  std::string before;   // name: only those that began before it; empty: from the latest
  int limit = 0;
};
// The latest first.
absl::StatusOr<std::vector<v1::Workflow>> ListWorkflows(storage::Reader& reader,
                                                        const WorkflowQuery& query);
// Those of `names` that have ended.
absl::StatusOr<std::vector<std::string>> EndedOf(storage::Reader& reader,
                                                 const std::vector<std::string>& names);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_WORKFLOW_STORE_H_
