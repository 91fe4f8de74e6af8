// When a failed call is worth another try.
#ifndef COMITY_CLIENT_API_RETRY_H_
#define COMITY_CLIENT_API_RETRY_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace comity::client {

// Whether the same request may succeed soon: the server is busy, away or starting, lost to a
// concurrent change, or has not yet heard of a person's role. Not where a certificate, the profile
// or the size of the request is what is wrong.
bool WorthAnotherTry(const absl::Status& status);
// Whether the service could not be asked: what comes next would meet the same.
bool IsAway(const absl::Status& status);
// Whether the call was refused for what it carries: without the item that is at fault, it may
// succeed.
bool IsRefusedContent(const absl::Status& status);
// How long the server asks to wait; zero if it does not say.
absl::Duration RetryDelay(const absl::Status& status);
// Calls `attempt` until it succeeds, fails for good, or `patience` is used up.
absl::Status WithRetries(absl::Duration patience, const std::function<absl::Status()>& attempt);

}  // namespace comity::client

#endif  // COMITY_CLIENT_API_RETRY_H_
