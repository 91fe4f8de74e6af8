// Ledger::Rebuild: the same intakes again, from the journals into a generation of their own.
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/empty.pb.h"
#include "services/reporting/ledger.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::reporting {
namespace {

constexpr int kIntakesAtOnce = 500;
constexpr int kDeleteAtOnce = 200;  // of each table

}  // namespace

absl::Status Ledger::Replay(Call& call, const ReadEntries& entries, int64_t generation,
                            int64_t last, State* state,
                            v1::RebuildReportingResponse* response) const {
  while (state->number() < last) {
    std::vector<v1::Intake> intakes;
    COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
      COMITY_ASSIGN_OR_RETURN(intakes, ListIntakes(reader, state->number(), last, kIntakesAtOnce));
      return absl::OkStatus();
    }));
    if (intakes.empty()) return Internal(absl::StrCat("no intake after ", state->number()));
    for (v1::Intake& intake : intakes) {
      COMITY_ASSIGN_OR_RETURN(const Batch batch, entries(intake.source(), intake.from_position(),
                                                         intake.to_position()));
      const Effects effects = Extract(batch, std::move(intake));
      google::protobuf::Empty reply;
      COMITY_RETURN_IF_ERROR(storage::TransactInto(
          call, {},
          [&](storage::Transaction& tx) { return InsertEffects(tx, generation, effects); },
          &reply));
      state->Apply(effects);
      response->set_intakes(response->intakes() + 1);
      response->set_entries(response->entries() + batch.size());
    }
  }
  return absl::OkStatus();
}

absl::Status Ledger::SwitchTo(Call& call, const ReadEntries& entries, int64_t generation,
                              std::unique_ptr<State> state,
                              v1::RebuildReportingResponse* response) {
  // No intake passes while the last ones are replayed.
  absl::MutexLock lock(&intake_mutex_);
  const Head from = head();
  COMITY_RETURN_IF_ERROR(Replay(call, entries, generation, from.number, state.get(), response));
  google::protobuf::Empty reply;
  COMITY_RETURN_IF_ERROR(storage::TransactInto(
      call, {},
      [&](storage::Transaction& tx) {
        return MoveHead(tx, from, {generation, from.number});
      },
      &reply));
  absl::MutexLock state_lock(&state_mutex_);
  state_ = std::move(state);
  generation_ = generation;
  return absl::OkStatus();
}

absl::Status Ledger::DeleteLeavings(Call& call, int64_t keep) const {
  int64_t deleted = 1;
  while (deleted > 0) {
    google::protobuf::Empty reply;
    COMITY_RETURN_IF_ERROR(storage::TransactInto(
        call, {},
        [&](storage::Transaction& tx) -> absl::Status {
          COMITY_ASSIGN_OR_RETURN(deleted, DeleteOtherGenerations(tx, keep, kDeleteAtOnce));
          return absl::OkStatus();
        },
        &reply));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::RebuildReportingResponse> Ledger::Rebuild(Call& call,
                                                             const ReadEntries& entries) {
  if (!rebuild_mutex_.TryLock()) {
    return PreconditionFailed("REBUILD_RUNS", "reporting", "a rebuild is running already");
  }
  const absl::Cleanup unlock = [this] { rebuild_mutex_.Unlock(); };
  if (!loaded()) return Unavailable("NOT_READY", "reporting is still loading");
  // The work is the service's own: it has no reply to be stored with each of its steps.
  Call own = OwnCall("reporting/Rebuild", call.deadline);
  const Head before = head();
  COMITY_RETURN_IF_ERROR(DeleteLeavings(own, before.generation));
  const int64_t generation = before.generation + 1;
  auto state = std::make_unique<State>(*runtime_->charter);
  v1::RebuildReportingResponse response;
  COMITY_RETURN_IF_ERROR(Replay(own, entries, generation, before.number, state.get(), &response));
  COMITY_RETURN_IF_ERROR(SwitchTo(own, entries, generation, std::move(state), &response));
  past_.Clear();
  COMITY_RETURN_IF_ERROR(DeleteLeavings(own, generation));
  return response;
}

}  // namespace comity::reporting
