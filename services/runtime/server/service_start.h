// Which program serves: a change of the rules by a release is a change of the rules, so it stands
// in the journal.
#ifndef COMITY_RUNTIME_SERVER_SERVICE_START_H_
#define COMITY_RUNTIME_SERVER_SERVICE_START_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/runtime/server/call.h"

namespace comity::server {

// The version of this program, e.g. `0.1.0`.
std::string BuildVersion();

// Journals `service-started` (payload ServiceStart) about `services/{service}`, unless the last
// such entry names the same build and rules. Replicas that start at once note it once.
absl::Status NoteStart(const Runtime& runtime, const std::string& build, absl::Time now);

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_SERVICE_START_H_
