// comity-gateway: the directory, the view over all services, the charter, the HTTP/JSON door.
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "services/gateway/charter_service.h"
#include "services/gateway/customer_service.h"
#include "services/gateway/directory_bootstrap.h"
#include "services/gateway/directory_service.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/http_door/http_door.h"
#include "services/runtime/server/serve.h"

ABSL_FLAG(std::string, http_listen, "", "address:port of the HTTP/JSON door; empty: no door");
ABSL_DECLARE_FLAG(std::string, tls_cert);
ABSL_DECLARE_FLAG(std::string, tls_key);

namespace {

using namespace comity;  // NOLINT(google-build-using-namespace): a main is glue

std::vector<std::unique_ptr<grpc::Service>> Services(const server::Parts& parts) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<gateway::DirectoryService>(parts.edge));
  services.push_back(std::make_unique<gateway::CharterService>(parts.edge));
  services.push_back(std::make_unique<gateway::CustomerService>(
      parts.edge, [&](const std::string& service) { return parts.channels->To(service); }));
  return services;
}

std::vector<std::unique_ptr<server::Background>> Backgrounds(const server::Parts& parts) {
  std::vector<std::unique_ptr<server::Background>> backgrounds;
  backgrounds.push_back(gateway::MakeDirectoryBootstrap(parts));
  if (absl::GetFlag(FLAGS_http_listen).empty()) return backgrounds;
  gateway::HttpOptions options;
  options.listen = absl::GetFlag(FLAGS_http_listen);
  options.certificate_file = absl::GetFlag(FLAGS_tls_cert);
  options.key_file = absl::GetFlag(FLAGS_tls_key);
  backgrounds.push_back(std::make_unique<gateway::HttpDoor>(
      std::move(options),
      [channels = parts.channels](const std::string& service) { return channels->To(service); }));
  return backgrounds;
}

}  // namespace

int main(int argc, char** argv) {
  return server::Serve(argc, argv,
                       {.service = "gateway",
                        .migrations = gateway::GatewayMigrations(),
                        .collections = {"persons", "departments", "teams"},
                        .services = Services,
                        .backgrounds = Backgrounds});
}
