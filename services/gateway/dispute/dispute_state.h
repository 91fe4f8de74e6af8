// What a dispute says of itself: whose it is, whom it waits for, and what is told of it. Pure.
#ifndef COMITY_GATEWAY_DISPUTE_DISPUTE_STATE_H_
#define COMITY_GATEWAY_DISPUTE_DISPUTE_STATE_H_

#include <string>
#include <vector>

#include "comity/gateway/v1/dispute.pb.h"

namespace comity::gateway {

bool IsOpen(const v1::Dispute& dispute);
// Whether it ended with an outcome.
bool HasEffect(const v1::Dispute& dispute);
// The department that objects, and the other side.
std::vector<std::string> PartiesOf(const v1::Dispute& dispute);
bool IsParty(const v1::Dispute& dispute, const std::string& department);
// The departments that are to do something next: to answer, to agree, to decide, to think of an
// appeal, or to act on the outcome. Each once, in order.
std::vector<std::string> Awaits(const v1::Dispute& dispute);

// What makes a dispute a precedent of another: the same question, else the same kind of thing and
// the same reason.
std::string PrecedentKey(const v1::Dispute& dispute);
v1::DisputePrecedent PrecedentOf(const v1::Dispute& dispute);

// Leaves out the money, which only who may read opportunities may see.
void LeaveMoneyOut(v1::Dispute* dispute);
// What everybody may read in the journal.
v1::Dispute ForJournal(v1::Dispute dispute);

// Some arbiter's: the last one's stands. Null: there is none.
const v1::DisputeHearing* LastDecision(const v1::Dispute& dispute);
bool HasAnswered(const v1::Dispute& dispute, const std::string& department);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_DISPUTE_STATE_H_
