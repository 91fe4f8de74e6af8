// Sends the calls of workflows' steps: as the gateway on behalf of a person, or by itself.
#ifndef COMITY_GATEWAY_WORKFLOW_STEP_CALLER_H_
#define COMITY_GATEWAY_WORKFLOW_STEP_CALLER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "comity/type/v1/resource.pb.h"
#include "grpcpp/grpcpp.h"
#include "services/gateway/workflow/definition.h"
#include "services/runtime/identity/token_signer.h"

namespace comity::gateway {

// One interface, so that tests answer without processes.
class StepCaller {
 public:
  virtual ~StepCaller() = default;
  // The reply, or the service's error. `actor`: on whose behalf; without a person the gateway calls
  // by itself.
  virtual absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Call(
      const StepCall& call, const type::v1::Actor& actor) = 0;
};

// Over gRPC. On behalf of a person it signs an assertion for that one service and a minute.
class GrpcStepCaller final : public StepCaller {
 public:
  using ChannelTo = std::function<std::shared_ptr<grpc::Channel>(const std::string& service)>;
  explicit GrpcStepCaller(ChannelTo channel_to) : channel_to_(std::move(channel_to)) {}
  // The private key of the issuer that the services know as asserting for `service/gateway`;
  // before, calls on behalf of persons are UNAVAILABLE, NOT_READY. INVALID_ARGUMENT reason
  // KEY_INVALID.
  absl::Status SetKey(std::string private_key_pem);
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Call(
      const StepCall& call, const type::v1::Actor& actor) override;

 private:
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Send(const StepCall& call,
                                                                  const type::v1::Actor& actor);
  absl::Status Authorize(const StepCall& call, const type::v1::Actor& actor,
                         grpc::ClientContext* context);
  // One that lives half a minute at least: a service verifies each only once.
  absl::StatusOr<std::string> Assertion(const std::string& service, const type::v1::Actor& actor);

  struct Signed {
    std::string assertion;
    absl::Time from = absl::InfiniteFuture();  // when it was signed: before, no service takes it
    absl::Time until = absl::InfinitePast();
  };
  using Key = std::tuple<std::string, std::string, std::string>;  // service, person, department

  const ChannelTo channel_to_;
  absl::Mutex mutex_;
  std::string private_key_pem_ ABSL_GUARDED_BY(mutex_);
  std::map<Key, Signed> assertions_ ABSL_GUARDED_BY(mutex_);
};

// What the issuer of assertions is called, as services' lists of issuers must name it.
inline constexpr char kAssertionIssuer[] = "https://gateway.comity.local";
inline constexpr char kAssertionAudience[] = "comity";
inline constexpr char kAssertionKeyId[] = "gateway-1";

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_STEP_CALLER_H_
