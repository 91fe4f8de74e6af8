// The support service: cases.
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/judgement/judgement_service.h"
#include "services/runtime/judgement/settlement_timers.h"
#include "services/runtime/server/serve.h"
#include "services/runtime/workflow/participant_service.h"
#include "services/support/case_service.h"
#include "services/support/case_store.h"
#include "services/support/support_migrations.h"

namespace comity::support {
namespace {

std::vector<std::unique_ptr<grpc::Service>> Services(const server::Parts& parts) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<CaseService>(parts.edge));
  services.push_back(std::make_unique<workflow::ParticipantService>(
      parts.edge, std::vector{workflow::WithdrawableOf<v1::Case>(CaseResource())},
      std::vector{CaseFacts()}));
  services.push_back(std::make_unique<fact::FactService>(parts.edge, std::vector{CaseFacts()}));
  services.push_back(
      std::make_unique<judgement::JudgementService>(parts.edge, std::vector{CaseFacts()}));
  return services;
}

}  // namespace
}  // namespace comity::support

int main(int argc, char** argv) {
  comity::server::ServerFacts facts;
  facts.service = "support";
  facts.migrations = comity::support::SupportMigrations();
  facts.collections = {"cases"};
  facts.services = comity::support::Services;
  facts.backgrounds = comity::judgement::SettlementTimers({comity::support::CaseFacts()});
  return comity::server::Serve(argc, argv, facts);
}
