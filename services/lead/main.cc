// comity-lead: leads, opportunities, campaigns and products.
#include "services/lead/campaign_service.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/lead_service.h"
#include "services/lead/opportunity_service.h"
#include "services/lead/product_service.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/judgement/judgement_service.h"
#include "services/runtime/judgement/settlement_timers.h"
#include "services/runtime/server/serve.h"
#include "services/runtime/workflow/participant_service.h"

namespace {

using namespace comity;  // NOLINT(google-build-using-namespace): a main is glue

std::vector<std::unique_ptr<grpc::Service>> Services(const server::Parts& parts) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<lead::LeadService>(parts.edge));
  services.push_back(std::make_unique<lead::OpportunityService>(parts.edge));
  services.push_back(std::make_unique<lead::CampaignService>(parts.edge));
  services.push_back(std::make_unique<lead::ProductService>(parts.edge));
  services.push_back(std::make_unique<workflow::ParticipantService>(
      parts.edge, lead::Withdrawables(), lead::Subjects()));
  services.push_back(std::make_unique<fact::FactService>(parts.edge, lead::Subjects()));
  services.push_back(std::make_unique<judgement::JudgementService>(parts.edge, lead::Subjects()));
  return services;
}

}  // namespace

int main(int argc, char** argv) {
  return server::Serve(argc, argv,
                       {.service = "lead",
                        .migrations = lead::LeadMigrations(),
                        .collections = {"leads", "opportunities", "campaigns", "products"},
                        .services = Services,
                        .backgrounds = judgement::SettlementTimers(lead::Subjects())});
}
