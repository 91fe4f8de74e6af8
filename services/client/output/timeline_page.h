// A timeline as one HTML page that prints well: no script, nothing from elsewhere, all text
// escaped.
#ifndef COMITY_CLIENT_OUTPUT_TIMELINE_PAGE_H_
#define COMITY_CLIENT_OUTPUT_TIMELINE_PAGE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "comity/gateway/v1/timeline.pb.h"

namespace comity::client {

std::string TimelinePage(const gateway::v1::Timeline& timeline);

// Text as it stands between tags or in a quoted attribute: on one line, and never a tag or an
// entity.
std::string HtmlText(absl::string_view text);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_TIMELINE_PAGE_H_
