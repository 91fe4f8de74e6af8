// Errors in the Connect protocol's JSON form. Pure.
#ifndef COMITY_GATEWAY_HTTP_DOOR_CONNECT_ERROR_H_
#define COMITY_GATEWAY_HTTP_DOOR_CONNECT_ERROR_H_

#include <string>

#include "absl/status/status.h"

namespace comity::gateway {

// `permission_denied` of PERMISSION_DENIED; `unknown` for what has no name.
std::string ConnectCode(absl::StatusCode code);
// The HTTP status of a Connect error.
int HttpCode(absl::StatusCode code);
// {"code":…,"message":…,"details":[{"type","value","debug"}…]}: the details are those of gRPC.
std::string ConnectErrorJson(const absl::Status& status);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_CONNECT_ERROR_H_
