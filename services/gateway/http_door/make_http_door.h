// The door as the flags say.
#ifndef COMITY_GATEWAY_HTTP_DOOR_MAKE_HTTP_DOOR_H_
#define COMITY_GATEWAY_HTTP_DOOR_MAKE_HTTP_DOOR_H_

#include <memory>

#include "services/runtime/server/serve.h"

namespace comity::gateway {

// Listens on --http_listen (nowhere without the flag) with the certificate of --tls_cert, and calls
// the services through `parts.channels`.
std::unique_ptr<server::Background> MakeHttpDoor(const server::Parts& parts);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_MAKE_HTTP_DOOR_H_
