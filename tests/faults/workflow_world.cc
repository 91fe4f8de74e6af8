#include "tests/faults/workflow_world.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/account/v1/account_service.grpc.pb.h"
#include "comity/fact/v1/fact_service.grpc.pb.h"
#include "comity/gateway/v1/convert_lead_service.grpc.pb.h"
#include "comity/gateway/v1/move_owner_service.grpc.pb.h"
#include "comity/gateway/v1/workflow_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/client/api/field_value.h"
#include "tests/integration/database.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::Workflow;
using google::longrunning::Operation;

constexpr char kAna[] = "ana@sales";
constexpr char kSam[] = "sam@sales";

template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                              const std::string& service, const Request& request,
                              const char* as = kAna) {
  return Suite::Get().Call<Stub, Request, Response>(method, service, as, request);
}

// The same request until it is answered by the service itself.
template <typename Stub, typename Request, typename Response>
Response Insist(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const std::string& service, const Request& request, const char* as = kAna) {
  absl::StatusOr<Response> response;
  EXPECT_TRUE(Eventually([&] {
    response = Call(method, service, request, as);
    return response.ok() ||
           !(absl::IsUnavailable(response.status()) ||
             absl::IsDeadlineExceeded(response.status()) || absl::IsCancelled(response.status()) ||
             absl::IsAborted(response.status()));
  }));
  EXPECT_TRUE(response.ok()) << response.status();
  return response.value_or(Response());
}

const std::string& FailpointFolder() {
  static const auto* const folder = [] {
    auto* made = new std::string(absl::StrCat("/tmp/comity-failpoints-", getpid()));
    std::filesystem::create_directories(*made);
    setenv("COMITY_FAILPOINTS", made->c_str(), 1);
    std::atexit([] { std::filesystem::remove_all(FailpointFolder()); });
    return made;
  }();
  return *folder;
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The first gateway's words, with other ports.
std::vector<std::string> ReplicaWords() {
  const std::string text = ReadAll(Suite::Get().folder() + "/run/gateway.pid");
  const std::string pid = text.substr(0, text.find(' '));
  std::vector<std::string> words =
      absl::StrSplit(ReadAll(absl::StrCat("/proc/", pid, "/cmdline")), '\0', absl::SkipEmpty());
  for (std::string& word : words) {
    for (const char* flag :
         {"--listen=", "--probe_listen=", "--metrics_listen=", "--http_listen="}) {
      if (absl::StartsWith(word, flag)) word = absl::StrCat(flag, "127.0.0.1:0");
    }
  }
  return words;
}

// Seconds since the service's copy of the directory was confirmed.
double DirectoryAge(const std::string& service) {
  const std::string page = Suite::Get().Metrics(service);
  const std::vector<std::string> parts = absl::StrSplit(
      page, absl::StrCat("\ncomity_directory_age_seconds{service=\"", service, "\"} "));
  double age = 0;
  const bool is_number =
      parts.size() == 2 && absl::SimpleAtod(parts[1].substr(0, parts[1].find('\n')), &age);
  EXPECT_TRUE(is_number) << page;
  return age;
}

}  // namespace

lead::v1::Lead MakeLead(const std::string& firm) {
  lead::v1::CreateLeadRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_lead()->set_given_name("Ada");
  request.mutable_lead()->set_family_name(firm);
  request.mutable_lead()->set_organization(firm);
  request.mutable_lead()->set_domain(absl::StrCat(firm, ".example"));
  return Insist(&lead::v1::LeadService::Stub::CreateLead, "lead", request);
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
    const auto operation =
        Call(&gateway::v1::WorkflowService::Stub::WaitOperation, "gateway", request);
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

void MakeOwned(int count) {
  for (int i = 0; i < count; ++i) {
    lead::v1::CreateLeadRequest lead;
    lead.set_request_id(NewRequestId());
    lead.mutable_lead()->set_family_name(absl::StrCat("Owned ", i));
    lead.mutable_lead()->set_owner("persons/ana");
    Insist(&lead::v1::LeadService::Stub::CreateLead, "lead", lead);
    lead::v1::CreateOpportunityRequest opportunity;
    opportunity.set_request_id(NewRequestId());
    opportunity.mutable_opportunity()->set_display_name(absl::StrCat("Owned ", i));
    opportunity.mutable_opportunity()->set_owner("persons/ana");
    Insist(&lead::v1::OpportunityService::Stub::CreateOpportunity, "lead", opportunity);
    account::v1::CreateAccountRequest account;
    account.set_request_id(NewRequestId());
    account.mutable_account()->set_kind(account::v1::ACCOUNT_KIND_ORGANIZATION);
    account.mutable_account()->set_display_name(absl::StrCat("Owned ", i));
    account.mutable_account()->set_owner("persons/ana");
    Insist(&account::v1::AccountService::Stub::CreateAccount, "account", account);
  }
}

std::string MoveOwner(const std::string& from, const std::string& to) {
  gateway::v1::MoveOwnerRequest request;
  request.set_request_id(NewRequestId());
  request.set_person(from);
  request.add_successors(to);
  return Insist(&gateway::v1::MoveOwnerService::Stub::MoveOwner, "gateway", request, kSam).name();
}

int OwnedBy(const std::string& person) {
  std::string sql;
  for (const char* table :
       {"comity_lead.leads", "comity_lead.opportunities", "comity_account.accounts"}) {
    absl::StrAppend(&sql, sql.empty() ? "SELECT " : " + ", "(SELECT COUNT(*) FROM ", table,
                    " WHERE owner = '", person,
                    "' AND responsible_department = 'departments/sales')");
  }
  int count = -1;
  EXPECT_TRUE(absl::SimpleAtoi(Sql(sql), &count));
  return count;
}

void UseFailpoints() { FailpointFolder(); }

void SetFailpoint(const std::string& service, const std::string& point, const char* action) {
  const std::string path = absl::StrCat(FailpointFolder(), "/", service);
  std::filesystem::remove(path + ".hit");
  std::ofstream(path + ".new") << point << " " << action << "\n";
  std::filesystem::rename(path + ".new", path);
}

bool WasHit(const std::string& service) {
  return std::filesystem::exists(absl::StrCat(FailpointFolder(), "/", service, ".hit"));
}

void AwaitKilled(const std::string& service) {
  ASSERT_TRUE(Eventually([&] { return WasHit(service); }));
  EXPECT_EQ(Suite::Get().AwaitEnd(service), -SIGKILL);
  Suite::Get().StartMissing();
  ASSERT_TRUE(Eventually([] { return Suite::Get().AllServing(); }));
}

void AwaitWordFromTheGateway() {
  for (const char* service : {"lead", "account", "support"}) {
    EXPECT_TRUE(Eventually([&] { return DirectoryAge(service) < 2; })) << service;
  }
}

GatewayReplica::GatewayReplica() {
  const std::vector<std::string> words = ReplicaWords();
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_ = fork();
  if (pid_ != 0) return;
  unsetenv("COMITY_FAILPOINTS");  // those are for the first one
  const std::string log = Suite::Get().folder() + "/log/gateway-replica.log";
  if (freopen(log.c_str(), "ae", stderr) == nullptr) _exit(1);
  execv(arguments[0], arguments.data());
  _exit(1);
}

GatewayReplica::~GatewayReplica() {
  Signal(SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void GatewayReplica::Signal(int signal) const { kill(pid_, signal); }

}  // namespace comity::integration
