// A conversion by the engine with the stores of both services: what stays where others use it.
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "gtest/gtest.h"
#include "services/account/account_migrations.h"
#include "services/account/account_service.h"
#include "services/account/contact_service.h"
#include "services/account/withdrawables.h"
#include "services/gateway/convert_lead.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/workflow/runner.h"
#include "services/gateway/workflow/workflow_service.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/lead_service.h"
#include "services/lead/opportunity_service.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"
#include "services/runtime/workflow/participant_service.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;
using Reply = absl::StatusOr<std::unique_ptr<Message>>;

// The handlers of lead and account, without a network between.
class Handlers final : public StepCaller {
 public:
  // Before a call is done; an error refuses it.
  std::function<absl::Status(const StepCall& call)> before;

  Reply Call(const StepCall& call, const type::v1::Actor& actor) override {
    if (before) {
      if (absl::Status status = before(call); !status.ok()) return status;
    }
    const bool is_lead = call.service == "lead";
    comity::Call as = (is_lead ? lead_ : account_).MakeCall("ana@sales", call.method);
    as.principal.workload = "service/gateway";
    as.principal.person = actor.person();
    as.principal.department = actor.department();
    const auto is = [&](const char* method) { return absl::EndsWith(call.method, method); };
    if (is("/VoidRequest")) return Do(is_lead ? &of_lead : &of_account, &P::VoidRequest, as, call);
    if (is("/WithdrawRecord")) {
      return Do(is_lead ? &of_lead : &of_account, &P::WithdrawRecord, as, call);
    }
    if (is("/BeginConversion")) return Do(&leads, &lead::LeadService::BeginConversion, as, call);
    if (is("/CompleteConversion")) {
      return Do(&leads, &lead::LeadService::CompleteConversion, as, call);
    }
    if (is("/ReleaseConversion")) {
      return Do(&leads, &lead::LeadService::ReleaseConversion, as, call);
    }
    if (is("/CreateOpportunity")) {
      return Do(&opportunities, &lead::OpportunityService::CreateOpportunity, as, call);
    }
    if (is("/EnsureAccount"))
      return Do(&accounts, &account::AccountService::EnsureAccount, as, call);
    if (is("/ReleaseAccount")) {
      return Do(&accounts, &account::AccountService::ReleaseAccount, as, call);
    }
    if (is("/CreateContact"))
      return Do(&contacts, &account::ContactService::CreateContact, as, call);
    return Internal("not called by a conversion");
  }

  comity::Call OfLead() { return lead_.MakeCall("ana@sales", "test/Lead"); }
  comity::Call OfAccount() { return account_.MakeCall("ana@sales", "test/Account"); }

 private:
  using P = workflow::ParticipantService;

  template <typename Service, typename Request, typename Response>
  static Reply Do(Service* service,
                  absl::StatusOr<Response> (Service::*method)(comity::Call&, const Request&),
                  comity::Call& as, const StepCall& call) {
    auto response = (service->*method)(as, static_cast<const Request&>(*call.request));
    if (!response.ok()) return response.status();
    return std::make_unique<Response>(*std::move(response));
  }

  testlib::Database lead_database_{lead::LeadMigrations()};
  testlib::Database account_database_{account::AccountMigrations()};
  testlib::TestRuntime lead_{&lead_database_};
  testlib::TestRuntime account_{&account_database_};

 public:
  lead::LeadService leads{nullptr};
  lead::OpportunityService opportunities{nullptr};
  fact::FactService facts{nullptr, lead::Subjects()};
  workflow::ParticipantService of_lead{nullptr, lead::Withdrawables(), lead::Subjects()};
  account::AccountService accounts{nullptr};
  account::ContactService contacts{nullptr};
  workflow::ParticipantService of_account{nullptr, account::Withdrawables(), {}};
};

class ConvertLeadTest : public testing::Test {
 protected:
  std::string CreateLead() {
    lead::v1::CreateLeadRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_lead()->set_family_name("Muster");
    request.mutable_lead()->set_organization("Acme");
    Call call = services_.OfLead();
    const auto made = services_.leads.CreateLead(call, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->name() : "";
  }
  v1::Workflow Convert(const std::string& lead) {
    v1::ConvertLeadRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_lead(lead);
    Call call = runtime_.MakeCall("ana@sales", "test/Convert");
    WorkflowStarter starter(&runner_);
    const auto operation = starter.Start(call, "convert-lead", lead, request);
    EXPECT_TRUE(operation.ok()) << operation.status();
    runner_.RunDue();
    StoredWorkflow stored;
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(stored, GetWorkflow(reader, operation->name()));
                  return absl::OkStatus();
                }).ok());
    return stored.record.workflow();
  }
  // Refuses its last step, after `first` was done with the opportunity.
  void RefuseTheEnd(const std::function<void(const std::string& opportunity)>& first) {
    services_.before = [=](const StepCall& call) -> absl::Status {
      if (!absl::EndsWith(call.method, "/CompleteConversion")) return absl::OkStatus();
      first(static_cast<const lead::v1::CompleteConversionRequest&>(*call.request).opportunity());
      return PermissionDenied("ROLE_REQUIRED", "he has lost his role");
    };
  }
  void RecordCall(const std::string& opportunity) {
    fact::v1::RecordFactRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_parent(opportunity);
    request.mutable_fact()->set_kind(fact::v1::FACT_KIND_CALL);
    request.mutable_fact()->set_summary("wants to know more");
    Call call = services_.OfLead();
    const auto recorded = services_.facts.RecordFact(call, request);
    ASSERT_TRUE(recorded.ok()) << recorded.status();
  }
  lead::v1::Lead GetLead(const std::string& name) {
    lead::v1::GetLeadRequest request;
    request.set_name(name);
    Call call = services_.OfLead();
    return services_.leads.GetLead(call, request).value_or(lead::v1::Lead());
  }
  lead::v1::Opportunity GetOpportunity(const std::string& name) {
    lead::v1::GetOpportunityRequest request;
    request.set_name(name);
    Call call = services_.OfLead();
    return services_.opportunities.GetOpportunity(call, request).value_or(lead::v1::Opportunity());
  }
  bool AccountStands(const std::string& name) {
    account::v1::GetAccountRequest request;
    request.set_name(name);
    Call call = services_.OfAccount();
    const auto account = services_.accounts.GetAccount(call, request);
    return account.ok() && !account->has_withdraw_time();
  }
  bool ContactStands(const std::string& name) {
    account::v1::GetContactRequest request;
    request.set_name(name);
    Call call = services_.OfAccount();
    const auto contact = services_.contacts.GetContact(call, request);
    return contact.ok() && !contact->has_withdraw_time();
  }
  static std::string WhyItStays(const v1::Workflow& workflow, const std::string& step) {
    for (const v1::WorkflowStep& note : workflow.steps()) {
      if (note.undoes() && note.step() == step) return Reason(FromRpcStatus(note.error()));
    }
    ADD_FAILURE() << step << " was not undone";
    return "";
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::TestRuntime runtime_{&database_};
  Handlers services_;
  Runner runner_{runtime_.runtime(), {ConvertLeadWorkflow()}, &services_, RunnerOptions()};
};

TEST_F(ConvertLeadTest, WhatIsRefusedLeavesNothing) {
  const std::string lead = CreateLead();
  std::string opportunity;
  RefuseTheEnd([&](const std::string& name) { opportunity = name; });
  const v1::Workflow workflow = Convert(lead);
  ASSERT_EQ(workflow.state(), v1::WORKFLOW_STATE_WITHDRAWN) << workflow.DebugString();
  for (const char* step : {"create-opportunity", "create-contact", "find-account", "claim-lead"}) {
    EXPECT_EQ(WhyItStays(workflow, step), "") << step;
  }
  const lead::v1::Opportunity made = GetOpportunity(opportunity);
  EXPECT_TRUE(made.has_withdraw_time());
  EXPECT_FALSE(AccountStands(made.account()));
  EXPECT_FALSE(ContactStands(made.contact()));
  EXPECT_FALSE(GetLead(lead).has_conversion());
}

TEST_F(ConvertLeadTest, WhereTheOpportunityStaysSoDoesWhatItRestsOn) {
  const std::string lead = CreateLead();
  std::string opportunity;
  RefuseTheEnd([&](const std::string& name) {
    opportunity = name;
    RecordCall(name);
  });
  const v1::Workflow workflow = Convert(lead);
  ASSERT_EQ(workflow.state(), v1::WORKFLOW_STATE_WITHDRAWN) << workflow.DebugString();
  for (const char* step : {"create-opportunity", "create-contact", "find-account", "claim-lead"}) {
    EXPECT_EQ(WhyItStays(workflow, step), "RECORD_IN_USE") << step;
  }
  const lead::v1::Opportunity made = GetOpportunity(opportunity);
  EXPECT_FALSE(made.has_withdraw_time());
  EXPECT_TRUE(AccountStands(made.account()));
  EXPECT_TRUE(ContactStands(made.contact()));
  const lead::v1::Conversion conversion = GetLead(lead).conversion();
  EXPECT_EQ(conversion.opportunity(), opportunity);
  EXPECT_EQ(conversion.contact(), made.contact());
  EXPECT_TRUE(conversion.has_end_time());
  // It is not converted once more.
  services_.before = nullptr;
  EXPECT_EQ(Reason(FromRpcStatus(Convert(lead).refusal())), "LEAD_CONVERTED");
}

}  // namespace
}  // namespace comity::gateway
