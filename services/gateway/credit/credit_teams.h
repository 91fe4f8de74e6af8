// The teams that people were in, by the directory's entries in the gateway's journal.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_TEAMS_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_TEAMS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/lead/v1/touch.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway::credit {

// From when on a person was in a team; empty: in none.
struct TeamSince {
  absl::Time since;
  std::string team;
};
using TeamHistory = std::vector<TeamSince>;  // in order of time

// The team at `time`. Before the first entry it is that of the first: the directory knows nothing
// older. Pure.
std::string TeamAt(const TeamHistory& history, absl::Time time);

// Of all persons who recorded a touch.
absl::StatusOr<std::map<std::string, TeamHistory>> ReadTeams(storage::Reader& reader,
                                                             const lead::v1::TouchSet& set);

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_TEAMS_H_
