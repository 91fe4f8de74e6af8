// Who was responsible when, as lanes: one for each record, with gaps, disagreements and disputes.
// SVG.
#ifndef COMITY_CLIENT_OUTPUT_TIMELINE_CHART_H_
#define COMITY_CLIENT_OUTPUT_TIMELINE_CHART_H_

#include <string>

#include "comity/gateway/v1/timeline.pb.h"
#include "services/client/output/timeline_words.h"

namespace comity::client {

// Empty where nothing has a lane.
std::string TimelineChart(const gateway::v1::Timeline& timeline, const TimelineWords& words);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_TIMELINE_CHART_H_
