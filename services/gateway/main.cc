// comity-gateway: the directory, the view over all services, the charter, the HTTP/JSON door.
#include "services/gateway/charter_service.h"
#include "services/gateway/customer_service.h"
#include "services/gateway/directory_bootstrap.h"
#include "services/gateway/directory_service.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/http_door/make_http_door.h"
#include "services/runtime/server/serve.h"

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
  backgrounds.push_back(gateway::MakeHttpDoor(parts));
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
