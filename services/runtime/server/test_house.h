// A small real server over mTLS for tests of the edge, without a database.
#ifndef COMITY_RUNTIME_SERVER_TEST_HOUSE_H_
#define COMITY_RUNTIME_SERVER_TEST_HOUSE_H_

#include <functional>
#include <memory>
#include <string>

#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "services/runtime/identity/test_keys.h"
#include "services/runtime/identity/token_signer.h"
#include "services/runtime/server/edge.h"
#include "services/runtime/server/grpc_server.h"
#include "services/runtime/server/test_ca.h"

namespace comity::server {

// What the handler of GetCharter does before it answers.
using Behaviour = std::function<absl::Status(Call&)>;

class TestCharterService final : public gateway::v1::CharterService::CallbackService {
 public:
  using Api = gateway::v1::CharterService;
  explicit TestCharterService(Edge* edge) : edge_(edge) {}
  COMITY_UNARY(GetCharter, gateway::v1::GetCharterRequest, type::v1::Charter)
  Behaviour behaviour;  // may be null

 private:
  Edge* const edge_;
};

// Finds no lead, and creates any.
class TestLeadService final : public lead::v1::LeadService::CallbackService {
 public:
  using Api = lead::v1::LeadService;
  explicit TestLeadService(Edge* edge) : edge_(edge) {}
  COMITY_UNARY(GetLead, lead::v1::GetLeadRequest, lead::v1::Lead)
  COMITY_UNARY(CreateLead, lead::v1::CreateLeadRequest, lead::v1::Lead)

 private:
  Edge* const edge_;
};

// The server `service/test` with its CA, its issuer and its directory: ana (sales, member), ivo
// (it, operator), ina (it, member), aud (it, auditor).
struct House {
  explicit House(EdgeOptions options,
                 absl::Duration directory_confirmed = absl::InfiniteDuration());
  ~House();

  std::shared_ptr<grpc::Channel> Channel(const channel::TlsFiles& tls,
                                         const std::string& peer = "service/test") const;
  // For `ana` and `sales`, from now on.
  std::string Token(const std::string& person, const std::string& department) const;

  const std::string folder;
  const TestCa ca;
  const TestCa foreign_ca;
  const identity::KeyPair pair;
  const identity::TokenSigner signer;
  directory::Directory directory;
  Runtime runtime;
  Metrics metrics{"test"};
  std::unique_ptr<identity::TokenIssuers> issuers;
  std::unique_ptr<identity::TokenCache> tokens;
  std::unique_ptr<ServerEdge> edge;
  std::unique_ptr<TestCharterService> charter_service;
  std::unique_ptr<TestLeadService> lead_service;
  std::unique_ptr<GrpcServer> server;

 private:
  void FillDirectory(absl::Duration confirmed);
  void Listen();
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_TEST_HOUSE_H_
