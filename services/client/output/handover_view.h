// Handovers, and the agreements by which they are made, as people read them.
#ifndef COMITY_CLIENT_OUTPUT_HANDOVER_VIEW_H_
#define COMITY_CLIENT_OUTPUT_HANDOVER_VIEW_H_

#include <string>

#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/lead/v1/promise.pb.h"
#include "comity/type/v1/charter.pb.h"

namespace comity::client {

// One as a whole: its checklist, its answer, both clocks.
std::string ShowHandover(const gateway::v1::Handover& handover);
// What the offer named as promised, and what became of it by what is known: names alone of what is
// not. Empty: nothing was.
std::string ShowPromisesOf(const gateway::v1::Handover& handover,
                           const lead::v1::PromiseSet& known);
// One line each, with the clock that runs or ran last.
std::string ShowHandoverList(const gateway::v1::ListHandoversResponse& reply, int width);
// Who offers what to whom, what is asked and within which time.
std::string ShowAgreements(const type::v1::Charter& charter);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_HANDOVER_VIEW_H_
