// Ledger::Rebuild: a rebuild beside reads and intakes, and the switch to what it made.
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/empty.pb.h"
#include "services/reporting/ledger.h"
#include "services/reporting/rebuild_store.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::reporting {
namespace {

constexpr absl::Duration kStepTimeout = absl::Seconds(60);
constexpr int kDeleteAtOnce = 249;  // of each table
constexpr int kMostSwitches = 100;  // each lost to another replica's intake

absl::Status Runs(int64_t at, int64_t last) {
  return PreconditionFailed("REBUILD_RUNS", "reporting",
                            absl::StrCat("the rebuild goes on by itself and is at intake ", at,
                                         " of ", last, ": the same request gets its result"));
}

// Who asked for which rebuild: repairs are journaled like everything else.
journal::v1::Entry EntryOf(int64_t generation, const v1::RebuildReportingRequest& request) {
  journal::v1::Entry entry;
  entry.set_subject(absl::StrCat("rebuilds/", generation));
  entry.set_version(1);
  entry.set_type("rebuild-started");
  entry.mutable_payload()->PackFrom(request);
  return entry;
}

// Deletes the generations between two.
absl::Status DeleteBetween(Rebuild* rebuild, int64_t after, int64_t before) {
  int64_t deleted = 1;
  while (deleted > 0) {
    COMITY_RETURN_IF_ERROR(rebuild->Transact([&](storage::Transaction& tx) -> absl::Status {
      COMITY_ASSIGN_OR_RETURN(deleted, DeleteGenerations(tx, after, before, kDeleteAtOnce));
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Ledger::StartRebuild(std::function<void()> task) {
  if (rebuilds_now_.exchange(true)) return Runs(rebuild_at_, head().number);
  rebuild_at_ = 0;
  const absl::Status taken = rebuilder_.Submit({}, std::move(task));
  if (!taken.ok()) rebuilds_now_ = false;
  return taken;
}

absl::StatusOr<v1::RebuildReportingResponse> Ledger::Rebuild(Call& call,
                                                             const std::string& request_id,
                                                             const ReadEntries& entries,
                                                             bool trial) {
  if (!loaded()) return Unavailable("NOT_READY", "reporting is still loading");
  v1::RebuildReportingRequest request;
  request.set_request_id(request_id);
  request.set_validate_only(trial);
  const auto run = [this, entries, request, asker = call.principal] {
    const absl::Cleanup next = [this] { rebuilds_now_ = false; };
    return RunRebuild(entries, asker, request);
  };
  const auto result =
      rebuilds_.Get(absl::StrCat(request_id, trial ? "?" : ""), AnswerBy(call.deadline), run);
  if (absl::IsDeadlineExceeded(result.status())) return Runs(rebuild_at_, head().number);
  COMITY_RETURN_IF_ERROR(result.status());
  return **result;
}

absl::StatusOr<int64_t> Ledger::Claim(const Principal& asker,
                                      const v1::RebuildReportingRequest& request) const {
  Call call = OwnCall("reporting/Rebuild", absl::Now() + kStepTimeout);
  call.principal = asker;
  int64_t generation = 0;
  google::protobuf::Empty reply;
  COMITY_RETURN_IF_ERROR(storage::TransactInto(
      call, {},
      [&](storage::Transaction& tx) -> absl::Status {
        COMITY_ASSIGN_OR_RETURN(generation, ClaimGeneration(tx));
        tx.Append(EntryOf(generation, request));
        return absl::OkStatus();
      },
      &reply));
  return generation;
}

absl::StatusOr<std::shared_ptr<const v1::RebuildReportingResponse>> Ledger::RunRebuild(
    const ReadEntries& entries, const Principal& asker,
    const v1::RebuildReportingRequest& request) {
  const bool trial = request.validate_only();
  COMITY_ASSIGN_OR_RETURN(const int64_t generation, Claim(asker, request));
  reporting::Rebuild rebuild(
      [this] { return OwnCall("reporting/Rebuild", absl::Now() + kStepTimeout); }, entries,
      generation, runtime_->charters.get(),
      [this](int64_t at) -> absl::Status {
        rebuild_at_ = at;
        if (!stopping_) return absl::OkStatus();
        return Unavailable("DRAINING", "the server is shutting down; retry elsewhere");
      });
  const absl::Cleanup free = [&] {
    rebuild.Transact([&](storage::Transaction& tx) { return FreeClaim(tx, generation); })
        .IgnoreError();  // then it runs out
  };
  COMITY_RETURN_IF_ERROR(Refresh());
  const Head before = head();
  COMITY_RETURN_IF_ERROR(DeleteBetween(&rebuild, 0, before.generation));
  COMITY_RETURN_IF_ERROR(DeleteBetween(&rebuild, before.generation, generation));
  COMITY_RETURN_IF_ERROR(rebuild.ReplayTo(before.number));
  if (!trial) {
    COMITY_RETURN_IF_ERROR(SwitchTo(&rebuild));
    past_.Clear();
  }
  // It is done; what is left behind, the next rebuild deletes.
  const absl::Status cleared = trial ? DeleteBetween(&rebuild, before.generation, generation + 1)
                                     : DeleteBetween(&rebuild, 0, generation);
  if (!cleared.ok())
    server::LogMessage(runtime_->service, "rebuilt, without deleting the old rows");
  return std::make_shared<const v1::RebuildReportingResponse>(rebuild.response());
}

absl::Status Ledger::SwitchTo(reporting::Rebuild* rebuild) {
  // No intake of this process passes while the last ones are replayed; one of another replica may.
  absl::MutexLock lock(&intake_mutex_);
  for (int tries = 0;; ++tries) {
    Call call = OwnCall("reporting/Rebuild", absl::Now() + kStepTimeout);
    COMITY_RETURN_IF_ERROR(CatchUp(call));
    const Head from = head();
    COMITY_RETURN_IF_ERROR(rebuild->ReplayTo(from.number));
    const absl::Status moved = rebuild->Transact([&](storage::Transaction& tx) {
      return MoveHead(tx, from, {rebuild->generation(), from.number});
    });
    if (moved.ok()) break;
    if (Reason(moved) != "CONCURRENT_CHANGE" || tries == kMostSwitches) return moved;
  }
  absl::MutexLock state_lock(&state_mutex_);
  state_ = rebuild->ReleaseState();
  generation_ = rebuild->generation();
  return absl::OkStatus();
}

}  // namespace comity::reporting
