// Calls to several services at once, on behalf of one call.
#ifndef COMITY_GATEWAY_FAN_OUT_H_
#define COMITY_GATEWAY_FAN_OUT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "services/gateway/outcome.h"
#include "services/runtime/channel/channel.h"

namespace comity::gateway {

// One of them: what is asked, what came back.
template <typename Request, typename Response>
struct Branch {
  grpc::ClientContext context;
  Request request;
  Response response;
  // OK, or the error with its reason; UNAVAILABLE SERVICE_UNAVAILABLE when nobody answers.
  absl::Status status;
};

// Starts branches and waits for all. The branches must outlive it: declare them before it.
class FanOut {
 public:
  explicit FanOut(const Call& call) : call_(call) {}
  ~FanOut() { Wait(); }

  // `stub` may be null: no address is known. The branch ends at `deadline` at the latest.
  template <typename Stub, typename Async, typename Request, typename Response>
  void Start(Stub* stub, const std::string& service, absl::Time deadline,
             void (Async::*method)(grpc::ClientContext*, const Request*, Response*,
                                   std::function<void(grpc::Status)>),
             Branch<Request, Response>* branch) {
    if (stub == nullptr) {
      branch->status = OutcomeOf(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""), service);
      return;
    }
    channel::Forward(call_, &branch->context);
    branch->context.set_deadline(absl::ToChronoTime(deadline));
    Begin();
    (stub->async()->*method)(&branch->context, &branch->request, &branch->response,
                             [this, service, branch](grpc::Status status) {
                               branch->status = OutcomeOf(status, service);
                               End();
                             });
  }

  void Wait();

 private:
  void Begin();
  void End();
  bool Done() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return running_ == 0; }

  const Call& call_;
  absl::Mutex mutex_;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_FAN_OUT_H_
