#include "services/gateway/handover/handover_clocks.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "google/protobuf/empty.pb.h"
#include "services/gateway/handover/accept_handover.h"
#include "services/gateway/handover/agreement_of.h"
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

// What a look learnt from the record's service, before its transaction.
struct Said {
  absl::StatusOr<workflow::v1::Responsibility> about;  // an error, where it could not tell
  bool of_deeds = false;                               // whether it was asked for them
};

// A record that is gone asks nothing of anybody any more: it stands as done by now, or when it was.
workflow::v1::Responsibility OfWithdrawn(const v1::Handover& handover, absl::Time now) {
  const v1::HandoverClock& clock = handover.act_clock();
  workflow::v1::Responsibility said;
  *said.mutable_act_time() = clock.has_stop_time() ? clock.stop_time() : resource::FromTime(now);
  return said;
}

// When its department first did something about a record that it has accepted, and when the record
// was waiting for the customer. Nobody is asked where no clock counts any more.
std::optional<Said> Ask(ResponsibilityReader* reader, const Call& call,
                        const v1::Handover& handover) {
  const bool of_deeds = handover.has_act_clock();
  if (!of_deeds && !Runs(handover.accept_clock())) return {};
  DeedsOf deeds;
  if (of_deeds) deeds = {handover.to(), handover.subject_version()};
  auto about = reader->Read(call, handover.subject(), deeds);
  if (Reason(about.status()) == "RECORD_WITHDRAWN") about = OfWithdrawn(handover, call.now);
  return Said{std::move(about), of_deeds};
}

std::optional<absl::Time> DeedIn(const workflow::v1::Responsibility& said) {
  if (!said.has_act_time()) return {};
  return resource::ToTime(said.act_time());
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

void AppendEvents(std::vector<HandoverEvent> more, std::vector<HandoverEvent>* events) {
  std::move(more.begin(), more.end(), std::back_inserter(*events));
}

// What the clocks say by what is known; nothing of those whose record's service could not tell: it
// may have been waiting, or done.
absl::StatusOr<std::vector<HandoverEvent>> NoteWhatIsKnown(const Call& call,
                                                           const std::optional<Said>& said,
                                                           absl::Time accepted,
                                                           v1::Handover* handover) {
  std::vector<HandoverEvent> events;
  if (!said.has_value() || !said->about.ok()) return events;
  COMITY_ASSIGN_OR_RETURN(const OfferedBy by, AgreementOf(call, *handover));
  COMITY_ASSIGN_OR_RETURN(events,
                          CountWaits(*by.charter, *by.agreement, *said->about, call.now, handover));
  AppendEvents(NoteClocks(std::min(call.now, accepted), handover), &events);
  // Where it was accepted since, nobody has asked for them.
  if (said->of_deeds) AppendEvents(NoteDeed(DeedIn(*said->about), call.now, handover), &events);
  return events;
}

absl::Status NoteIn(storage::Transaction& tx, const Call& call, const std::string& name,
                    const std::optional<Said>& said) {
  COMITY_ASSIGN_OR_RETURN(StoredHandover stored, LockHandover(tx, name));
  v1::Handover& handover = stored.handover;
  COMITY_ASSIGN_OR_RETURN(const absl::Time accepted, ReadAcceptance(tx, handover));
  COMITY_ASSIGN_OR_RETURN(const auto events, NoteWhatIsKnown(call, said, accepted, &handover));
  if (!events.empty()) *handover.mutable_update_time() = resource::FromTime(call.now);
  const bool waits = accepted < call.now || (said.has_value() && !said->about.ok());
  return SaveHandover(tx, stored, events,
                      waits ? call.now + kAskAgain : NextLook(handover, call.now));
}

absl::Status LookAtClocks(ResponsibilityReader* reader, Call& call, const std::string& name) {
  StoredHandover seen;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& rows) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(seen, GetHandover(rows, name));
    return absl::OkStatus();
  }));
  const std::optional<Said> said = Ask(reader, call, seen.handover);
  google::protobuf::Empty none;
  COMITY_RETURN_IF_ERROR(storage::TransactInto(
      call, storage::TransactOptions(),
      [&](storage::Transaction& tx) { return NoteIn(tx, call, name, said); }, &none));
  return said.has_value() ? said->about.status() : absl::OkStatus();
}

}  // namespace

HandoverClocks::HandoverClocks(const Runtime* runtime, StepCaller* caller)
    : DueTimer(runtime, {"HandoverClocks", kPoll, DueHandovers,
                         [reader = std::make_shared<ResponsibilityReader>(caller, kAskAgain)](
                             Call& call, const auto& name) {
                           return LookAtClocks(reader.get(), call, name);
                         }}) {}

}  // namespace comity::gateway
