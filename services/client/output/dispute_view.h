// Disputes as people read them.
#ifndef COMITY_CLIENT_OUTPUT_DISPUTE_VIEW_H_
#define COMITY_CLIENT_OUTPUT_DISPUTE_VIEW_H_

#include <string>

#include "absl/strings/string_view.h"
#include "comity/gateway/v1/dispute_service.pb.h"
#include "google/protobuf/message.h"

namespace comity::client {

// One as a whole: both sides, what they rest on, the arbiters, the outcome, what has to be done,
// and how earlier ones of the like ended.
std::string ShowDispute(const gateway::v1::Dispute& dispute);
// One line each, with the money and the clock that runs.
std::string ShowDisputeList(const gateway::v1::ListDisputesResponse& reply, int width);

// Of a record, or of those that a list holds: which are in dispute, each by its name and the open
// disputes about it; empty: none is.
std::string DisputedIn(const google::protobuf::Message& shown);

// What waits for a department.
struct DisputeTask {
  std::string what;                                  // `to answer`; empty: nothing
  const gateway::v1::DisputeClock* clock = nullptr;  // null: none runs
};
DisputeTask TaskOf(const gateway::v1::Dispute& dispute, absl::string_view department);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_DISPUTE_VIEW_H_
