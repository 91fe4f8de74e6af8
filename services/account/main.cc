// The account service: accounts, contacts, relationships.
#include "services/account/account_migrations.h"
#include "services/account/account_service.h"
#include "services/account/account_store.h"
#include "services/account/contact_service.h"
#include "services/account/relationship_service.h"
#include "services/account/withdrawables.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/judgement/judgement_service.h"
#include "services/runtime/judgement/settlement_timers.h"
#include "services/runtime/server/serve.h"

namespace comity::account {
namespace {

std::vector<std::unique_ptr<grpc::Service>> Services(const server::Parts& parts) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<AccountService>(parts.edge));
  services.push_back(std::make_unique<ContactService>(parts.edge));
  services.push_back(std::make_unique<RelationshipService>(parts.edge));
  services.push_back(std::make_unique<workflow::ParticipantService>(parts.edge, Withdrawables(),
                                                                    std::vector{AccountFacts()}));
  services.push_back(std::make_unique<fact::FactService>(parts.edge, std::vector{AccountFacts()}));
  services.push_back(
      std::make_unique<judgement::JudgementService>(parts.edge, std::vector{AccountFacts()}));
  return services;
}

}  // namespace
}  // namespace comity::account

int main(int argc, char** argv) {
  comity::server::ServerFacts facts;
  facts.service = "account";
  facts.migrations = comity::account::AccountMigrations();
  facts.collections = {"accounts", "contacts", "relationships"};
  facts.services = comity::account::Services;
  facts.backgrounds = comity::judgement::SettlementTimers({comity::account::AccountFacts()});
  return comity::server::Serve(argc, argv, facts);
}
