// The kill matrix of workflows: every step, every point, every victim; then everything is looked
// at: each workflow has ended, each effect stands once or is withdrawn, participants agree,
// journals are whole.
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/account/v1/account_service.grpc.pb.h"
#include "comity/account/v1/contact_service.grpc.pb.h"
#include "comity/gateway/v1/convert_lead_service.grpc.pb.h"
#include "comity/gateway/v1/workflow_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/journal_check.h"
#include "tests/integration/journals.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::Workflow;
using google::longrunning::Operation;

constexpr char kAna[] = "ana@sales";
constexpr const char* kSteps[] = {"claim-lead", "find-account", "create-contact",
                                  "create-opportunity", "complete-lead"};

// The method of a step and the service that has it.
struct Target {
  const char* step;
  const char* service;
  const char* method;
};
constexpr Target kTargets[] = {
    {"claim-lead", "lead", "comity.lead.v1.LeadService/BeginConversion"},
    {"find-account", "account", "comity.account.v1.AccountService/EnsureAccount"},
    {"create-contact", "account", "comity.account.v1.ContactService/CreateContact"},
    {"create-opportunity", "lead", "comity.lead.v1.OpportunityService/CreateOpportunity"},
    {"complete-lead", "lead", "comity.lead.v1.LeadService/CompleteConversion"}};

const std::string& Failpoints() {
  // Before the suite starts: its processes inherit the variable.
  static const auto* const folder = [] {
    auto* made = new std::string(absl::StrCat("/tmp/comity-failpoints-", getpid()));
    std::filesystem::create_directories(*made);
    setenv("COMITY_FAILPOINTS", made->c_str(), 1);
    std::atexit([] { std::filesystem::remove_all(Failpoints()); });
    return made;
  }();
  return *folder;
}

class WorkflowKill : public ::testing::Test {
 protected:
  void SetUp() override {
    Failpoints();
    Suite::Get();
  }
  void TearDown() override { EXPECT_THAT(Suite::Get().Mishaps(), ::testing::IsEmpty()); }

  template <typename Stub, typename Request, typename Response>
  static absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                    const Request&, Response*),
                                       const std::string& service, const Request& request) {
    return Suite::Get().Call<Stub, Request, Response>(method, service, kAna, request);
  }

  // A lead of a firm of its own.
  static lead::v1::Lead MakeLead(const std::string& firm) {
    lead::v1::CreateLeadRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_lead()->set_given_name("Ada");
    request.mutable_lead()->set_family_name(firm);
    request.mutable_lead()->set_organization(firm);
    request.mutable_lead()->set_domain(absl::StrCat(firm, ".example"));
    const auto lead = Call(&lead::v1::LeadService::Stub::CreateLead, "lead", request);
    EXPECT_TRUE(lead.ok()) << lead.status();
    return lead.ok() ? *lead : lead::v1::Lead();
  }

  // Asks until the gateway has answered: the same request, so that it is one conversion.
  static std::string Convert(const lead::v1::Lead& lead, const std::string& account = "") {
    gateway::v1::ConvertLeadRequest request;
    request.set_request_id(NewRequestId());
    request.set_lead(lead.name());
    request.set_account(account);
    std::string name;
    EXPECT_TRUE(Eventually([&] {
      const auto operation =
          Call(&gateway::v1::LeadConversionService::Stub::ConvertLead, "gateway", request);
      if (operation.ok()) name = operation->name();
      return operation.ok();
    }));
    return name;
  }

  static Operation AwaitEnd(const std::string& workflow) {
    Operation ended;
    google::longrunning::WaitOperationRequest request;
    request.set_name(workflow);
    request.mutable_timeout()->set_seconds(5);
    EXPECT_TRUE(Eventually([&] {
      const auto operation =
          Call(&gateway::v1::WorkflowService::Stub::WaitOperation, "gateway", request);
      if (operation.ok()) ended = *operation;
      return operation.ok() && operation->done();
    })) << ended.ShortDebugString();
    return ended;
  }

  // The next time `service` comes to `point`, it is killed or stopped.
  static void Set(const std::string& service, const std::string& point, const char* action) {
    const std::string path = absl::StrCat(Failpoints(), "/", service);
    std::filesystem::remove(path + ".hit");
    std::ofstream(path + ".new") << point << " " << action << "\n";
    std::filesystem::rename(path + ".new", path);
  }
  static bool Hit(const std::string& service) {
    return std::filesystem::exists(absl::StrCat(Failpoints(), "/", service, ".hit"));
  }

  // Waits until `service` was killed at its point, and starts it again.
  static void AwaitKilled(const std::string& service) {
    ASSERT_TRUE(Eventually([&] { return Hit(service); }));
    EXPECT_EQ(Suite::Get().AwaitEnd(service), -SIGKILL);
    Suite::Get().StartMissing();
    ASSERT_TRUE(Eventually([] { return Suite::Get().AllServing(); }));
  }

  static lead::v1::Lead GetLead(const std::string& name) {
    lead::v1::GetLeadRequest request;
    request.set_name(name);
    const auto lead = Call(&lead::v1::LeadService::Stub::GetLead, "lead", request);
    EXPECT_TRUE(lead.ok()) << lead.status();
    return lead.ok() ? *lead : lead::v1::Lead();
  }
  static std::vector<lead::v1::Opportunity> Opportunities(const std::string& account) {
    lead::v1::ListOpportunitiesRequest request;
    request.set_filter(absl::StrCat("account = \"", account, "\""));
    request.set_show_all(true);
    const auto page = Call(&lead::v1::OpportunityService::Stub::ListOpportunities, "lead", request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return {};
    return {page->opportunities().begin(), page->opportunities().end()};
  }
  static std::vector<account::v1::Account> Accounts(const std::string& firm) {
    account::v1::ListAccountsRequest request;
    request.set_filter(absl::StrCat("domain = \"", firm, ".example\""));
    request.set_show_all(true);
    const auto page = Call(&account::v1::AccountService::Stub::ListAccounts, "account", request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return {};
    return {page->accounts().begin(), page->accounts().end()};
  }
  static int Contacts(const std::string& account) {
    account::v1::ListContactsRequest request;
    request.set_filter(absl::StrCat("account = \"", account, "\""));
    const auto page = Call(&account::v1::ContactService::Stub::ListContacts, "account", request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? page->contacts_size() : -1;
  }

  // The lead is converted: account, contact and opportunity once each, and all agree.
  static void ExpectConverted(const std::string& firm, const lead::v1::Lead& before,
                              const Operation& operation) {
    SCOPED_TRACE(firm);
    ASSERT_TRUE(operation.has_response()) << operation.ShortDebugString();
    gateway::v1::ConvertLeadResponse made;
    ASSERT_TRUE(operation.response().UnpackTo(&made));
    const lead::v1::Lead lead = GetLead(before.name());
    EXPECT_TRUE(lead.conversion().has_end_time()) << lead.ShortDebugString();
    EXPECT_EQ(lead.conversion().opportunity(), made.opportunity());
    EXPECT_EQ(lead.conversion().account(), made.account());
    const auto accounts = Accounts(firm);
    ASSERT_EQ(accounts.size(), 1u);
    EXPECT_EQ(accounts[0].name(), made.account());
    const auto opportunities = Opportunities(made.account());
    ASSERT_EQ(opportunities.size(), 1u);
    EXPECT_EQ(opportunities[0].name(), made.opportunity());
    EXPECT_EQ(opportunities[0].lead(), lead.name());
    EXPECT_EQ(Contacts(made.account()), 1);
  }

  static void ExpectJournalsSound() {
    Journals journals;
    ReadOn(&journals);
    for (const auto& [service, journal] : journals) ExpectSound(service, journal);
  }
};

std::string Firm(int number) { return absl::StrCat("firm", number); }

#ifdef COMITY_WHOLE_MATRIX
constexpr const char* kPoints[] = {"before-call", "after-call", "after-record"};
#else
constexpr const char* kPoints[] = {"after-call"};  // done, and not recorded
#endif

TEST_F(WorkflowKill, TheGatewayAtEveryPoint) {
  int number = 100;
  for (const char* step : kSteps) {
    for (const char* point : kPoints) {
      const std::string firm = Firm(number++);
      SCOPED_TRACE(absl::StrCat(step, "/", point));
      const lead::v1::Lead lead = MakeLead(firm);
      Set("gateway", absl::StrCat(step, "/", point), "kill");
      std::string name;
      std::thread caller([&] { name = Convert(lead); });
      AwaitKilled("gateway");
      caller.join();
      ExpectConverted(firm, lead, AwaitEnd(name));
    }
  }
  ExpectJournalsSound();
}

TEST_F(WorkflowKill, TheTargetBetweenItsCommitAndItsAnswer) {
  int number = 200;
  for (const Target& target : kTargets) {
    const std::string firm = Firm(number++);
    SCOPED_TRACE(target.method);
    const lead::v1::Lead lead = MakeLead(firm);
    Set(target.service, absl::StrCat(target.method, "/before-answer"), "kill");
    const std::string name = Convert(lead);
    AwaitKilled(target.service);
    ExpectConverted(firm, lead, AwaitEnd(name));
  }
  ExpectJournalsSound();
}

TEST_F(WorkflowKill, ACompensationAtEveryPoint) {
  int number = 300;
  // The account that is named does not exist: the second step is refused.
  for (const char* step : {"find-account", "claim-lead"}) {
    for (const char* point : {"before-void", "after-void"}) {
      SCOPED_TRACE(absl::StrCat(step, "/", point));
      const lead::v1::Lead lead = MakeLead(Firm(number++));
      Set("gateway", absl::StrCat(step, "/", point), "kill");
      std::string name;
      std::thread caller(
          [&] { name = Convert(lead, "accounts/01a218a0-e63d-70e8-8a42-ae119c7aa80e"); });
      AwaitKilled("gateway");
      caller.join();
      const Operation operation = AwaitEnd(name);
      EXPECT_EQ(Reason(FromRpcStatus(operation.error())), "RESOURCE_NOT_FOUND")
          << operation.ShortDebugString();
      EXPECT_FALSE(GetLead(lead.name()).has_conversion());
      // It can be converted then.
      ExpectConverted(Firm(number - 1), lead, AwaitEnd(Convert(lead)));
    }
  }
  ExpectJournalsSound();
}

TEST_F(WorkflowKill, TheDatabaseUnderAStoppedGateway) {
  const std::string firm = Firm(400);
  const lead::v1::Lead lead = MakeLead(firm);
  Set("gateway", "create-opportunity/after-call", "stop");
  std::string name = Convert(lead);
  ASSERT_TRUE(Eventually([] { return Hit("gateway"); }));
  Suite::Get().Kill("mariadb");
  Suite::Get().Signal("gateway", SIGCONT);
  Suite::Get().StartMissing();
  ASSERT_TRUE(Eventually([] { return Suite::Get().AllServing(); }));
  ExpectConverted(firm, lead, AwaitEnd(name));
  ExpectJournalsSound();
}

TEST_F(WorkflowKill, TwoConvertOneLeadAndTwoLeadsAreOfOneNewFirm) {
  const std::string firm = Firm(500);
  const lead::v1::Lead one = MakeLead(firm);
  const lead::v1::Lead other = MakeLead(firm);
  std::vector<std::string> names(6);
  std::vector<std::thread> callers;
  for (size_t i = 0; i < names.size(); ++i) {
    callers.emplace_back([&, i] { names[i] = Convert(i % 2 == 0 ? one : other); });
  }
  for (std::thread& caller : callers) caller.join();
  int converted = 0;
  for (const std::string& name : names) {
    const Operation operation = AwaitEnd(name);
    converted += operation.has_response() ? 1 : 0;
    if (operation.has_error()) {
      EXPECT_EQ(Reason(FromRpcStatus(operation.error())), "LEAD_CONVERTED");
    }
  }
  EXPECT_EQ(converted, 2);
  const auto accounts = Accounts(firm);
  ASSERT_EQ(accounts.size(), 1u);
  EXPECT_EQ(Opportunities(accounts[0].name()).size(), 2u);
  EXPECT_EQ(Contacts(accounts[0].name()), 2);
  for (const lead::v1::Lead& lead : {one, other}) {
    EXPECT_TRUE(GetLead(lead.name()).conversion().has_end_time());
  }
  ExpectJournalsSound();
}

}  // namespace
}  // namespace comity::integration
