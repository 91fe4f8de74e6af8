#include "services/gateway/gateway_facts.h"

#include "services/gateway/charter_service.h"
#include "services/gateway/convert_lead.h"
#include "services/gateway/customer_service.h"
#include "services/gateway/directory_bootstrap.h"
#include "services/gateway/directory_service.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/http_door/make_http_door.h"
#include "services/gateway/lead_conversion_service.h"
#include "services/gateway/workflow/make_workflows.h"
#include "services/gateway/workflow/workflow_service.h"

namespace comity::gateway {
namespace {

// The engine is used by handlers and runs beside them.
class Gateway {
 public:
  std::vector<std::unique_ptr<grpc::Service>> Services(const server::Parts& parts) {
    workflows_ = MakeWorkflows(parts, {ConvertLeadWorkflow()});
    const WorkflowStarter starter(workflows_->runner());
    std::vector<std::unique_ptr<grpc::Service>> services;
    services.push_back(std::make_unique<DirectoryService>(parts.edge));
    services.push_back(std::make_unique<CharterService>(parts.edge));
    services.push_back(std::make_unique<CustomerService>(
        parts.edge,
        [channels = parts.channels](const std::string& service) { return channels->To(service); }));
    services.push_back(
        std::make_unique<WorkflowService>(parts.edge, workflows_->runner(), workflows_->waiters()));
    services.push_back(std::make_unique<LeadConversionService>(parts.edge, starter));
    return services;
  }

  std::vector<std::unique_ptr<server::Background>> Backgrounds(const server::Parts& parts) {
    std::vector<std::unique_ptr<server::Background>> backgrounds;
    backgrounds.push_back(MakeDirectoryBootstrap(parts));
    backgrounds.push_back(std::move(workflows_));
    backgrounds.push_back(MakeHttpDoor(parts));
    return backgrounds;
  }

 private:
  std::unique_ptr<Workflows> workflows_;
};

}  // namespace

server::ServerFacts GatewayFacts() {
  const auto gateway = std::make_shared<Gateway>();
  server::ServerFacts facts;
  facts.service = "gateway";
  facts.migrations = GatewayMigrations();
  facts.collections = {"persons", "departments", "teams"};
  facts.services = [gateway](const server::Parts& parts) { return gateway->Services(parts); };
  facts.backgrounds = [gateway](const server::Parts& parts) { return gateway->Backgrounds(parts); };
  facts.connections = kWorkflowConnections;
  return facts;
}

}  // namespace comity::gateway
