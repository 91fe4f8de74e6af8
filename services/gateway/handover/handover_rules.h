// What a handover may become, by whom, and what its clocks say. Pure.
#ifndef COMITY_GATEWAY_HANDOVER_HANDOVER_RULES_H_
#define COMITY_GATEWAY_HANDOVER_HANDOVER_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/handover.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/lead/v1/promise.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "services/gateway/handover/handover_clock.h"

namespace comity::gateway {

// Null where the charter has no such agreement.
const type::v1::HandoverAgreement* FindAgreement(const type::v1::Charter& charter,
                                                 const std::string& name);
// The service that owns records of that kind: `lead`. Empty: none is handed over.
std::string ServiceOfSubject(const std::string& subject);

// Whether an offer fits its agreement. PERMISSION_DENIED reason AGREEMENT_NOT_OWN; INVALID_ARGUMENT
// reasons COLLECTION_DIFFERS, CHECKLIST_INCOMPLETE, CHECKLIST_ITEM_UNKNOWN (also for one answered
// twice).
absl::Status CheckOffer(const type::v1::HandoverAgreement& agreement, const std::string& department,
                        const v1::OfferHandoverRequest& request);
// The handover that such an offer begins, without name, actor and `offers_before`. Errors: those of
// the calendar.
absl::StatusOr<v1::Handover> BeginHandover(const type::v1::Charter& charter,
                                           const type::v1::HandoverAgreement& agreement,
                                           const v1::OfferHandoverRequest& request, absl::Time now);

// Those of the promises that are open go with it, by name.
void TakePromises(const lead::v1::PromiseSet& promises, v1::Handover* handover);

// PERMISSION_DENIED reason NOT_OWN_DEPARTMENT, FAILED_PRECONDITION reason HANDOVER_NOT_OPEN.
absl::Status CheckMayAnswer(const v1::Handover& handover, const std::string& department);
absl::Status CheckMayWithdraw(const v1::Handover& handover, const std::string& department);
// INVALID_ARGUMENT reason RETURN_REASON_UNKNOWN.
absl::Status CheckReturnReason(const type::v1::HandoverAgreement& agreement,
                               const std::string& reason);

// An answer: from now on it is `state`, and its first clock stands.
void Answer(v1::HandoverState state, const type::v1::Actor& actor, absl::Time now,
            v1::Handover* handover);
// Whether that workflow has claimed it, and has not ended.
bool IsHeldBy(const v1::Handover& handover, const std::string& workflow);
// What BeginAcceptance claimed is offered again, as if nobody had answered.
void Reopen(v1::Handover* handover);
// It is accepted, and the record has passed on: the time to act runs from `now` on, where the
// agreement has one. How long that took is nobody's fault.
absl::Status CompleteAcceptance(const type::v1::Charter& charter,
                                const type::v1::HandoverAgreement& agreement, int64_t version,
                                absl::Time now, v1::Handover* handover);

// What the running clocks have to say at `now`, noted in the handover: each once.
std::vector<HandoverEvent> NoteClocks(absl::Time now, v1::Handover* handover);
// The same of the time to act, where the department has acted by now (`acted`) or not: it stands
// then, and runs again where what stopped it was voided.
std::vector<HandoverEvent> NoteDeed(std::optional<absl::Time> acted, absl::Time now,
                                    v1::Handover* handover);
// Whether the department has yet to act, in its time or after it.
bool AwaitsDeed(const v1::Handover& handover);
// The department that is to answer it, or to act, next; empty: none.
std::string Awaits(const v1::Handover& handover);
// The department to which that was escalated, until it is done; empty: none.
std::string EscalatedTo(const v1::Handover& handover);
// When the clocks are to be looked at after `now`; infinite: not again.
absl::Time NextLook(const v1::Handover& handover, absl::Time now);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_HANDOVER_RULES_H_
