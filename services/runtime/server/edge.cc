#include "services/runtime/server/edge.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/server/authorize.h"
#include "services/runtime/server/call_outcome.h"
#include "services/runtime/server/failpoint.h"
#include "services/runtime/server/peer.h"
#include "services/runtime/server/trace.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/server/validate.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::server {
namespace {

constexpr double kWeightOfNew = 0.05;
constexpr absl::Duration kRetryLate = absl::Milliseconds(50);
constexpr size_t kSmallRequest = 16 << 10;  // bytes on the wire

// What a waiting request holds. Decoded it may be 30 times what it was on the wire; of a small one
// the count is not worth its time.
size_t MemoryOf(const google::protobuf::Message& request) {
  const size_t bytes = request.ByteSizeLong();
  return bytes <= kSmallRequest ? bytes : request.SpaceUsedLong();
}

}  // namespace

// A call between its receipt and its answer.
struct ServerEdge::Work {
  grpc::CallbackServerContext* context;
  const Method* method;
  const google::protobuf::Message* request;
  Handler handler;
  LaterHandler later;  // instead of `handler`
  grpc::ServerUnaryReactor* reactor;
  Call call;
};

ServerEdge::ServerEdge(EdgeOptions options, const Runtime* runtime, identity::TokenCache* tokens,
                       Metrics* metrics)
    : options_(std::move(options)),
      runtime_(runtime),
      tokens_(tokens),
      metrics_(metrics),
      slots_(options_.streams),
      pool_(options_.workers, options_.queue_size, options_.queue_bytes) {}

ServerEdge::~ServerEdge() { Stop(); }

void ServerEdge::SetPolicies(Policies policies) {
  policies_ = std::move(policies);
  for (const std::string& name : policies_.methods()) {
    methods_[name].reset(new Method{policies_.Find(name), metrics_->ForMethod(name)});
  }
}

const ServerEdge::Method* ServerEdge::FindMethod(const char* name) const {
  const auto found = methods_.find(name);
  return found == methods_.end() ? nullptr : found->second.get();
}

Call ServerEdge::BeginCall(const grpc::CallbackServerContext& context, const char* name,
                           const Method* method) const {
  Call call;
  call.runtime = runtime_;
  call.method = name;
  call.now = absl::Now();
  call.deadline = absl::FromChrono(context.deadline());
  if (method != nullptr) {
    call.deadline = std::min(call.deadline, call.now + method->rule->timeout);
  }
  Trace trace =
      ContinueTrace(MetadataOf(context, "traceparent"), AllMetadataOf(context, "tracestate"));
  call.traceparent = std::move(trace.traceparent);
  call.tracestate = std::move(trace.tracestate);
  return call;
}

grpc::ServerUnaryReactor* ServerEdge::Run(grpc::CallbackServerContext* context, const char* method,
                                          const google::protobuf::Message* request,
                                          Handler handler) {
  const Method* known = FindMethod(method);
  return Take(
      std::make_shared<Work>(Work{context, known, request, std::move(handler), nullptr,
                                  context->DefaultReactor(), BeginCall(*context, method, known)}));
}

grpc::ServerUnaryReactor* ServerEdge::RunLater(grpc::CallbackServerContext* context,
                                               const char* method,
                                               const google::protobuf::Message* request,
                                               LaterHandler handler) {
  const Method* known = FindMethod(method);
  return Take(
      std::make_shared<Work>(Work{context, known, request, nullptr, std::move(handler),
                                  context->DefaultReactor(), BeginCall(*context, method, known)}));
}

grpc::ServerUnaryReactor* ServerEdge::Take(const std::shared_ptr<Work>& work) {
  const Method* known = work->method;
  grpc::ServerUnaryReactor* const reactor = work->reactor;  // the work may be done before we return
  if (known != nullptr) known->metrics->Started();
  Admission admission;
  admission.deadline = work->call.deadline;
  admission.bulk =
      known != nullptr && known->rule->policy.admission() == type::v1::ADMISSION_CLASS_BULK;
  admission.bytes = MemoryOf(*work->request);
  if (known != nullptr) admission.cost = known->cost();
  absl::Status admitted = CheckOpen();
  if (admitted.ok()) {
    admitted = pool_.Submit(admission, [this, work] { Execute(work); });
  }
  if (absl::IsResourceExhausted(admitted)) metrics_->CountShed();
  if (!admitted.ok()) Conclude(work.get(), admitted);
  return reactor;
}

absl::Status ServerEdge::CheckOpen() const {
  if (draining_) return Unavailable("DRAINING", "the server is shutting down; retry elsewhere");
  if (database_answers_) return absl::OkStatus();
  return Unavailable("DATABASE_UNAVAILABLE", "the database does not answer; retry shortly");
}

void ServerEdge::Execute(const std::shared_ptr<Work>& work) {
  absl::Status status;
  bool later = false;
  try {
    status = Perform(work, &later);
  } catch (const std::exception& error) {
    status = Internal(absl::StrCat("exception: ", error.what()));
  } catch (...) {
    status = Internal("exception of unknown type");
  }
  if (!later) Conclude(work.get(), std::move(status));
}

absl::Status ServerEdge::Perform(const std::shared_ptr<Work>& work, bool* later) {
  if (work->context->IsCancelled()) return absl::CancelledError("the caller went away");
  COMITY_RETURN_IF_ERROR(CheckInTime(*work));
  COMITY_RETURN_IF_ERROR(CheckOpen());
  COMITY_RETURN_IF_ERROR(Check(*work->context, work->method, *work->request, &work->call));
  if (work->later) {
    *later = true;
    work->later(std::shared_ptr<Call>(work, &work->call),
                [this, work](absl::Status status) { Conclude(work.get(), std::move(status)); });
    return absl::OkStatus();
  }
  const absl::Time begin = absl::Now();
  absl::Status status = work->handler(work->call);
  work->method->Took(absl::Now() - begin);
  return status;
}

absl::Status ServerEdge::CheckInTime(const Work& work) const {
  const absl::Time now = absl::Now();
  if (now >= work.call.deadline) return DeadlineExceeded();
  if (work.method == nullptr) return absl::OkStatus();
  const absl::Duration cost = work.method->cost();
  // A call that comes with little time is tried; one that has spent its time waiting is not.
  const bool has_waited = now - work.call.now > cost;
  if (!has_waited || now + cost <= work.call.deadline) return absl::OkStatus();
  metrics_->CountShed();
  return ServerBusy(kRetryLate);
}

void ServerEdge::Method::Took(absl::Duration time) const {
  // An update that is lost to another one at the same moment is no loss.
  const double before = seconds.load(std::memory_order_relaxed);
  const double now = absl::ToDoubleSeconds(std::min(time, rule->timeout));
  const double after = before == 0 ? now : before + kWeightOfNew * (now - before);
  seconds.store(after, std::memory_order_relaxed);
}

absl::Status ServerEdge::Check(const grpc::CallbackServerContext& context, const Method* method,
                               const google::protobuf::Message& request, Call* call) {
  if (method == nullptr) {
    return PermissionDenied("POLICY_MISSING", "this method has no policy: nobody may call it");
  }
  const MethodRule& rule = *method->rule;
  COMITY_RETURN_IF_ERROR(Identify(context, rule, call));
  if (!call->principal.person.empty()) {
    COMITY_RETURN_IF_ERROR(CheckRole(rule, call->principal));
  }
  COMITY_RETURN_IF_ERROR(Validate(request));
  if (call->principal.person.empty()) return absl::OkStatus();
  return CheckRight(rule, call->principal, call->charter(), options_.collections, request);
}

absl::Status ServerEdge::Identify(const grpc::CallbackServerContext& context,
                                  const MethodRule& rule, Call* call) {
  COMITY_ASSIGN_OR_RETURN(call->principal.workload, PeerWorkload(context));
  COMITY_RETURN_IF_ERROR(CheckWorkload(rule, call->principal.workload));
  COMITY_ASSIGN_OR_RETURN(call->authorization, AuthorizationOf(context));
  if (call->authorization.empty()) {
    if (MayLackPerson(rule, call->principal.workload)) return absl::OkStatus();
    return Unauthenticated("TOKEN_MISSING",
                           "this method needs a person: send `authorization: Bearer` and a token");
  }
  if (!ready_) return Unavailable("NOT_READY", "the directory is being read; retry shortly");
  COMITY_RETURN_IF_ERROR(runtime_->directory->CheckFresh(Uptime()));
  COMITY_ASSIGN_OR_RETURN(const auto caller,
                          tokens_->Verify(TokenIn(call->authorization), call->now));
  COMITY_RETURN_IF_ERROR(CheckOnBehalf(rule, call->principal.workload, caller->workload));
  call->principal.on_behalf = !caller->workload.empty();
  call->principal.person = caller->person;
  call->principal.department = caller->department;
  call->principal.roles = caller->roles;
  call->principal.expires = caller->expires;
  return absl::OkStatus();
}

void ServerEdge::Conclude(Work* work, absl::Status status) {
  CallOutcome outcome = OutcomeOf(work->call, status);
  if (work->method != nullptr) {
    work->method->metrics->Finished(outcome.line.code, outcome.line.duration);
  }
  const std::string fault =
      Failpoint(runtime_->service, absl::StrCat(work->call.method, "/before-answer"));
  if (fault == "lose") outcome.status = Unavailable("ANSWER_LOST", "it is lost on its way");
  if (fault == "cut") work->context->TryCancel();
  work->reactor->Finish(
      ToGrpcStatus(outcome.status));  // context and messages are gone from here on
  WriteLine(outcome.line);
}

}  // namespace comity::server
