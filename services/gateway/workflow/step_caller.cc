#include "services/gateway/workflow/step_caller.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/gateway/workflow/send_call.h"
#include "services/runtime/identity/token_issuers.h"
#include "services/runtime/server/failpoint.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

constexpr size_t kMostAssertions = 10'000;

#ifdef COMITY_FAILPOINTS
// Sends a copy of it once the test says so, and tells the test the reason of its answer.
void CallWhenTold(StepCaller* caller, const StepCall& call, const type::v1::Actor& actor) {
  auto later = std::make_shared<StepCall>();
  later->service = call.service;
  later->method = call.method;
  later->request.reset(call.request->New());
  later->request->CopyFrom(*call.request);
  std::thread([caller, later, actor] {
    const std::string arrival = absl::StrCat(later->method, "/arrive");
    while (server::Failpoint("gateway", arrival).empty()) absl::SleepFor(absl::Milliseconds(10));
    const auto reply = caller->Call(*later, actor);
    server::TellTest("gateway", reply.ok() ? "OK" : Reason(reply.status()));
  }).detach();
}
#endif

}  // namespace

absl::Status GrpcStepCaller::SetKey(std::string private_key_pem) {
  COMITY_RETURN_IF_ERROR(identity::TokenSigner::Make(kAssertionIssuer, kAssertionAudience,
                                                     kAssertionKeyId, private_key_pem)
                             .status());
  absl::MutexLock lock(&mutex_);
  private_key_pem_ = std::move(private_key_pem);
  return absl::OkStatus();
}

absl::Status GrpcStepCaller::Authorize(const StepCall& call, const type::v1::Actor& actor,
                                       grpc::ClientContext* context) {
  if (actor.person().empty()) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const std::string assertion, Assertion(call.service, actor));
  context->AddMetadata("authorization", absl::StrCat("Bearer ", assertion));
  return absl::OkStatus();
}

absl::StatusOr<std::string> GrpcStepCaller::Assertion(const std::string& service,
                                                      const type::v1::Actor& actor) {
  const absl::Time now = absl::Now();
  absl::MutexLock lock(&mutex_);
  if (private_key_pem_.empty()) return Unavailable("NOT_READY", "the gateway is still starting");
  if (assertions_.size() >= kMostAssertions) assertions_.clear();
  Signed& known = assertions_[{service, actor.person(), actor.department()}];
  if (known.from <= now && now < known.until) return known.assertion;
  COMITY_ASSIGN_OR_RETURN(
      const identity::TokenSigner signer,
      identity::TokenSigner::Make(kAssertionIssuer, absl::StrCat(kAssertionAudience, "/", service),
                                  kAssertionKeyId, private_key_pem_));
  COMITY_ASSIGN_OR_RETURN(known.assertion, signer.Sign(actor.person(), actor.department(), now,
                                                       identity::kAssertionLifetime));
  known.from = now;
  known.until = now + identity::kAssertionLifetime / 2;
  return known.assertion;
}

absl::StatusOr<std::unique_ptr<Message>> GrpcStepCaller::Call(const StepCall& call,
                                                              const type::v1::Actor& actor) {
  const std::string fault =
      server::Failpoint("gateway", absl::StrCat(call.service, "/", call.method, "/send"));
#ifdef COMITY_FAILPOINTS
  if (fault == "late") CallWhenTold(this, call, actor);
#endif
  if (fault == "refuse" || fault == "late")
    return PermissionDenied("ROLE_REQUIRED", "a test refuses it");
  if (fault == "twice") Send(call, actor).IgnoreError();
  return Send(call, actor);
}

absl::StatusOr<std::unique_ptr<Message>> GrpcStepCaller::Send(const StepCall& call,
                                                              const type::v1::Actor& actor) {
  const auto channel = channel_to_(call.service);
  if (channel == nullptr) return Internal(absl::StrCat("a step calls ", call.service));
  grpc::ClientContext context;
  COMITY_RETURN_IF_ERROR(Authorize(call, actor, &context));
  return SendCall(channel, call, &context);
}

}  // namespace comity::gateway
