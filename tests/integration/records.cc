#include "tests/integration/records.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/account/v1/account_service.grpc.pb.h"
#include "comity/fact/v1/fact_service.grpc.pb.h"
#include "comity/judgement/v1/judgement_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "gtest/gtest.h"

namespace comity::integration {

absl::StatusOr<lead::v1::Lead> CreateLead(const std::string& as, const std::string& family_name,
                                          const std::string& request_id) {
  lead::v1::CreateLeadRequest request;
  request.mutable_lead()->set_family_name(family_name);
  request.set_request_id(request_id);
  return Suite::Get().Call(&lead::v1::LeadService::Stub::CreateLead, "lead", as, request);
}

std::string CreateAccount(const std::string& as) {
  account::v1::CreateAccountRequest request;
  request.mutable_account()->set_kind(account::v1::ACCOUNT_KIND_ORGANIZATION);
  request.mutable_account()->set_display_name("Analytical Engines");
  request.set_request_id(NewRequestId());
  const auto account =
      Suite::Get().Call(&account::v1::AccountService::Stub::CreateAccount, "account", as, request);
  EXPECT_TRUE(account.ok()) << account.status();
  return account.ok() ? account->name() : "";
}

std::string CreateOpportunity(const std::string& as, const std::string& account) {
  lead::v1::CreateOpportunityRequest request;
  auto* opportunity = request.mutable_opportunity();
  opportunity->set_display_name("One engine");
  opportunity->set_account(account);
  opportunity->mutable_amount()->set_currency_code("EUR");
  opportunity->mutable_amount()->set_units(1000);
  request.set_request_id(NewRequestId());
  const auto created = Suite::Get().Call(&lead::v1::OpportunityService::Stub::CreateOpportunity,
                                         "lead", as, request);
  EXPECT_TRUE(created.ok()) << created.status();
  return created.ok() ? created->name() : "";
}

absl::Status RecordFact(const std::string& as, const std::string& subject,
                        fact::v1::FactKind kind) {
  fact::v1::RecordFactRequest request;
  request.set_parent(subject);
  request.mutable_fact()->set_kind(kind);
  request.set_request_id(NewRequestId());
  return Suite::Get()
      .Call(&fact::v1::FactService::Stub::RecordFact, OwnerOf(subject), as, request)
      .status();
}

absl::StatusOr<judgement::v1::Judgement> Judge(const std::string& as, const std::string& subject,
                                               const std::string& question,
                                               const std::string& answer) {
  judgement::v1::JudgeRequest request;
  request.mutable_judgement()->set_subject(subject);
  request.mutable_judgement()->set_question(absl::StrCat("questions/", question));
  request.mutable_judgement()->set_answer(answer);
  request.set_request_id(NewRequestId());
  return Suite::Get().Call(&judgement::v1::JudgementService::Stub::Judge, OwnerOf(subject), as,
                           request);
}

absl::StatusOr<judgement::v1::Standing> StandingOf(const std::string& as,
                                                   const std::string& subject,
                                                   const std::string& question) {
  judgement::v1::GetStandingRequest request;
  request.set_subject(subject);
  request.set_question(absl::StrCat("questions/", question));
  auto response = Suite::Get().Call(&judgement::v1::JudgementService::Stub::GetStanding,
                                    OwnerOf(subject), as, request);
  if (!response.ok()) return response.status();
  EXPECT_EQ(response->standings_size(), 1);
  return response->standings_size() == 1 ? response->standings(0) : judgement::v1::Standing();
}

std::string OwnerOf(const std::string& subject) {
  if (absl::StartsWith(subject, "accounts/")) return "account";
  return absl::StartsWith(subject, "cases/") ? "support" : "lead";
}

}  // namespace comity::integration
