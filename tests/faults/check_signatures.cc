// What is signed: its onboarding, its case, its customer, its credit.
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "comity/account/v1/relationship.pb.h"
#include "comity/support/v1/case.pb.h"
#include "tests/faults/evidence.h"
#include "tests/integration/database.h"

namespace comity::integration {
namespace {

using gateway::v1::Workflow;

// An account that has signed is a customer, once.
void CheckRelated(const std::string& opportunity, const std::string& account, Problems* problems) {
  if (account.empty()) return;
  const std::string hex = absl::StrCat("'", account.substr(std::string("accounts/").size()), "'");
  const std::string count =
      Sql(absl::StrCat("SELECT COUNT(*) FROM comity_account.relationships WHERE account = "
                       "UNHEX(REPLACE(",
                       hex, ", '-', '')) AND withdraw_time IS NULL AND kind = 2"));
  if (count != "1") {
    problems->push_back(
        absl::StrCat(account, " of ", opportunity, " is ", count, " times a customer"));
  }
}

}  // namespace

void CheckSignatures(const Evidence& evidence, Problems* problems) {
  std::map<std::string, int> onboarded;
  for (const Workflow& workflow : evidence.workflows) {
    if (workflow.kind() != "onboard-customer") continue;
    if (workflow.state() == gateway::v1::WORKFLOW_STATE_SUCCEEDED) ++onboarded[workflow.subject()];
  }
  for (const auto& [name, opportunity] : evidence.opportunities) {
    const int expected = opportunity.has_sign_time() ? 1 : 0;
    if (onboarded[name] != expected) {
      problems->push_back(
          absl::StrCat(name, " has ", onboarded[name], " onboardings instead of ", expected));
    }
    if (expected == 1) CheckRelated(name, opportunity.account(), problems);
  }
}

// Of what is signed one statement stands, and of what is not, none.
void CheckStatements(const Evidence& evidence, Problems* problems) {
  for (const auto& [name, opportunity] : evidence.opportunities) {
    const auto found = evidence.standing.find(name);
    const int standing = found == evidence.standing.end() ? 0 : found->second;
    const int expected = opportunity.has_sign_time() ? 1 : 0;
    if (standing != expected) {
      problems->push_back(
          absl::StrCat(name, " has ", standing, " statements instead of ", expected));
    }
  }
}

// What workflows made an account stands as long as one of its signatures does.
void CheckRelationships(const Evidence& evidence, Problems* problems) {
  std::set<std::string> customers;
  for (const auto& [name, opportunity] : evidence.opportunities) {
    if (opportunity.has_sign_time()) customers.insert(opportunity.account());
  }
  for (const auto& positioned : evidence.journals.at("account")) {
    account::v1::Relationship relationship;
    if (!positioned.entry().payload().UnpackTo(&relationship)) continue;
    const bool stands = !evidence.withdrawn.contains(relationship.name());
    if (stands && !customers.contains(relationship.account())) {
      problems->push_back(absl::StrCat(relationship.name(), " stands, and nothing is signed"));
    }
  }
}

// One case that stands for each signature that does.
void CheckCases(const Evidence& evidence, Problems* problems) {
  std::map<std::string, int> cases;
  for (const auto& positioned : evidence.journals.at("support")) {
    support::v1::Case told;
    if (positioned.entry().type() != "onboarding-told") continue;
    if (!positioned.entry().payload().UnpackTo(&told)) continue;
    if (!evidence.withdrawn.contains(told.name())) ++cases[told.onboarding().opportunity()];
  }
  for (const auto& [name, opportunity] : evidence.opportunities) {
    const int expected = opportunity.has_sign_time() ? 1 : 0;
    if (cases[name] != expected) {
      problems->push_back(absl::StrCat(name, " has ", cases[name], " cases instead of ", expected));
    }
  }
}

}  // namespace comity::integration
