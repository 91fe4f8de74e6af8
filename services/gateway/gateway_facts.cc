#include "services/gateway/gateway_facts.h"

#include "services/gateway/charter_service.h"
#include "services/gateway/convert_lead.h"
#include "services/gateway/credit/credit_service.h"
#include "services/gateway/credit/credit_terms.h"
#include "services/gateway/credit/draw_credit.h"
#include "services/gateway/customer_service.h"
#include "services/gateway/directory_bootstrap.h"
#include "services/gateway/directory_service.h"
#include "services/gateway/dispute/dispute_service.h"
#include "services/gateway/dispute/dispute_turn.h"
#include "services/gateway/enact_charter.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/handover/accept_handover.h"
#include "services/gateway/handover/handover_clocks.h"
#include "services/gateway/handover/handover_service.h"
#include "services/gateway/http_door/make_http_door.h"
#include "services/gateway/lead_conversion_service.h"
#include "services/gateway/move_owner.h"
#include "services/gateway/move_owner_service.h"
#include "services/gateway/onboard_customer.h"
#include "services/gateway/signature_follower.h"
#include "services/gateway/timeline/timeline_service.h"
#include "services/gateway/workflow/make_workflows.h"
#include "services/gateway/workflow/workflow_service.h"
#include "services/runtime/workflow/participant_service.h"

namespace comity::gateway {
namespace {

// The engine is used by handlers and runs beside them.
class Gateway {
 public:
  std::vector<std::unique_ptr<grpc::Service>> Services(const server::Parts& parts) {
    workflows_ = MakeWorkflows(parts, GatewayWorkflows());
    const WorkflowStarter starter(workflows_->runner());
    std::vector<std::unique_ptr<grpc::Service>> services;
    services.push_back(std::make_unique<DirectoryService>(parts.edge));
    services.push_back(
        std::make_unique<CharterService>(parts.edge, workflows_->runner(), workflows_->caller()));
    services.push_back(std::make_unique<CustomerService>(
        parts.edge,
        [channels = parts.channels](const std::string& service) { return channels->To(service); }));
    services.push_back(std::make_unique<TimelineService>(
        parts.edge,
        [channels = parts.channels](const std::string& service) { return channels->To(service); }));
    services.push_back(
        std::make_unique<WorkflowService>(parts.edge, workflows_->runner(), workflows_->waiters()));
    services.push_back(std::make_unique<LeadConversionService>(parts.edge, starter));
    services.push_back(std::make_unique<MoveOwnerService>(parts.edge, starter));
    asker_ = std::make_unique<GrpcStepCaller>(
        [channels = parts.channels](const std::string& service) { return channels->To(service); });
    services.push_back(
        std::make_unique<HandoverService>(parts.edge, workflows_->runner(), workflows_->caller()));
    services.push_back(std::make_unique<CreditService>(parts.edge, parts.channels->To("lead")));
    forwarder_ = std::make_unique<GrpcCallForwarder>(
        [channels = parts.channels](const std::string& service) { return channels->To(service); });
    services.push_back(
        std::make_unique<DisputeService>(parts.edge, forwarder_.get(), asker_.get()));
    // Workflows that claim something here are undone here as well.
    services.push_back(std::make_unique<workflow::ParticipantService>(
        parts.edge, std::vector<workflow::Withdrawable>{}, std::vector<fact::SubjectFacts>{}));
    runner_ = workflows_->runner();
    return services;
  }

  std::vector<std::unique_ptr<server::Background>> Backgrounds(const server::Parts& parts) {
    std::vector<std::unique_ptr<server::Background>> backgrounds;
    backgrounds.push_back(MakeDirectoryBootstrap(parts));
    backgrounds.push_back(std::move(workflows_));
    backgrounds.push_back(MakeSignatureFollower(parts, runner_));
    backgrounds.push_back(std::make_unique<HandoverClocks>(parts.runtime, asker_.get()));
    backgrounds.push_back(std::make_unique<CreditTerms>(parts.runtime));
    backgrounds.push_back(std::make_unique<DisputeClocks>(parts.runtime));
    backgrounds.push_back(MakeHttpDoor(parts));
    return backgrounds;
  }

 private:
  std::unique_ptr<Workflows> workflows_;
  Runner* runner_ = nullptr;               // theirs, which outlive who follows what is signed
  std::unique_ptr<GrpcStepCaller> asker_;  // by nobody's right but the gateway's
  std::unique_ptr<GrpcCallForwarder> forwarder_;  // by the right of whoever calls
};

}  // namespace

std::vector<Definition> GatewayWorkflows() {
  return {ConvertLeadWorkflow(),  OnboardCustomerWorkflow(), MoveOwnerWorkflow(),
          EnactCharterWorkflow(), AcceptHandoverWorkflow(),  DrawCreditWorkflow()};
}

server::ServerFacts GatewayFacts() {
  const auto gateway = std::make_shared<Gateway>();
  server::ServerFacts facts;
  facts.service = "gateway";
  facts.migrations = GatewayMigrations();
  facts.collections = {"persons", "departments", "teams"};
  facts.services = [gateway](const server::Parts& parts) { return gateway->Services(parts); };
  facts.backgrounds = [gateway](const server::Parts& parts) { return gateway->Backgrounds(parts); };
  // One more each for the clocks of handovers and disputes, and the terms of credit statements.
  facts.connections = kWorkflowConnections + 3;
  return facts;
}

}  // namespace comity::gateway
