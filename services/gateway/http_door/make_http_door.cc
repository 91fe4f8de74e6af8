#include "services/gateway/http_door/make_http_door.h"

#include <string>
#include <utility>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "services/gateway/http_door/http_door.h"

ABSL_FLAG(std::string, http_listen, "", "address:port of the HTTP/JSON door; empty: no door");
ABSL_FLAG(int, http_connections_of_address,
          comity::gateway::HttpOptions().max_connections_of_address,
          "connections that one address may have to the door; raise it behind a proxy");
ABSL_DECLARE_FLAG(std::string, tls_cert);
ABSL_DECLARE_FLAG(std::string, tls_key);

namespace comity::gateway {
namespace {

class NoDoor final : public server::Background {
 public:
  absl::Status Start() override { return absl::OkStatus(); }
  void Stop() override {}
};

}  // namespace

std::unique_ptr<server::Background> MakeHttpDoor(const server::Parts& parts) {
  HttpOptions options;
  options.listen = absl::GetFlag(FLAGS_http_listen);
  if (options.listen.empty()) return std::make_unique<NoDoor>();
  options.certificate_file = absl::GetFlag(FLAGS_tls_cert);
  options.key_file = absl::GetFlag(FLAGS_tls_key);
  options.max_connections_of_address = absl::GetFlag(FLAGS_http_connections_of_address);
  return std::make_unique<HttpDoor>(
      std::move(options),
      [channels = parts.channels](const std::string& service) { return channels->To(service); },
      std::make_unique<VerifiedCallers>(parts.tokens, parts.directory), DoorLimits(),
      parts.metrics);
}

}  // namespace comity::gateway
