#include "services/client/api/grpc_caller.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "comity/type/v1/policy.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "services/client/api/certificate.h"
#include "services/client/api/retry.h"
#include "services/client/api/transport_error.h"
#include "services/runtime/channel/byte_buffer.h"
#include "services/runtime/channel/tls.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kRenewBefore = absl::Minutes(2);
constexpr absl::Duration kWatchAgain = absl::Milliseconds(200);
constexpr absl::Duration kWatchPatience = absl::Minutes(1);
constexpr absl::Duration kDefaultTimeout = absl::Seconds(5);

absl::StatusOr<std::string> ReadKey(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return MakeError(absl::StatusCode::kInvalidArgument, "PROFILE_UNREADABLE",
                     absl::StrCat("the issuer's private key `", path, "` cannot be read"));
  }
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

absl::Duration TimeoutOf(const MethodDescriptor& method) {
  const int timeout = method.options().GetExtension(type::v1::method).timeout_ms();
  return timeout > 0 ? absl::Milliseconds(timeout) : kDefaultTimeout;
}

void Prepare(const std::string& token, absl::Duration timeout, grpc::ClientContext* context) {
  context->set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  context->AddMetadata("authorization", absl::StrCat("Bearer ", token));
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcCaller>> GrpcCaller::Make(const Profile& profile) {
  const channel::TlsFiles tls{profile.tls_cert, profile.tls_key, profile.tls_ca};
  COMITY_RETURN_IF_ERROR(channel::CheckTlsFiles(tls));
  COMITY_ASSIGN_OR_RETURN(const std::string key, ReadKey(profile.issuer.private_key));
  COMITY_ASSIGN_OR_RETURN(
      identity::TokenSigner signer,
      identity::TokenSigner::Make(profile.issuer.iss, profile.issuer.aud, profile.issuer.kid, key));
  return std::unique_ptr<GrpcCaller>(new GrpcCaller(tls, profile.addresses, std::move(signer)));
}

absl::Status GrpcCaller::StatusOf(const grpc::Status& status) const {
  if (status.ok()) return absl::OkStatus();
  return NameTransportError(channel::FromGrpcStatus(status),
                            CertificateProblem(tls_.certificate, tls_.ca, absl::Now()));
}

absl::StatusOr<std::string> GrpcCaller::Token(const Identity& as) {
  const absl::Time now = absl::Now();
  absl::MutexLock lock(&mutex_);
  Signed& known = tokens_[as];
  if (known.until < now + kRenewBefore) {
    COMITY_ASSIGN_OR_RETURN(known.token, signer_.Sign(as.person, as.department, now));
    known.until = now + identity::kTokenLifetime;
  }
  return known.token;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> GrpcCaller::ChannelTo(
    const std::string& service) const {
  std::shared_ptr<grpc::Channel> channel = channels_.To(service);
  if (channel != nullptr) return channel;
  return MakeError(absl::StatusCode::kInvalidArgument, "UNKNOWN_SERVICE",
                   absl::StrCat("the profile has no address of the service `", service, "`"));
}

absl::Status GrpcCaller::CallOnce(const std::string& service, const Identity& as,
                                  const MethodDescriptor& method, const Message& request,
                                  Message* reply) {
  COMITY_RETURN_IF_ERROR(CheckRequestSize(request.ByteSizeLong()));
  COMITY_ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, ChannelTo(service));
  COMITY_ASSIGN_OR_RETURN(const std::string token, Token(as));
  grpc::ClientContext context;
  Prepare(token, TimeoutOf(method), &context);
  const grpc::ByteBuffer request_bytes = channel::ToBuffer(request);
  grpc::ByteBuffer reply_bytes;
  grpc::Status result;
  absl::Notification done;
  grpc::GenericStub stub(channel);
  stub.UnaryCall(&context, absl::StrCat("/", method.service()->full_name(), "/", method.name()), {},
                 &request_bytes, &reply_bytes, [&](grpc::Status status) {
                   result = std::move(status);
                   done.Notify();
                 });
  done.WaitForNotification();
  COMITY_RETURN_IF_ERROR(StatusOf(result));
  if (channel::FromBuffer(reply_bytes, reply)) return absl::OkStatus();
  return Internal(absl::StrCat(method.full_name(), " answered another message"));
}

absl::Status GrpcCaller::Try(const std::string& at, const Identity& as,
                             absl::string_view method_name, const Message& request,
                             Message* reply) {
  COMITY_ASSIGN_OR_RETURN(const MethodDescriptor* method, FindMethod(method_name));
  std::string service = at;
  if (service.empty()) {
    COMITY_ASSIGN_OR_RETURN(service, ServiceFor(*method, request));
  }
  return CallOnce(service, as, *method, request, reply);
}

absl::Status GrpcCaller::WatchOnce(
    const std::string& service, const Identity& as, int64_t* next, bool* heard,
    const std::function<bool(const journal::v1::WatchJournalResponse&)>& take) {
  COMITY_ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, ChannelTo(service));
  COMITY_ASSIGN_OR_RETURN(const std::string token, Token(as));
  grpc::ClientContext context;
  Prepare(token, absl::Hours(24), &context);
  journal::v1::WatchJournalRequest request;
  request.set_from_position(*next);
  const auto stub = journal::v1::JournalService::NewStub(channel);
  const auto stream = stub->WatchJournal(&context, request);
  journal::v1::WatchJournalResponse response;
  bool wanted = true;
  while (wanted && stream->Read(&response)) {
    *heard = true;
    if (*next < 0) *next = response.size();
    *next += response.entries_size();
    wanted = take(response);
  }
  if (!wanted) context.TryCancel();
  const grpc::Status status = stream->Finish();
  return wanted ? StatusOf(status) : absl::OkStatus();
}

absl::Status GrpcCaller::Watch(
    const std::string& service, const Identity& as, int64_t from,
    const std::function<bool(const journal::v1::WatchJournalResponse&)>& take) {
  int64_t next = from;
  absl::Time give_up = absl::Now() + patience();
  while (true) {
    bool heard = false;
    const absl::Status status = WatchOnce(service, as, &next, &heard, take);
    if (heard) give_up = absl::Now() + kWatchPatience;
    const bool may_go_on = WorthAnotherTry(status) || Reason(status) == "TOKEN_EXPIRED";
    if (!may_go_on || absl::Now() >= give_up) return status;
    if (!take(journal::v1::WatchJournalResponse())) return absl::OkStatus();
    absl::SleepFor(kWatchAgain);
  }
}

}  // namespace comity::client
