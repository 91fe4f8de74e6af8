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

}  // namespace comity::directory

#endif  // COMITY_RUNTIME_DIRECTORY_DIRECTORY_FOLLOWER_H_
