// Journal entries as a timeline tells them, and what each is known to follow. Pure.
#ifndef COMITY_GATEWAY_TIMELINE_TOLD_H_
#define COMITY_GATEWAY_TIMELINE_TOLD_H_

#include <memory>
#include <string>
#include <vector>

#include "comity/gateway/v1/dispute.pb.h"
#include "comity/gateway/v1/timeline.pb.h"
#include "comity/journal/v1/journal.pb.h"
#include "google/protobuf/message.h"
#include "services/gateway/timeline/causal_order.h"

namespace comity::gateway::timeline {

// An entry, and the service that told it.
struct Told {
  std::string service;
  journal::v1::PositionedEntry positioned;
  const journal::v1::Entry& entry() const { return positioned.entry(); }
};

// What the entry tells, without its place (`time`, `follows`). `before`: the entry of the same
// subject that came before it; null: none is known.
v1::TimelineEvent EventOf(const Told& told, const journal::v1::Entry* before);

// What an entry of that type about a dispute tells, which it left as `dispute`: never words or
// money.
void TellDispute(const journal::v1::Entry& entry, const v1::Dispute& dispute,
                 v1::TimelineEvent* event);
// The last hearing in which an arbiter has decided; null: none has.
const v1::DisputeHearing* DecisionIn(const v1::Dispute& dispute);

// Takes away the names of persons other than `reader`.
void LeaveNamesOut(const std::string& reader, v1::TimelineEvent* event);

// The record as the entry left it; null where the entry does not say it.
std::unique_ptr<google::protobuf::Message> RecordOf(const journal::v1::Entry& entry);
// A text field of it; empty where it has none.
std::string TextOf(const google::protobuf::Message& record, const char* field);
// Whether a field of it is set.
bool IsSet(const google::protobuf::Message& record, const char* field);

// What each of them is known to follow: the earlier version of its subject; the making of records
// that it names; the offer of the handover by which a record passed on, and that passing where the
// handover says so; the signature that a statement or case came from; evidence; what a dispute is
// about, and its opening and outcome where they were acted on. One that is dated back may stand
// before the records that it names: whoever brings old history in makes these first.
std::vector<Moment> MomentsOf(const std::vector<Told>& told);

}  // namespace comity::gateway::timeline

#endif  // COMITY_GATEWAY_TIMELINE_TOLD_H_
