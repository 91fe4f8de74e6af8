#include "tests/faults/owned.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "comity/account/v1/account_service.grpc.pb.h"
#include "comity/gateway/v1/directory_service.grpc.pb.h"
#include "comity/gateway/v1/move_owner_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "comity/support/v1/case_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "tests/faults/insist.h"
#include "tests/integration/database.h"

namespace comity::integration {
namespace {

constexpr Team kSales = {"departments/sales", "sam@sales", "persons/ana", "persons/sam"};
constexpr Team kSupport = {"departments/support", "sue@support", "persons/sue", "persons/sid"};

gateway::v1::MoveOwnerRequest MoveRequest(const std::string& from, const std::string& to) {
  gateway::v1::MoveOwnerRequest request;
  request.set_request_id(NewRequestId());
  request.set_person(from);
  request.add_successors(to);
  return request;
}

// A second person of support, whom the gateway takes for a successor.
void HireSid() {
  gateway::v1::CreatePersonRequest person;
  person.set_request_id(NewRequestId());
  person.set_person_id("sid");
  person.mutable_person()->set_display_name("Sid Sandoval");
  Insist(&gateway::v1::DirectoryService::Stub::CreatePerson, "gateway", person, kSupport.steward);
  gateway::v1::SetMembershipRequest membership;
  membership.set_request_id(NewRequestId());
  membership.mutable_membership()->set_person(kSupport.other);
  membership.mutable_membership()->set_department(kSupport.department);
  membership.mutable_membership()->add_roles(type::v1::ROLE_MEMBER);
  Insist(&gateway::v1::DirectoryService::Stub::SetMembership, "gateway", membership,
         kSupport.steward);
  gateway::v1::MoveOwnerRequest move = MoveRequest(kSupport.one, kSupport.other);
  move.set_validate_only(true);
  EXPECT_TRUE(Eventually([&] {
    return Suite::Get()
        .Call(&gateway::v1::MoveOwnerService::Stub::MoveOwner, "gateway", kSupport.steward, move)
        .ok();
  }));
}

void MakeOneForSales(const std::string& title) {
  lead::v1::CreateLeadRequest lead;
  lead.set_request_id(NewRequestId());
  lead.mutable_lead()->set_family_name(title);
  lead.mutable_lead()->set_owner(kSales.one);
  Insist(&lead::v1::LeadService::Stub::CreateLead, "lead", lead);
  lead::v1::CreateOpportunityRequest opportunity;
  opportunity.set_request_id(NewRequestId());
  opportunity.mutable_opportunity()->set_display_name(title);
  opportunity.mutable_opportunity()->set_owner(kSales.one);
  Insist(&lead::v1::OpportunityService::Stub::CreateOpportunity, "lead", opportunity);
  account::v1::CreateAccountRequest account;
  account.set_request_id(NewRequestId());
  account.mutable_account()->set_kind(account::v1::ACCOUNT_KIND_ORGANIZATION);
  account.mutable_account()->set_display_name(title);
  account.mutable_account()->set_owner(kSales.one);
  Insist(&account::v1::AccountService::Stub::CreateAccount, "account", account);
}

void MakeOneForSupport(const std::string& title) {
  support::v1::CreateCaseRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_case_()->set_title(title);
  request.mutable_case_()->set_owner(kSupport.one);
  Insist(&support::v1::CaseService::Stub::CreateCase, "support", request, kSupport.steward);
}

}  // namespace

const Team& SalesTeam() { return kSales; }

const Team& SupportTeam() {
  static const bool hired = [] {
    HireSid();
    return true;
  }();
  (void)hired;
  return kSupport;
}

void MakeOwned(const Team& team, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string title = absl::StrCat("Owned ", i);
    &team == &kSales ? MakeOneForSales(title) : MakeOneForSupport(title);
  }
}

std::string MoveOwner(const Team& team, const std::string& from, const std::string& to) {
  return Insist(&gateway::v1::MoveOwnerService::Stub::MoveOwner, "gateway", MoveRequest(from, to),
                team.steward)
      .name();
}

int OwnedBy(const Team& team, const std::string& person) {
  const std::vector<std::string> tables =
      &team == &kSales ? std::vector<std::string>{"comity_lead.leads", "comity_lead.opportunities",
                                                  "comity_account.accounts"}
                       : std::vector<std::string>{"comity_support.cases"};
  const std::string sum = absl::StrJoin(tables, " + ", [&](std::string* sql, const auto& table) {
    absl::StrAppend(sql, "(SELECT COUNT(*) FROM ", table, " WHERE owner = '", person,
                    "' AND responsible_department = '", team.department, "')");
  });
  int count = -1;
  EXPECT_TRUE(absl::SimpleAtoi(Sql(absl::StrCat("SELECT ", sum)), &count));
  return count;
}

}  // namespace comity::integration
