// Names what gRPC itself reports. Services give each error a reason; gRPC knows only codes, and
// says UNAVAILABLE of a service that is away and of a certificate that is refused.
#ifndef COMITY_CLIENT_API_TRANSPORT_ERROR_H_
#define COMITY_CLIENT_API_TRANSPORT_ERROR_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace comity::client {

inline constexpr size_t kLargestRequest = 1 << 20;  // bytes; a service takes no more

// OK, or RESOURCE_EXHAUSTED reason MESSAGE_TOO_LARGE: it would be refused by whoever receives it.
absl::Status CheckRequestSize(size_t bytes);

// `status` with a reason where gRPC's text tells one; a status that has a reason is returned as it
// is. `certificate_problem` is what is wrong with our own certificate, see certificate.h.
//   RESOURCE_EXHAUSTED  MESSAGE_TOO_LARGE      the answer is larger than this client takes
//   UNAVAILABLE         SERVICE_AWAY           nobody listens there
//                       CERTIFICATE_UNREADABLE no handshake without the profile's files
//                       CERTIFICATE_EXPIRED, CERTIFICATE_FOREIGN   of our own: the peer hung up
//                       PEER_NOT_TRUSTED       the peer's certificate is not of our authority
//                       PEER_IS_ANOTHER        another service listens there
//                       PEER_WITHOUT_TLS       what listens there is no service of Comity
absl::Status NameTransportError(const absl::Status& status, absl::string_view certificate_problem);

}  // namespace comity::client

#endif  // COMITY_CLIENT_API_TRANSPORT_ERROR_H_
