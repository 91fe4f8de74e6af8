// Follows the gateway's journal for open disputes, in services whose records can be disputed.
#ifndef COMITY_RUNTIME_DISPUTE_DISPUTE_FOLLOWER_H_
#define COMITY_RUNTIME_DISPUTE_DISPUTE_FOLLOWER_H_

#include <memory>
#include <string>
#include <vector>

#include "services/runtime/server/serve.h"

namespace comity::dispute {

// Whether a service that owns these collections has any.
bool CanBeDisputed(const std::vector<std::string>& collections);
// A service serves without it: a flag is late then, and nothing is wrong.
std::unique_ptr<server::Background> MakeDisputeFollower(const server::Parts& parts);

}  // namespace comity::dispute

#endif  // COMITY_RUNTIME_DISPUTE_DISPUTE_FOLLOWER_H_
