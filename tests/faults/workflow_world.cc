#include "tests/faults/workflow_world.h"

#include <atomic>

#include "absl/strings/str_cat.h"
#include "comity/account/v1/account_service.grpc.pb.h"
#include "comity/fact/v1/fact_service.grpc.pb.h"
#include "comity/gateway/v1/convert_lead_service.grpc.pb.h"
#include "comity/gateway/v1/onboard_customer.pb.h"
#include "comity/gateway/v1/workflow_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/client/api/field_value.h"
#include "services/runtime/status/errors.h"
#include "tests/faults/insist.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::Workflow;
using google::longrunning::Operation;

}  // namespace

lead::v1::Lead MakeLead(const std::string& firm, const std::string& as) {
  lead::v1::CreateLeadRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_lead()->set_given_name("Ada");
  request.mutable_lead()->set_family_name(firm);
  request.mutable_lead()->set_organization(firm);
  request.mutable_lead()->set_domain(absl::StrCat(firm, ".example"));
  return Insist(&lead::v1::LeadService::Stub::CreateLead, "lead", request, as);
}

lead::v1::Lead GetLead(const std::string& name) {
  lead::v1::GetLeadRequest request;
  request.set_name(name);
  return Insist(&lead::v1::LeadService::Stub::GetLead, "lead", request);
}

std::string ConvertInVain(const lead::v1::Lead& lead) {
  gateway::v1::ConvertLeadRequest request;
  request.set_request_id(NewRequestId());
  request.set_lead(lead.name());
  request.mutable_amount()->set_currency_code("EUR");
  request.mutable_amount()->set_units(-1);
  return Insist(&gateway::v1::LeadConversionService::Stub::ConvertLead, "gateway", request).name();
}

std::string Convert(const lead::v1::Lead& lead, const std::string& account) {
  gateway::v1::ConvertLeadRequest request;
  request.set_request_id(NewRequestId());
  request.set_lead(lead.name());
  request.set_account(account);
  return Insist(&gateway::v1::LeadConversionService::Stub::ConvertLead, "gateway", request).name();
}

Operation AwaitEnd(const std::string& workflow) {
  Operation ended;
  google::longrunning::WaitOperationRequest request;
  request.set_name(workflow);
  request.mutable_timeout()->set_seconds(5);
  EXPECT_TRUE(Eventually([&] {
    const auto operation = Suite::Get().Call(&gateway::v1::WorkflowService::Stub::WaitOperation,
                                             "gateway", "ana@sales", request);
    if (operation.ok()) ended = *operation;
    return operation.ok() && operation->done();
  })) << GetWorkflow(workflow).DebugString();
  return ended;
}

Workflow GetWorkflow(const std::string& name) {
  gateway::v1::GetWorkflowRequest request;
  request.set_name(name);
  return Insist(&gateway::v1::WorkflowService::Stub::GetWorkflow, "gateway", request);
}

std::vector<Workflow> WorkflowsOf(const std::string& subject, const std::string& kind) {
  gateway::v1::ListWorkflowsRequest request;
  request.set_filter(absl::StrCat("subject = \"", subject, "\"",
                                  kind.empty() ? "" : absl::StrCat(" AND kind = ", kind)));
  const auto page = Insist(&gateway::v1::WorkflowService::Stub::ListWorkflows, "gateway", request);
  return {page.workflows().begin(), page.workflows().end()};
}

SignedOpportunity Sign(const std::string& firm, const std::string& account) {
  SignedOpportunity made;
  made.account = account;
  if (account.empty()) {
    account::v1::CreateAccountRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_account()->set_kind(account::v1::ACCOUNT_KIND_ORGANIZATION);
    request.mutable_account()->set_display_name(firm);
    made.account =
        Insist(&account::v1::AccountService::Stub::CreateAccount, "account", request).name();
  }
  lead::v1::CreateOpportunityRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_opportunity()->set_display_name(firm);
  request.mutable_opportunity()->set_account(made.account);
  EXPECT_TRUE(client::SetField(request.mutable_opportunity(), "amount", "1200 EUR").ok());
  made.opportunity =
      Insist(&lead::v1::OpportunityService::Stub::CreateOpportunity, "lead", request).name();
  fact::v1::RecordFactRequest sign;
  sign.set_request_id(NewRequestId());
  sign.set_parent(made.opportunity);
  sign.mutable_fact()->set_kind(fact::v1::FACT_KIND_SIGNED);
  made.fact = Insist(&fact::v1::FactService::Stub::RecordFact, "lead", sign).name();
  return made;
}

std::string WorkflowOf(const std::string& subject, const std::string& kind) {
  std::string name;
  EXPECT_TRUE(Eventually([&] {
    const auto workflows = WorkflowsOf(subject, kind);
    if (!workflows.empty()) name = workflows.front().name();
    return !name.empty();
  }));
  return name;
}

std::string OnboardingOf(const std::string& opportunity) {
  return WorkflowOf(opportunity, "onboard-customer");
}

void VoidSignature(const SignedOpportunity& opportunity) {
  fact::v1::VoidFactRequest request;
  request.set_request_id(NewRequestId());
  request.set_name(opportunity.fact);
  request.set_reason("signed by mistake");
  Insist(&fact::v1::FactService::Stub::VoidFact, "lead", request);
}

void ExpectConverted(const lead::v1::Lead& lead, const Operation& operation) {
  ASSERT_TRUE(operation.has_response()) << operation.ShortDebugString();
  gateway::v1::ConvertLeadResponse made;
  ASSERT_TRUE(operation.response().UnpackTo(&made));
  EXPECT_EQ(GetLead(lead.name()).conversion().opportunity(), made.opportunity());
  EXPECT_FALSE(made.account().empty() || made.contact().empty());
}

void ExpectOnboarded(const Operation& operation) {
  ASSERT_TRUE(operation.has_response()) << operation.ShortDebugString();
  gateway::v1::OnboardCustomerResponse made;
  ASSERT_TRUE(operation.response().UnpackTo(&made));
  EXPECT_FALSE(made.relationship().empty() || made.case_().empty());
}

std::string ReasonOf(const Operation& operation) {
  return Reason(FromRpcStatus(operation.error()));
}

bool IsWithdrawn(const std::string& workflow) {
  return GetWorkflow(workflow).state() == gateway::v1::WORKFLOW_STATE_WITHDRAWN;
}

void Resume(const std::string& workflow) {
  gateway::v1::ResumeWorkflowRequest request;
  request.set_request_id(NewRequestId());
  request.set_name(workflow);
  Insist(&gateway::v1::WorkflowService::Stub::ResumeWorkflow, "gateway", request, "ivo@it");
}

std::string NewFirm() {
  static std::atomic<int> number = 0;
  return absl::StrCat("firm", ++number);
}

}  // namespace comity::integration
