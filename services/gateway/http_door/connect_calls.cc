#include "services/gateway/http_door/connect_calls.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "comity/type/v1/policy.pb.h"
#include "google/rpc/error_details.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "services/gateway/http_door/connect_error.h"
#include "services/gateway/http_door/forwarded_headers.h"
#include "services/gateway/http_door/json_codec.h"
#include "services/gateway/outcome.h"
#include "services/runtime/server/trace.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

using google::protobuf::MethodDescriptor;

absl::Status CheckProtocol(const HttpRequest& request) {
  const std::string version = request.header("connect-protocol-version");
  if (!version.empty() && version != "1") {
    return InvalidField("PROTOCOL_VERSION", "Connect-Protocol-Version", "must be 1");
  }
  const std::string encoding = request.header("content-encoding");
  if (!encoding.empty() && encoding != "identity") {
    return MakeError(absl::StatusCode::kUnimplemented, "ENCODING_UNSUPPORTED",
                     "bodies must come uncompressed");
  }
  return absl::OkStatus();
}

// Until when the caller waits: what he says, at most what the method's policy grants.
absl::StatusOr<absl::Time> DeadlineOf(const HttpRequest& request, const MethodDescriptor& method) {
  const absl::Duration cap =
      absl::Milliseconds(method.options().GetExtension(type::v1::method).timeout_ms());
  const std::string text = request.header("connect-timeout-ms");
  if (text.empty()) return absl::Now() + cap;
  int64_t wanted = 0;
  if (text.size() > 10 || !absl::SimpleAtoi(text, &wanted) || wanted < 0) {
    return InvalidField("INVALID_TIMEOUT", "Connect-Timeout-Ms",
                        "must be milliseconds in at most ten digits");
  }
  return absl::Now() + std::min(cap, absl::Milliseconds(wanted));
}

bool IsJson(absl::string_view content_type) {
  return absl::EqualsIgnoreCase(
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))),
      "application/json");
}

constexpr absl::Duration kRetryBusy = absl::Milliseconds(500);

absl::Status Draining() { return Unavailable("DRAINING", "the door is closing; try again"); }

// Refusals of the HTTP form itself. 0: it may be a call.
int HttpFault(const HttpRequest& request) {
  if (request.method != "POST") return 405;
  return IsJson(request.header("content-type")) ? 0 : 415;
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// The error behind an HTTP code that is no call's.
absl::Status FaultOf(int http_code) {
  switch (http_code) {
    case 405:
    case 415:
      return MakeError(absl::StatusCode::kUnimplemented,
                       http_code == 405 ? "POST_ONLY" : "JSON_ONLY",
                       "call by POST with Content-Type: application/json");
    case 413:
      return MakeError(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE",
                       "a request may have 1 MiB; send less at once");
    case 431:
      return MakeError(absl::StatusCode::kResourceExhausted, "HEADERS_TOO_LARGE",
                       "headers may have 8 KiB in all");
    default:
      return MakeError(absl::StatusCode::kInvalidArgument, "MALFORMED_HTTP",
                       "this is no HTTP/1.1 request");
  }
}

// `comity.lead.v1.LeadService/GetLead`
std::string NameOf(const MethodDescriptor& method) {
  return absl::StrCat(method.service()->full_name(), "/", method.name());
}

// Empty where the caller sent no trace.
std::string TraceIdOf(const HttpRequest& request) {
  const std::string trace = request.header("traceparent");
  return server::IsTraceparent(trace) ? trace.substr(3, 32) : "";
}

}  // namespace

struct ConnectCalls::Plan {
  const MethodDescriptor* method = nullptr;
  std::string service;
  std::shared_ptr<grpc::Channel> channel;
  grpc::ByteBuffer request;
  absl::Time came;
  absl::Time deadline;
  std::string trace_id;
  bool bulk = false;
};

struct ConnectCalls::Flight {
  Plan plan;
  std::string caller;
  grpc::ClientContext context;
  grpc::ByteBuffer response;
  std::function<void(HttpResponse)> done;
};

HttpResponse ErrorResponse(const absl::Status& status, int http_code) {
  HttpResponse response;
  response.code = http_code != 0 ? http_code : HttpCode(status.code());
  if (Reason(status) == "METHOD_UNKNOWN") response.code = 404;
  response.body = ConnectErrorJson(status);
  return response;
}

ConnectCalls::ConnectCalls(ChannelTo channel_to, std::unique_ptr<Callers> callers,
                           const DoorLimits& limits, const DoorLog* log)
    : channel_to_(std::move(channel_to)),
      callers_(std::move(callers)),
      limits_(limits),
      rate_(limits.calls_per_second, limits.burst),
      failures_(limits.failures_per_second, limits.failures_at_once),
      log_(log) {}

absl::StatusOr<std::string> ConnectCalls::CallerOf(const HttpRequest& request,
                                                   absl::string_view token) {
  std::string known = callers_->Known(token);
  if (!known.empty()) return known;
  const absl::Duration wait = failures_.Ask(request.address, absl::Now());
  if (wait > absl::ZeroDuration()) return RateLimited(wait);
  absl::StatusOr<std::string> caller = callers_->Verify(token);
  if (!caller.ok() && !absl::IsUnavailable(caller.status())) {
    failures_.Take(request.address, absl::Now());
  }
  return caller;
}

absl::Status ConnectCalls::CheckHead(const HttpRequest& head, const MethodDescriptor& method) {
  COMITY_RETURN_IF_ERROR(CheckProtocol(head));
  COMITY_ASSIGN_OR_RETURN(const std::string token, TokenOf(head));
  COMITY_RETURN_IF_ERROR(DeadlineOf(head, method).status());
  COMITY_ASSIGN_OR_RETURN(const std::string caller, CallerOf(head, token));
  const absl::Duration wait = rate_.Take(caller, absl::Now());
  return wait == absl::ZeroDuration() ? absl::OkStatus() : RateLimited(wait);
}

std::optional<HttpResponse> ConnectCalls::Preflight(const HttpRequest& head) {
  const absl::Time came = absl::Now();
  if (const int code = HttpFault(head); code != 0) return Refuse(code);
  const absl::StatusOr<const MethodDescriptor*> method = routes_.Find(head.path);
  absl::Status status = method.status();
  if (status.ok()) status = CheckHead(head, **method);
  if (status.ok()) return std::nullopt;
  log_->Refused(status, method.ok() ? NameOf(**method) : "", TraceIdOf(head), came);
  return ErrorResponse(status);
}

HttpResponse ConnectCalls::Refuse(int http_code) {
  const absl::Status fault = FaultOf(http_code);
  log_->Refused(fault, "", "", absl::Now());
  HttpResponse response = ErrorResponse(fault, http_code);
  if (http_code == 405) response.headers.emplace_back("Allow", "POST");
  if (http_code == 415) response.headers.emplace_back("Accept-Post", "application/json");
  return response;
}

absl::StatusOr<ConnectCalls::Plan> ConnectCalls::MakePlan(const HttpRequest& request) {
  Plan plan;
  plan.came = absl::Now();
  plan.trace_id = TraceIdOf(request);
  COMITY_ASSIGN_OR_RETURN(plan.method, routes_.Find(request.path));
  COMITY_ASSIGN_OR_RETURN(plan.deadline, DeadlineOf(request, *plan.method));
  COMITY_ASSIGN_OR_RETURN(const auto message, FromJson(plan.method->input_type(), request.body));
  COMITY_ASSIGN_OR_RETURN(
      plan.service, routes_.ServiceOf(*plan.method, *message, request.header("comity-service")));
  plan.channel = channel_to_(plan.service);
  if (plan.channel == nullptr) {
    return Unavailable("SERVICE_UNAVAILABLE",
                       absl::StrCat("no address is known for the ", plan.service, " service"));
  }
  plan.bulk = plan.method->options().GetExtension(type::v1::method).admission() ==
              type::v1::ADMISSION_CLASS_BULK;
  const grpc::Slice slice(message->SerializeAsString());
  plan.request = grpc::ByteBuffer(&slice, 1);
  return plan;
}

void ConnectCalls::Handle(HttpRequest request, std::function<void(HttpResponse)> done) {
  const absl::Time came = absl::Now();
  const absl::StatusOr<std::string> token = TokenOf(request);
  absl::StatusOr<std::string> caller = token.ok() ? CallerOf(request, *token) : token.status();
  absl::StatusOr<Plan> plan = caller.ok() ? MakePlan(request) : caller.status();
  if (!plan.ok()) {
    log_->Refused(plan.status(), request.path.substr(1), TraceIdOf(request), came);
    return done(ErrorResponse(plan.status()));
  }
  auto flight = std::make_shared<Flight>();
  flight->plan = *std::move(plan);
  flight->caller = *std::move(caller);
  flight->done = std::move(done);
  flight->context.set_deadline(absl::ToChronoTime(flight->plan.deadline));
  for (const auto& [key, value] : MetadataFor(request, *token)) {
    flight->context.AddMetadata(key, value);
  }
  if (const absl::Status taken = TakeOff(flight); !taken.ok()) {
    log_->Refused(taken, NameOf(*flight->plan.method), flight->plan.trace_id, came);
    return flight->done(ErrorResponse(taken));
  }
  grpc::GenericStub(flight->plan.channel)
      .UnaryCall(&flight->context, absl::StrCat("/", NameOf(*flight->plan.method)), {},
                 &flight->plan.request, &flight->response,
                 [this, flight = flight.get()](grpc::Status status) { Land(flight, status); });
}

bool ConnectCalls::IsClosed() {
  absl::MutexLock lock(&mutex_);
  return closed_;
}

absl::Status ConnectCalls::TakeOff(const std::shared_ptr<Flight>& flight) {
  absl::MutexLock lock(&mutex_);
  if (closed_) return Draining();
  const bool bulk = flight->plan.bulk;
  const auto own = by_caller_.find(flight->caller);
  Load& load = by_service_[flight->plan.service];
  if ((own != by_caller_.end() && own->second >= limits_.at_once) ||
      load.all >= limits_.of_service || (bulk && load.bulk >= limits_.bulk_of_service)) {
    return ServerBusy(kRetryBusy);
  }
  ++by_caller_[flight->caller];
  ++load.all;
  load.bulk += bulk ? 1 : 0;
  aloft_.emplace(flight.get(), flight);
  return absl::OkStatus();
}

void ConnectCalls::Land(Flight* flight, const grpc::Status& status) {
  absl::Status outcome = OutcomeOf(status, flight->plan.service);
  if (outcome.code() == absl::StatusCode::kCancelled && IsClosed()) outcome = Draining();
  // Without details it is gRPC's own word: no service may have written a line.
  if (!status.ok() && status.error_details().empty()) {
    log_->Refused(outcome, NameOf(*flight->plan.method), flight->plan.trace_id, flight->plan.came);
  }
  absl::StatusOr<std::string> json =
      outcome.ok() ? ToJson(flight->plan.method->output_type(), BytesOf(flight->response))
                   : absl::StatusOr<std::string>(outcome);
  flight->done(json.ok() ? HttpResponse{.body = *std::move(json)} : ErrorResponse(json.status()));
  // Gone before CancelAll returns: a thread of gRPC must not be the last to hold a channel.
  absl::MutexLock lock(&mutex_);
  const auto own = by_caller_.find(flight->caller);
  if (--own->second == 0) by_caller_.erase(own);
  Load& load = by_service_[flight->plan.service];
  --load.all;
  load.bulk -= flight->plan.bulk ? 1 : 0;
  aloft_.erase(flight);
}

void ConnectCalls::CancelAll() {
  std::vector<std::shared_ptr<Flight>> aloft;
  {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
    for (const auto& [unused, flight] : aloft_) aloft.push_back(flight);
  }
  for (const auto& flight : aloft) flight->context.TryCancel();
  aloft.clear();
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &ConnectCalls::NoneAloft));
}

}  // namespace comity::gateway
