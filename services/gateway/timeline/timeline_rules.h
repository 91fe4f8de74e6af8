// What follows from what happened, in the order in which it did: who was responsible, where
// departments did not agree, what clocks noted and what became of promises and disputes. Pure.
#ifndef COMITY_GATEWAY_TIMELINE_TIMELINE_RULES_H_
#define COMITY_GATEWAY_TIMELINE_TIMELINE_RULES_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "comity/gateway/v1/timeline.pb.h"
#include "services/gateway/timeline/told.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/server/call.h"

namespace comity::gateway::timeline {

// The bounds of a timeline: callers take 4 MiB.
inline constexpr int kMostEvents = 2000;
inline constexpr size_t kMostEventBytes = 2 << 20;

// An entry in its place.
struct Step {
  const Told* told = nullptr;
  absl::Time time;
};
// All of them, in causal order.
using Course = std::vector<Step>;

// Stretches and gaps.
void AddResponsibility(const Course& course, v1::Timeline* timeline);
// With what the charter settles from what was held.
void AddDisagreements(const Course& course, const charter::Charter& charter,
                      v1::Timeline* timeline);
// With when they stood still.
void AddClocks(const Course& course, v1::Timeline* timeline);
void AddDisputes(const Course& course, v1::Timeline* timeline);
// `now`: what is due before it and was not kept is overdue.
void AddPromises(const Course& course, absl::Time now, v1::Timeline* timeline);

// Whether the reader sees persons: where the charter is not blameless, or names his department, or
// he is an auditor.
bool SeesNames(const charter::Charter& charter, const Principal& reader);

struct Reading {
  absl::Time now;  // what it is read for: what has not ended lasts until then
  bool sees_names = true;
  std::string reader{};  // a person, who sees his own name
};
// All of it but the name and the parts. `told`: each entry once, in whatever order.
v1::Timeline MakeTimeline(const std::vector<Told>& told, const charter::Charter& charter,
                          const Reading& reading);

}  // namespace comity::gateway::timeline

#endif  // COMITY_GATEWAY_TIMELINE_TIMELINE_RULES_H_
