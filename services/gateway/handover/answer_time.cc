#include "services/gateway/handover/answer_time.h"

#include <utility>

#include "services/gateway/handover/agreement_of.h"
#include "services/gateway/handover/handover_rules.h"
#include "services/gateway/handover/handover_store.h"
#include "services/gateway/handover/responsibility_reader.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

Waits ReadWaits(Call& call, StepCaller* caller, const std::string& name) {
  v1::Handover handover;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(StoredHandover stored, GetHandover(reader, name));
    handover = std::move(stored.handover);
    return absl::OkStatus();
  }));
  if (!Runs(handover.accept_clock())) return ConcurrentChange("it was offered again meanwhile");
  Waits waits =
      ResponsibilityReader(caller, absl::InfiniteDuration()).Read(call, handover.subject());
  // A record that is gone waits for nobody any more.
  if (Reason(waits.status()) == "RECORD_WITHDRAWN") return workflow::v1::Responsibility();
  return waits;
}

absl::StatusOr<std::vector<HandoverEvent>> NoteAnswerTime(const Call& call, const Waits& waits,
                                                          absl::Time at, v1::Handover* handover) {
  if (!Runs(handover->accept_clock())) return NoteClocks(at, handover);
  COMITY_RETURN_IF_ERROR(waits.status());
  COMITY_ASSIGN_OR_RETURN(const OfferedBy by, AgreementOf(call, *handover));
  COMITY_ASSIGN_OR_RETURN(std::vector<HandoverEvent> events,
                          CountWaits(*by.charter, *by.agreement, *waits, at, handover));
  for (HandoverEvent& event : NoteClocks(at, handover)) events.push_back(std::move(event));
  return events;
}

}  // namespace comity::gateway
