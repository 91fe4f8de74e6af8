#include "services/gateway/handover/handover_clocks.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "google/protobuf/empty.pb.h"
#include "services/gateway/handover/accept_handover.h"
#include "services/gateway/handover/handover_rules.h"
#include "services/gateway/handover/handover_store.h"
#include "services/gateway/handover/responsibility_reader.h"
#include "services/gateway/workflow/workflow_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {
namespace {

constexpr absl::Duration kPoll = absl::Milliseconds(500);
// A service that is away, or a workflow that has not come to what it is to do.
constexpr absl::Duration kAskAgain = absl::Seconds(30);
constexpr int kMostAcceptances = 100;  // of a record

// What a look learnt of a deed, before its transaction: nothing, where nobody was asked; an error,
// where nobody could tell.
using Deed = std::optional<absl::StatusOr<std::optional<absl::Time>>>;

// When its department first did something about a record that it has accepted; none: it has not. A
// record that is gone asks nothing of anybody any more: it stands as done by now, or when it was.
absl::StatusOr<std::optional<absl::Time>> ReadDeed(ResponsibilityReader* reader, const Call& call,
                                                   const v1::Handover& handover) {
  const auto said =
      reader->Read(call, handover.subject(), {handover.to(), handover.subject_version()});
  if (Reason(said.status()) == "RECORD_WITHDRAWN") {
    const v1::HandoverClock& clock = handover.act_clock();
    return std::make_optional(clock.has_stop_time() ? resource::ToTime(clock.stop_time())
                                                    : call.now);
  }
  COMITY_RETURN_IF_ERROR(said.status());
  if (!said->has_act_time()) return std::optional<absl::Time>();
  return std::make_optional(resource::ToTime(said->act_time()));
}

// Whether its workflow goes for an acceptance, and was not refused.
bool IsUnderWay(const v1::Workflow& workflow) {
  return workflow.state() == v1::WORKFLOW_STATE_RUNNING ||
         (workflow.state() == v1::WORKFLOW_STATE_STUCK &&
          workflow.stuck_in() == v1::WORKFLOW_STATE_RUNNING);
}

// When somebody accepted the offer whose workflow has not come to claim it: it counts from then.
// Infinite: nobody has.
absl::StatusOr<absl::Time> ReadAcceptance(storage::Reader& reader, const v1::Handover& handover) {
  absl::Time first = absl::InfiniteFuture();
  if (handover.state() != v1::HANDOVER_STATE_OFFERED) return first;
  WorkflowQuery query;
  query.kind = kAcceptHandover;
  query.subject = handover.subject();
  query.limit = kMostAcceptances;
  COMITY_ASSIGN_OR_RETURN(const auto workflows, ListWorkflows(reader, query));
  for (const v1::Workflow& workflow : workflows) {
    const absl::Time begun = resource::ToTime(workflow.create_time());
    const bool is_of_this = begun >= resource::ToTime(handover.create_time());
    if (is_of_this && IsUnderWay(workflow)) first = std::min(first, begun);
  }
  return first;
}

absl::Status NoteIn(storage::Transaction& tx, const std::string& name, const Deed& deed,
                    absl::Time now) {
  COMITY_ASSIGN_OR_RETURN(StoredHandover stored, LockHandover(tx, name));
  v1::Handover& handover = stored.handover;
  COMITY_ASSIGN_OR_RETURN(const absl::Time accepted, ReadAcceptance(tx, handover));
  std::vector<HandoverEvent> events = NoteClocks(std::min(now, accepted), &handover);
  const bool is_known = deed.has_value() && deed->ok();
  if (is_known) {
    for (HandoverEvent& event : NoteDeed(**deed, now, &handover)) {
      events.push_back(std::move(event));
    }
  }
  if (!events.empty()) *handover.mutable_update_time() = resource::FromTime(now);
  const bool waits = accepted < now || (deed.has_value() && !is_known);
  return SaveHandover(tx, stored, events, waits ? now + kAskAgain : NextLook(handover, now));
}

absl::Status LookAtClocks(ResponsibilityReader* reader, Call& call, const std::string& name) {
  StoredHandover seen;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& rows) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(seen, GetHandover(rows, name));
    return absl::OkStatus();
  }));
  Deed deed;
  if (seen.handover.has_act_clock()) deed = ReadDeed(reader, call, seen.handover);
  google::protobuf::Empty none;
  COMITY_RETURN_IF_ERROR(storage::TransactInto(
      call, storage::TransactOptions(),
      [&](storage::Transaction& tx) { return NoteIn(tx, name, deed, call.now); }, &none));
  return deed.has_value() ? deed->status() : absl::OkStatus();
}

}  // namespace

HandoverClocks::HandoverClocks(const Runtime* runtime, StepCaller* caller)
    : DueTimer(runtime, {"HandoverClocks", kPoll, DueHandovers,
                         [reader = std::make_shared<ResponsibilityReader>(caller, kAskAgain)](
                             Call& call, const auto& name) {
                           return LookAtClocks(reader.get(), call, name);
                         }}) {}

}  // namespace comity::gateway
