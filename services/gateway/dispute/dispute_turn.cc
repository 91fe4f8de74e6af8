#include "services/gateway/dispute/dispute_turn.h"

#include <utility>

#include "google/protobuf/empty.pb.h"
#include "services/gateway/dispute/dispute_effects.h"
#include "services/gateway/dispute/dispute_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr absl::Duration kDisputePoll = absl::Milliseconds(500);

absl::StatusOr<DisputeEvents> NothingMore(const DisputeTurn&, v1::Dispute*) {
  return DisputeEvents();
}

absl::Status NoteDispute(Call& call, const std::string& name) {
  google::protobuf::Empty none;
  return storage::TransactInto(
      call, storage::TransactOptions(),
      [&](storage::Transaction& tx) {
        return ChangeDisputeIn(tx, call, name, NothingMore).status();
      },
      &none);
}

}  // namespace

absl::StatusOr<v1::Dispute> ChangeDisputeIn(storage::Transaction& tx, const Call& call,
                                            const std::string& name, const DisputeChange& change) {
  COMITY_ASSIGN_OR_RETURN(StoredDispute stored, LockDispute(tx, name));
  v1::Dispute& dispute = stored.dispute;
  const charter::Revision* known = call.runtime->charters->Find(dispute.charter_revision());
  if (known == nullptr) return Internal("the charter of a dispute is not known");
  const DisputeTurn turn{known->charter.document(), call.actor(), call.now};
  const bool was_open = IsOpen(dispute);
  COMITY_ASSIGN_OR_RETURN(DisputeEvents events, NoteClocks(turn, &dispute));
  COMITY_ASSIGN_OR_RETURN(const DisputeEvents more, change(turn, &dispute));
  events.insert(events.end(), more.begin(), more.end());
  if (events.empty()) return dispute;
  *dispute.mutable_update_time() = resource::FromTime(call.now);
  if (was_open && !IsOpen(dispute)) {
    COMITY_RETURN_IF_ERROR(ApplyEnd(tx, call.now, &dispute));
  }
  COMITY_RETURN_IF_ERROR(SaveDispute(tx, stored, events));
  return dispute;
}

DisputeClocks::DisputeClocks(const Runtime* runtime)
    : DueTimer(runtime, {"DisputeClocks", kDisputePoll, DueDisputes, NoteDispute}) {}

}  // namespace comity::gateway
