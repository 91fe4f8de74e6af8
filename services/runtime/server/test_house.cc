#include "services/runtime/server/test_house.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/tls.h"
#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

int g_houses = 0;  // NOLINT: each has its own folder

std::string SourceFile(const std::string& path) {
  const char* root = std::getenv("COMITY_SOURCE_DIR");
  return absl::StrCat(root == nullptr ? "." : root, "/", path);
}

}  // namespace

absl::StatusOr<type::v1::Charter> TestCharterService::GetCharter(
    Call& call, const gateway::v1::GetCharterRequest&) {
  if (behaviour) {
    const absl::Status status = behaviour(call);
    if (!status.ok()) return status;
  }
  type::v1::Charter charter;
  charter.set_revision(call.charter().revision());
  return charter;
}

absl::StatusOr<lead::v1::Lead> TestLeadService::GetLead(Call&,
                                                        const lead::v1::GetLeadRequest& request) {
  return NotFound(request.name());
}

absl::StatusOr<lead::v1::Lead> TestLeadService::CreateLead(
    Call&, const lead::v1::CreateLeadRequest& request) {
  return request.lead();
}

House::House(EdgeOptions options, absl::Duration directory_confirmed)
    : folder(absl::StrCat(testing::TempDir(), "/house-", getpid(), "-", ++g_houses)),
      ca(folder),
      foreign_ca(folder + "/foreign"),
      pair(identity::NewP256()),
      signer(*identity::TokenSigner::Make("https://dev.comity.local", "comity", "dev-1",
                                          pair.private_pem)) {
  std::ofstream(folder + "/issuers.json")
      << identity::IssuersJson("dev-1", "ES256", pair.public_pem);
  issuers = *identity::TokenIssuers::FromFile(folder + "/issuers.json");
  tokens = std::make_unique<identity::TokenCache>(issuers.get(), &directory, "test");
  FillDirectory(directory_confirmed);
  runtime.directory = &directory;
  runtime.service = "test";
  runtime.charters =
      charter::MakeBook(*charter::Charter::FromYamlFile(SourceFile("config/charter.yaml")));
  options.collections = {"leads"};
  edge = std::make_unique<ServerEdge>(std::move(options), &runtime, tokens.get(), &metrics);
  edge->SetReady();
  charter_service = std::make_unique<TestCharterService>(edge.get());
  lead_service = std::make_unique<TestLeadService>(edge.get());
  Listen();
}

House::~House() {
  server->Shutdown(absl::Now());
  std::filesystem::remove_all(folder);
}

void House::FillDirectory(absl::Duration confirmed) {
  auto snapshot = std::make_shared<directory::Snapshot>();
  snapshot->version = 1;
  const auto add = [&](const char* person, const char* department, type::v1::Role role) {
    auto* membership = snapshot->persons[person].add_memberships();
    membership->set_department(department);
    membership->add_roles(role);
  };
  add("persons/ana", "departments/sales", type::v1::ROLE_MEMBER);
  add("persons/ivo", "departments/it", type::v1::ROLE_OPERATOR);
  add("persons/ina", "departments/it", type::v1::ROLE_MEMBER);
  add("persons/aud", "departments/it", type::v1::ROLE_AUDITOR);
  directory.Replace(snapshot);
  directory.Confirm(confirmed);
}

void House::Listen() {
  GrpcServerOptions options;
  options.listen = "127.0.0.1:0";
  options.credentials = channel::ServerTls(ca.IssueWorkload("service/test"));
  options.services = {charter_service.get(), lead_service.get()};
  options.check_services = [this](const std::vector<std::string>& names) {
    auto policies = Policies::Make(names, *google::protobuf::DescriptorPool::generated_pool());
    if (policies.ok()) edge->SetPolicies(*std::move(policies));
    return policies.status();
  };
  auto started = GrpcServer::Start(options);
  ASSERT_TRUE(started.ok()) << started.status();
  server = *std::move(started);
}

std::shared_ptr<grpc::Channel> House::Channel(const channel::TlsFiles& tls,
                                              const std::string& peer) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxSendMessageSize(-1);
  arguments.SetSslTargetNameOverride("localhost");
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server->port()),
                                   channel::ChannelTls(tls, peer), arguments);
}

std::string House::Token(const std::string& person, const std::string& department) const {
  return *signer.Sign("persons/" + person, "departments/" + department, absl::Now());
}

}  // namespace comity::server
