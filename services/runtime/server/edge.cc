#include "services/runtime/server/edge.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/server/authorize.h"
#include "services/runtime/server/hide.h"
#include "services/runtime/server/peer.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/server/trace.h"
#include "services/runtime/server/validate.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::server {
namespace {

// The caller's form of `status`; the line keeps what it was.
absl::Status Hide(const absl::Status& status, RequestLine* line) {
  Shown shown = HideInternal(status);
  line->error_id = std::move(shown.error_id);
  line->detail = std::move(shown.detail);
  return shown.status;
}

RequestLine LineOf(const Call& call) {
  RequestLine line;
  line.time = call.now;
  line.service = call.runtime->service;
  line.method = call.method;
  line.workload = call.principal.workload;
  line.department = call.principal.department;
  line.person = call.principal.person;
  line.trace_id = call.traceparent.substr(3, 32);
  return line;
}

}  // namespace

struct ServerEdge::Method {
  const MethodRule* rule;
  std::unique_ptr<MethodMetrics> metrics;
};

// A call between its receipt and its answer.
struct ServerEdge::Work {
  grpc::CallbackServerContext* context;
  const Method* method;
  const google::protobuf::Message* request;
  Handler handler;
  grpc::ServerUnaryReactor* reactor;
  Call call;
};

ServerEdge::ServerEdge(EdgeOptions options, const Runtime* runtime, identity::TokenCache* tokens,
                       Metrics* metrics)
    : options_(std::move(options)),
      runtime_(runtime),
      tokens_(tokens),
      metrics_(metrics),
      pool_(options_.workers, options_.queue_size) {}

ServerEdge::~ServerEdge() { Stop(); }

void ServerEdge::SetPolicies(Policies policies) {
  policies_ = std::move(policies);
  for (const std::string& name : policies_.methods()) {
    methods_[name] =
        std::make_unique<const Method>(Method{policies_.Find(name), metrics_->ForMethod(name)});
  }
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
  const auto found = methods_.find(method);
  const Method* known = found == methods_.end() ? nullptr : found->second.get();
  auto work =
      std::make_shared<Work>(Work{context, known, request, std::move(handler),
                                  context->DefaultReactor(), BeginCall(*context, method, known)});
  grpc::ServerUnaryReactor* const reactor = work->reactor;  // the work may be done before we return
  if (known != nullptr) known->metrics->Started();
  Admission admission;
  admission.deadline = work->call.deadline;
  admission.bulk =
      known != nullptr && known->rule->policy.admission() == type::v1::ADMISSION_CLASS_BULK;
  const absl::Status admitted = pool_.Submit(admission, [this, work] { Execute(work.get()); });
  if (!admitted.ok()) {
    metrics_->CountShed();
    Conclude(work.get(), admitted);
  }
  return reactor;
}

void ServerEdge::Execute(Work* work) {
  absl::Status status;
  try {
    status = Perform(work);
  } catch (const std::exception& error) {
    status = Internal(absl::StrCat("exception: ", error.what()));
  } catch (...) {
    status = Internal("exception of unknown type");
  }
  Conclude(work, std::move(status));
}

absl::Status ServerEdge::Perform(Work* work) {
  if (work->context->IsCancelled()) return absl::CancelledError("the caller went away");
  if (absl::Now() >= work->call.deadline) return DeadlineExceeded();
  COMITY_RETURN_IF_ERROR(Check(*work->context, work->method, *work->request, &work->call));
  return work->handler(work->call);
}

absl::Status ServerEdge::Check(const grpc::CallbackServerContext& context, const Method* method,
                               const google::protobuf::Message& request, Call* call) {
  if (draining_) return Unavailable("DRAINING", "the server is shutting down; retry elsewhere");
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
  COMITY_ASSIGN_OR_RETURN(const auto caller,
                          tokens_->Verify(TokenIn(call->authorization), call->now));
  call->principal.person = caller->person;
  call->principal.department = caller->department;
  call->principal.roles = caller->roles;
  return absl::OkStatus();
}

void ServerEdge::Conclude(Work* work, absl::Status status) {
  RequestLine line = LineOf(work->call);
  status = Hide(status, &line);
  line.code = status.code();
  line.reason = Reason(status);
  line.duration = absl::Now() - work->call.now;
  if (work->method != nullptr) work->method->metrics->Finished(line.code, line.duration);
  work->reactor->Finish(ToGrpcStatus(status));  // context and messages are gone from here on
  WriteLine(line);
}

absl::Status ServerEdge::Admit(grpc::CallbackServerContext* context, const char* method,
                               const google::protobuf::Message* request, Call* call) {
  const auto found = methods_.find(method);
  const Method* known = found == methods_.end() ? nullptr : found->second.get();
  *call = BeginCall(*context, method, known);
  RequestLine line;
  absl::Status status = Check(*context, known, *request, call);
  line = LineOf(*call);
  status = Hide(status, &line);
  line.code = status.code();
  line.reason = Reason(status);
  line.duration = absl::Now() - call->now;
  WriteLine(line);
  return status;
}

}  // namespace comity::server
