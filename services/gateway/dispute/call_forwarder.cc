#include "services/gateway/dispute/call_forwarder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "comity/type/v1/policy.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "services/gateway/outcome.h"
#include "services/runtime/channel/byte_buffer.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> GrpcCallForwarder::Forward(
    const Call& call, const StepCall& step) {
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      absl::StrReplaceAll(step.method, {{"/", "."}}));
  const auto channel = channel_to_(step.service);
  if (method == nullptr) return Internal(absl::StrCat("no method ", step.method));
  if (channel == nullptr) {
    return OutcomeOf(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""), step.service);
  }
  grpc::ClientContext context;
  channel::Forward(call, &context);
  const int timeout = method->options().GetExtension(type::v1::method).timeout_ms();
  context.set_deadline(
      absl::ToChronoTime(std::min(call.deadline, absl::Now() + absl::Milliseconds(timeout))));
  const grpc::ByteBuffer request = channel::ToBuffer(*step.request);
  grpc::ByteBuffer bytes;
  grpc::Status result;
  absl::Notification done;
  grpc::GenericStub stub(channel);
  stub.UnaryCall(&context, absl::StrCat("/", step.method), {}, &request, &bytes,
                 [&](grpc::Status status) {
                   result = std::move(status);
                   done.Notify();
                 });
  done.WaitForNotification();
  COMITY_RETURN_IF_ERROR(OutcomeOf(result, step.service));
  std::unique_ptr<google::protobuf::Message> reply(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(method->output_type())
          ->New());
  if (channel::FromBuffer(bytes, reply.get())) return reply;
  return Internal(absl::StrCat(step.method, " answered another message"));
}

}  // namespace comity::gateway
