// The histories that the gateway keeps itself: of handovers, credit statements and disputes.
#ifndef COMITY_GATEWAY_TIMELINE_OWN_HISTORIES_H_
#define COMITY_GATEWAY_TIMELINE_OWN_HISTORIES_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/gateway/timeline/parts.h"
#include "services/gateway/timeline/told.h"
#include "services/runtime/server/call.h"

namespace comity::gateway::timeline {

// Adds those about `subjects`, and about `name` where its own history could not be read. What the
// reader's department may not read is withheld; entries after `as_of` are left out.
absl::Status ReadOwnHistories(Call& call, const std::string& name,
                              const std::set<std::string>& subjects, absl::Time as_of,
                              std::vector<Told>* told, Parts* parts);

}  // namespace comity::gateway::timeline

#endif  // COMITY_GATEWAY_TIMELINE_OWN_HISTORIES_H_
