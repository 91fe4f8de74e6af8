// Request ids (AIP-155).
#ifndef COMITY_CLIENT_API_REQUEST_ID_H_
#define COMITY_CLIENT_API_REQUEST_ID_H_

#include <string>

#include "absl/strings/string_view.h"

namespace comity::client {

// A random UUID.
std::string RandomRequestId();
// The same UUID (version 5) for the same seed: what is sent again has its effect once.
std::string RequestIdFor(absl::string_view seed);

}  // namespace comity::client

#endif  // COMITY_CLIENT_API_REQUEST_ID_H_
