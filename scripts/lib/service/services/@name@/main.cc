// comity-@name@: @names@.
#include "services/@name@/@name@_migrations.h"
#include "services/@name@/@name@_service.h"
#include "services/runtime/server/serve.h"

namespace {

using namespace comity;  // NOLINT(google-build-using-namespace): a main is glue

std::vector<std::unique_ptr<grpc::Service>> Services(const server::Parts& parts) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<@name@::@Name@Service>(parts.edge));
  return services;
}

}  // namespace

int main(int argc, char** argv) {
  return server::Serve(argc, argv,
                       {.service = "@name@",
                        .migrations = @name@::@Name@Migrations(),
                        .collections = {"@names@"},
                        .services = Services});
}
