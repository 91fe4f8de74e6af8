// gRPC servers: the mTLS port with the service's methods, and the plaintext probe port.
#ifndef COMITY_RUNTIME_SERVER_GRPC_SERVER_H_
#define COMITY_RUNTIME_SERVER_GRPC_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"

namespace comity::server {

struct GrpcServerOptions {
  std::string listen;  // host:port; port 0 takes a free one
  std::shared_ptr<grpc::ServerCredentials> credentials;
  std::vector<grpc::Service*> services;
  bool reflection = false;
  // After which a connection ends, so that clients look for new replicas; what is under way on it
  // may go on for the grace.
  absl::Duration connection_age = absl::Seconds(120);
  absl::Duration connection_grace = absl::Seconds(30);
  // Called with the full names of all services before the first call is taken; its error keeps the
  // server from starting.
  std::function<absl::Status(const std::vector<std::string>&)> check_services;
};

// A running server. Its health service says NOT_SERVING until SetServing(true).
class GrpcServer {
 public:
  // Errors: FAILED_PRECONDITION reason PORT_UNAVAILABLE, or what check_services said.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const GrpcServerOptions& options);
  ~GrpcServer();

  int port() const { return port_; }
  const std::vector<std::string>& service_names() const { return names_; }
  // Says SERVING or NOT_SERVING for the server and for each of `names`.
  void SetServing(bool serving, const std::vector<std::string>& names);
  // Takes no further calls; those under way are cancelled at `deadline`.
  void Shutdown(absl::Time deadline);

 private:
  GrpcServer() = default;
  // gRPC starts no server without a service; the probe port has none but health.
  grpc::CallbackGenericService unimplemented_;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::string> names_;
  int port_ = 0;
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_GRPC_SERVER_H_
