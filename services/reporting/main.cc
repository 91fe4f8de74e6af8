// comity-reporting: the same record through every lens, reproducible.
#include "services/reporting/migrations.h"
#include "services/reporting/report_service.h"
#include "services/reporting/source_follower.h"
#include "services/runtime/server/serve.h"

namespace {

using namespace comity;  // NOLINT(google-build-using-namespace): a main is glue

}  // namespace

int main(int argc, char** argv) {
  // Made with the services, started with the backgrounds.
  std::unique_ptr<reporting::SourceFollower> follower;
  return server::Serve(
      argc, argv,
      {.service = "reporting",
       .migrations = reporting::ReportingMigrations(),
       .collections = {"reports", "intakes"},
       .services =
           [&](const server::Parts& parts) {
             follower = std::make_unique<reporting::SourceFollower>(parts);
             std::vector<std::unique_ptr<grpc::Service>> services;
             services.push_back(std::make_unique<reporting::ReportService>(
                 parts.edge, reporting::ReportSources{
                                 follower->ledger(), follower->reader(),
                                 [source = follower.get()] { return source->Progress(); }}));
             return services;
           },
       .backgrounds =
           [&](const server::Parts&) {
             std::vector<std::unique_ptr<server::Background>> backgrounds;
             backgrounds.push_back(std::move(follower));
             return backgrounds;
           }});
}
