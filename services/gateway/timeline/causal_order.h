// Brings what happened in several places into one order in which nothing stands before what it is
// known to follow, whatever the clocks say. Pure.
#ifndef COMITY_GATEWAY_TIMELINE_CAUSAL_ORDER_H_
#define COMITY_GATEWAY_TIMELINE_CAUSAL_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace comity::gateway::timeline {

// Something that happened. `subject` and `version` are its own: no two have the same.
struct Moment {
  std::string subject;
  int64_t version = 0;
  absl::Time occurred;
  absl::Time recorded;
  std::vector<size_t> follows;  // indexes of what is known to precede it
};

struct Placed {
  size_t index = 0;
  absl::Time time;  // when it occurred, but never before what it follows
};

// All of them, ordered by `time`; of the same time, by when they occurred and were recorded, then
// by subject and version, unless one follows the other. The order in which they come plays no part.
// Where they are said to follow each other in a circle, the earliest of these comes first.
std::vector<Placed> CausalOrder(const std::vector<Moment>& moments);

}  // namespace comity::gateway::timeline

#endif  // COMITY_GATEWAY_TIMELINE_CAUSAL_ORDER_H_
