// Which headers of a request go on to the service, and in what form: gRPC ends the process that
// hands it metadata of other bytes than printable ASCII. Pure.
#ifndef COMITY_GATEWAY_HTTP_DOOR_FORWARDED_HEADERS_H_
#define COMITY_GATEWAY_HTTP_DOOR_FORWARDED_HEADERS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/gateway/http_door/http_server.h"

namespace comity::gateway {

// The bearer token. UNAUTHENTICATED reason TOKEN_MISSING when there is none, TOKEN_MALFORMED when
// it has bytes that no token has, TOKEN_TOO_LARGE.
absl::StatusOr<std::string> TokenOf(const HttpRequest& request);

// The metadata of the call: `token` and the trace. A trace that is none is dropped: it is no reason
// to refuse anybody.
std::vector<std::pair<std::string, std::string>> MetadataFor(const HttpRequest& request,
                                                             absl::string_view token);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_FORWARDED_HEADERS_H_
