// Disputes as people read them.
#ifndef COMITY_CLIENT_OUTPUT_DISPUTE_VIEW_H_
#define COMITY_CLIENT_OUTPUT_DISPUTE_VIEW_H_

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "comity/gateway/v1/dispute_service.pb.h"

namespace comity::client {

// One as a whole: both sides, what they rest on, the arbiters, the outcome, what has to be done,
// and how earlier ones of the like ended.
std::string ShowDispute(const gateway::v1::Dispute& dispute);
// One line each, with the money and the clock that runs.
std::string ShowDisputeList(const gateway::v1::ListDisputesResponse& reply, int width);

// Of some records those that are in dispute, each by its name and disputes; empty: none is.
std::string DisputedAmong(const gateway::v1::ListDisputesResponse& open,
                          const std::set<std::string>& names);
// How many are about records of a collection, and about how much money; empty: none is.
std::string DisputesAbout(const gateway::v1::ListDisputesResponse& open,
                          absl::string_view collection);

// What waits for a department.
struct DisputeTask {
  std::string what;                                  // `to answer`; empty: nothing
  const gateway::v1::DisputeClock* clock = nullptr;  // null: none runs
};
DisputeTask TaskOf(const gateway::v1::Dispute& dispute, absl::string_view department);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_DISPUTE_VIEW_H_
