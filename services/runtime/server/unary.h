// The edge, written once: admits a call to the bounded pool of workers and wraps the handler in
// deadline, mTLS peer, token, role and department, request checks, trace, one log line, metrics,
// and absl::Status → google.rpc.Status.
//
// A service class declares each of its RPCs with one line and implements the handler:
//
//   class LeadService final : public v1::LeadService::CallbackService {
//    public:
//     using Api = v1::LeadService;
//     explicit LeadService(server::Edge* edge) : edge_(edge) {}
//     COMITY_UNARY(CreateLead, v1::CreateLeadRequest, v1::Lead)
//    private:
//     server::Edge* const edge_;
//   };
//   absl::StatusOr<v1::Lead> LeadService::CreateLead(Call& call, const v1::CreateLeadRequest&
//   request) {…}
#ifndef COMITY_RUNTIME_SERVER_UNARY_H_
#define COMITY_RUNTIME_SERVER_UNARY_H_

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/grpcpp.h"
#include "services/runtime/server/call.h"

namespace comity::server {

// A streaming call that was admitted. Destroyed once it has ended.
class AdmittedStream {
 public:
  virtual ~AdmittedStream() = default;
  virtual const Call& call() const = 0;
  // Whether it may go on: a stream outlives its first check. UNAUTHENTICATED TOKEN_EXPIRED;
  // PERMISSION_DENIED when the role or the right is gone; UNAVAILABLE DIRECTORY_STALE.
  virtual absl::Status CheckStillAllowed(absl::Time now) const = 0;
  // How it ended, said once: its place is free, metrics and log know.
  virtual void Ended(const absl::Status& status) = 0;
};

class Edge {
 public:
  virtual ~Edge() = default;
  using Handler = std::function<absl::Status(Call&)>;
  // Runs `handler` on a worker and finishes the returned reactor with its status. `method` is
  // `package.Service/Method`; its policy was read when the server started.
  virtual grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const char* method,
                                        const google::protobuf::Message* request,
                                        Handler handler) = 0;
  // The same for a call that is answered later: `handler` returns at once, so that the call holds
  // no worker, and `done` is called once, from any thread. Request and response live until then.
  using Done = std::function<void(absl::Status)>;
  using LaterHandler = std::function<void(std::shared_ptr<Call>, Done done)>;
  virtual grpc::ServerUnaryReactor* RunLater(grpc::CallbackServerContext* context,
                                             const char* method,
                                             const google::protobuf::Message* request,
                                             LaterHandler handler) = 0;
  // The checks of a streaming method, on the calling thread and without the database: peer, token,
  // role, right, and that there is room. The stream itself holds no worker.
  virtual absl::StatusOr<std::unique_ptr<AdmittedStream>> Admit(
      grpc::CallbackServerContext* context, const char* method,
      const google::protobuf::Message* request) = 0;
  virtual const Runtime& runtime() const = 0;
};

// The grpc::Status of an error, with its details.
grpc::Status ToGrpcStatus(const absl::Status& status);

template <typename Response, typename Function>
grpc::ServerUnaryReactor* RunUnary(Edge* edge, grpc::CallbackServerContext* context,
                                   const char* method, const google::protobuf::Message* request,
                                   Response* response, Function function) {
  return edge->Run(context, method, request, [response, function](Call& call) -> absl::Status {
    absl::StatusOr<Response> result = function(call);
    if (!result.ok()) return result.status();
    *response = *std::move(result);
    return absl::OkStatus();
  });
}

}  // namespace comity::server

#define COMITY_UNARY(Method, Request, Response)                                                  \
  grpc::ServerUnaryReactor* Method(grpc::CallbackServerContext* context, const Request* request, \
                                   Response* response) override {                                \
    static const std::string* const name =                                                       \
        new std::string(std::string(Api::service_full_name()) + "/" #Method);                    \
    return comity::server::RunUnary<Response>(                                                   \
        edge_, context, name->c_str(), request, response,                                        \
        [this, request](comity::Call& call) { return Method(call, *request); });                 \
  }                                                                                              \
  absl::StatusOr<Response> Method(comity::Call& call, const Request& request);

#endif  // COMITY_RUNTIME_SERVER_UNARY_H_
