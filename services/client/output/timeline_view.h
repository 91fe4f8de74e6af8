// A timeline as a table by day, and what follows from it.
#ifndef COMITY_CLIENT_OUTPUT_TIMELINE_VIEW_H_
#define COMITY_CLIENT_OUTPUT_TIMELINE_VIEW_H_

#include <string>

#include "comity/gateway/v1/timeline.pb.h"

namespace comity::client {

std::string TimelineText(const gateway::v1::Timeline& timeline, int width);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_TIMELINE_VIEW_H_
