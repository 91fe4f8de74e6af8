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

HttpResponse HttpFaultResponse(int code) {
  HttpResponse response = ErrorResponse(
      MakeError(absl::StatusCode::kUnimplemented, code == 405 ? "POST_ONLY" : "JSON_ONLY",
                "call by POST with Content-Type: application/json"),
      code);
  if (code == 405) response.headers.emplace_back("Allow", "POST");
  if (code == 415) response.headers.emplace_back("Accept-Post", "application/json");
  return response;
}

}  // namespace

struct ConnectCalls::Plan {
  const MethodDescriptor* method = nullptr;
  std::string service;
  std::string token;
  std::shared_ptr<grpc::Channel> channel;
  grpc::ByteBuffer request;
  absl::Time deadline;
};

struct ConnectCalls::Flight {
  Plan plan;
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

HttpResponse RefusalResponse(int http_code) {
  if (http_code == 413) {
    return ErrorResponse(MakeError(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE",
                                   "a request may have 1 MiB; send less at once"),
                         http_code);
  }
  if (http_code == 431) {
    return ErrorResponse(MakeError(absl::StatusCode::kResourceExhausted, "HEADERS_TOO_LARGE",
                                   "headers may have 8 KiB in all"),
                         http_code);
  }
  return ErrorResponse(MakeError(absl::StatusCode::kInvalidArgument, "MALFORMED_HTTP",
                                 "this is no HTTP/1.1 request"),
                       http_code);
}

ConnectCalls::ConnectCalls(ChannelTo channel_to, double calls_per_second, double burst)
    : channel_to_(std::move(channel_to)), rate_(calls_per_second, burst) {}

absl::Status ConnectCalls::CheckRate(const std::string& token) {
  const absl::Duration wait = rate_.Take(token, absl::Now());
  if (wait == absl::ZeroDuration()) return absl::OkStatus();
  return RateLimited(wait);
}

absl::StatusOr<ConnectCalls::Plan> ConnectCalls::Check(const HttpRequest& request) {
  Plan plan;
  COMITY_ASSIGN_OR_RETURN(plan.method, routes_.Find(request.path));
  COMITY_RETURN_IF_ERROR(CheckProtocol(request));
  COMITY_ASSIGN_OR_RETURN(plan.token, TokenOf(request));
  COMITY_RETURN_IF_ERROR(CheckRate(plan.token));
  COMITY_ASSIGN_OR_RETURN(plan.deadline, DeadlineOf(request, *plan.method));
  COMITY_ASSIGN_OR_RETURN(const auto message, FromJson(plan.method->input_type(), request.body));
  COMITY_ASSIGN_OR_RETURN(
      plan.service, routes_.ServiceOf(*plan.method, *message, request.header("comity-service")));
  plan.channel = channel_to_(plan.service);
  if (plan.channel == nullptr) {
    return Unavailable("SERVICE_UNAVAILABLE",
                       absl::StrCat("no address is known for the ", plan.service, " service"));
  }
  const grpc::Slice slice(message->SerializeAsString());
  plan.request = grpc::ByteBuffer(&slice, 1);
  return plan;
}

void ConnectCalls::Handle(HttpRequest request, std::function<void(HttpResponse)> done) {
  if (const int code = HttpFault(request); code != 0) return done(HttpFaultResponse(code));
  absl::StatusOr<Plan> plan = Check(request);
  if (!plan.ok()) return done(ErrorResponse(plan.status()));
  auto flight = std::make_shared<Flight>();
  flight->plan = *std::move(plan);
  flight->done = std::move(done);
  flight->context.set_deadline(absl::ToChronoTime(flight->plan.deadline));
  for (const auto& [key, value] : MetadataFor(request, flight->plan.token)) {
    flight->context.AddMetadata(key, value);
  }
  if (!TakeOff(flight)) {
    return flight->done(ErrorResponse(Draining()));
  }
  const MethodDescriptor& method = *flight->plan.method;
  grpc::GenericStub(flight->plan.channel)
      .UnaryCall(&flight->context,
                 absl::StrCat("/", method.service()->full_name(), "/", method.name()), {},
                 &flight->plan.request, &flight->response,
                 [this, flight = flight.get()](grpc::Status status) { Land(flight, status); });
}

bool ConnectCalls::IsClosed() {
  absl::MutexLock lock(&mutex_);
  return closed_;
}

bool ConnectCalls::TakeOff(const std::shared_ptr<Flight>& flight) {
  absl::MutexLock lock(&mutex_);
  if (!closed_) aloft_.emplace(flight.get(), flight);
  return !closed_;
}

void ConnectCalls::Land(Flight* flight, const grpc::Status& status) {
  absl::Status outcome = OutcomeOf(status, flight->plan.service);
  if (outcome.code() == absl::StatusCode::kCancelled && IsClosed()) outcome = Draining();
  absl::StatusOr<std::string> json =
      outcome.ok() ? ToJson(flight->plan.method->output_type(), BytesOf(flight->response))
                   : absl::StatusOr<std::string>(outcome);
  flight->done(json.ok() ? HttpResponse{.body = *std::move(json)} : ErrorResponse(json.status()));
  // Gone before CancelAll returns: a thread of gRPC must not be the last to hold a channel.
  absl::MutexLock lock(&mutex_);
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
