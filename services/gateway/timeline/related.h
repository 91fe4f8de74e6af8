// Which records belong to another one, by what their histories name. Pure.
#ifndef COMITY_GATEWAY_TIMELINE_RELATED_H_
#define COMITY_GATEWAY_TIMELINE_RELATED_H_

#include <string>
#include <vector>

#include "services/gateway/timeline/told.h"

namespace comity::gateway::timeline {

// Of an account or opportunity, the leads that its opportunities came from; of a lead, the
// opportunity that it became; of a case, the opportunity whose signature opened it. Each once, by
// name.
std::vector<std::string> RelatedTo(const std::string& name, const std::vector<Told>& told);

}  // namespace comity::gateway::timeline

#endif  // COMITY_GATEWAY_TIMELINE_RELATED_H_
