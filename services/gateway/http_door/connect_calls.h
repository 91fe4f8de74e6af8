// The Connect protocol's unary form over HTTP, answered by calling the services over gRPC.
#ifndef COMITY_GATEWAY_HTTP_DOOR_CONNECT_CALLS_H_
#define COMITY_GATEWAY_HTTP_DOOR_CONNECT_CALLS_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/grpcpp.h"
#include "services/gateway/http_door/callers.h"
#include "services/gateway/http_door/door_log.h"
#include "services/gateway/http_door/http_server.h"
#include "services/gateway/http_door/rate_limit.h"
#include "services/gateway/http_door/route_table.h"

namespace comity::gateway {

// The channel to a service, which lives longer than what calls through it; null when its address is
// not known.
using ChannelTo = std::function<std::shared_ptr<grpc::Channel>(const std::string& service)>;

// What callers are granted.
struct DoorLimits {
  // Of each caller, i.e. person and department.
  double calls_per_second = 200;
  double burst = 200;
  int at_once = 16;
  // Of all callers, at each service: its one connection carries 100 calls, and other parts of the
  // gateway use it as well.
  int of_service = 64;
  int bulk_of_service = 32;
  // Of each address: tokens that are none. Until it may try again, only tokens that were verified
  // before are looked at.
  double failures_per_second = 20;
  double failures_at_once = 100;
};

// The answer to `status`; `http_code` 0 stands for the one that belongs to the code.
HttpResponse ErrorResponse(const absl::Status& status, int http_code = 0);

// Thread-safe. The bearer token goes to the service as it came: the service verifies it again.
class ConnectCalls {
 public:
  ConnectCalls(ChannelTo channel_to, std::unique_ptr<Callers> callers, const DoorLimits& limits,
               const DoorLog* log);
  ~ConnectCalls() { CancelAll(); }

  // The answer to what the head alone refuses: a request without a valid token costs no more than
  // that.
  std::optional<HttpResponse> Preflight(const HttpRequest& head);
  // The answer to what is no acceptable HTTP request: 400, 405, 413, 415 or 431.
  HttpResponse Refuse(int http_code);
  // Answers `request`, which has passed Preflight, by calling `done` once, mostly from a thread of
  // gRPC.
  void Handle(HttpRequest request, std::function<void(HttpResponse)> done);
  // Takes no more calls, cancels those under way and waits until all of them are answered.
  void CancelAll();

 private:
  struct Plan;  // of a call: whom, what, until when
  struct Flight;
  // Calls of a service that are under way.
  struct Load {
    int all = 0;
    int bulk = 0;
  };
  absl::Status CheckHead(const HttpRequest& head, const google::protobuf::MethodDescriptor& method);
  absl::StatusOr<Plan> MakePlan(const HttpRequest& request);
  // Who shows `token`. RESOURCE_EXHAUSTED reason RATE_LIMITED where too many tokens from this
  // address were none.
  absl::StatusOr<std::string> CallerOf(const HttpRequest& request, absl::string_view token);
  bool IsClosed();
  // RESOURCE_EXHAUSTED reason SERVER_BUSY when too many are under way; UNAVAILABLE reason DRAINING
  // once no more calls are taken.
  absl::Status TakeOff(const std::shared_ptr<Flight>& flight);
  void Land(Flight* flight, const grpc::Status& status);
  bool NoneAloft() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return aloft_.empty(); }

  const ChannelTo channel_to_;
  const std::unique_ptr<Callers> callers_;
  const DoorLimits limits_;
  const RouteTable routes_;
  RateLimit rate_;      // by caller
  RateLimit failures_;  // by address
  const DoorLog* const log_;
  absl::Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_map<Flight*, std::shared_ptr<Flight>> aloft_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, int> by_caller_ ABSL_GUARDED_BY(mutex_);    // of aloft_
  absl::flat_hash_map<std::string, Load> by_service_ ABSL_GUARDED_BY(mutex_);  // likewise
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_CONNECT_CALLS_H_
