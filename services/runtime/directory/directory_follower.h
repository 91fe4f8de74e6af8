// Keeps this service's copy of the directory (tables directory_records, followed_positions of the
// runtime's migrations) and the in-memory Directory. In the gateway itself it follows the own
// journal through the database instead of gRPC.
#ifndef COMITY_RUNTIME_DIRECTORY_DIRECTORY_FOLLOWER_H_
#define COMITY_RUNTIME_DIRECTORY_DIRECTORY_FOLLOWER_H_

#include <memory>

#include "services/runtime/server/serve.h"

namespace comity::directory {

// `parts.runtime->service` tells whether this is the gateway.
std::unique_ptr<server::Background> MakeDirectoryFollower(const server::Parts& parts);

// The next snapshot after entries of types `department-…`, `team-…`, `person-…` (payload
// Department, Team, Person; Person with all its memberships). Pure.
std::shared_ptr<const Snapshot> Apply(
    const Snapshot& before,
    const google::protobuf::RepeatedPtrField<journal::v1::PositionedEntry>& batch);

}  // namespace comity::directory

#endif  // COMITY_RUNTIME_DIRECTORY_DIRECTORY_FOLLOWER_H_
