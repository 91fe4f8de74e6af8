#include "services/gateway/handover/handover_clocks.h"

#include <optional>
#include <utility>
#include <vector>

#include "google/protobuf/empty.pb.h"
#include "services/gateway/handover/handover_rules.h"
#include "services/gateway/handover/handover_store.h"
#include "services/gateway/handover/responsibility_reader.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {
namespace {

constexpr absl::Duration kPoll = absl::Milliseconds(500);
constexpr absl::Duration kAskAgain = absl::Seconds(30);  // a service that is away

// When its department first did something about a record that it has accepted; none: it has not. A
// record that is gone asks nothing of anybody any more: it stands as done by now.
absl::StatusOr<std::optional<absl::Time>> ReadDeed(StepCaller* caller, const v1::Handover& handover,
                                                   absl::Time now, absl::Time deadline) {
  const auto said = ReadResponsibility(caller, handover.subject(), deadline,
                                       {handover.to(), handover.subject_version()});
  if (Reason(said.status()) == "RECORD_WITHDRAWN") return std::make_optional(now);
  COMITY_RETURN_IF_ERROR(said.status());
  if (!said->has_act_time()) return std::optional<absl::Time>();
  return std::make_optional(resource::ToTime(said->act_time()));
}

absl::Status LookAtClocks(StepCaller* caller, Call& call, const std::string& name) {
  const absl::Time now = call.now;
  StoredHandover stored;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(stored, GetHandover(reader, name));
    return absl::OkStatus();
  }));
  std::vector<HandoverEvent> events = NoteClocks(now, &stored.handover);
  absl::Status asked;
  if (AwaitsDeed(stored.handover)) {
    const auto acted = ReadDeed(caller, stored.handover, now, call.deadline);
    asked = acted.status();
    if (acted.ok()) {
      for (HandoverEvent& event : NoteDeed(*acted, now, &stored.handover)) {
        events.push_back(std::move(event));
      }
    }
  }
  if (!events.empty()) {
    *stored.handover.mutable_update_time() = resource::FromTime(now);
  }
  const absl::Time next = asked.ok() ? NextLook(stored.handover, now) : now + kAskAgain;
  google::protobuf::Empty none;
  COMITY_RETURN_IF_ERROR(storage::TransactInto(
      call, storage::TransactOptions(),
      [&](storage::Transaction& tx) { return SaveHandover(tx, stored, events, next); }, &none));
  return asked;
}

}  // namespace

HandoverClocks::HandoverClocks(const Runtime* runtime, StepCaller* caller)
    : DueTimer(runtime,
               {"HandoverClocks", kPoll, DueHandovers, [caller](Call& call, const auto& name) {
                  return LookAtClocks(caller, call, name);
                }}) {}

}  // namespace comity::gateway
