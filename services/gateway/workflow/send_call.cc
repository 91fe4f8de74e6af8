#include "services/gateway/workflow/send_call.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "comity/type/v1/policy.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "services/gateway/outcome.h"
#include "services/runtime/channel/byte_buffer.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> SendCall(
    const std::shared_ptr<grpc::Channel>& channel, const StepCall& call,
    grpc::ClientContext* context) {
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      absl::StrReplaceAll(call.method, {{"/", "."}}));
  if (method == nullptr) return Internal(absl::StrCat("there is no method ", call.method));
  const int timeout = method->options().GetExtension(type::v1::method).timeout_ms();
  context->set_deadline(
      absl::ToChronoTime(std::min(call.deadline, absl::Now() + absl::Milliseconds(timeout))));
  const grpc::ByteBuffer request = channel::ToBuffer(*call.request);
  grpc::ByteBuffer bytes;
  grpc::Status result;
  absl::Notification done;
  grpc::GenericStub stub(channel);
  stub.UnaryCall(context, absl::StrCat("/", call.method), {}, &request, &bytes,
                 [&](grpc::Status status) {
                   result = std::move(status);
                   done.Notify();
                 });
  done.WaitForNotification();
  COMITY_RETURN_IF_ERROR(OutcomeOf(result, call.service));
  std::unique_ptr<google::protobuf::Message> reply(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(method->output_type())
          ->New());
  if (channel::FromBuffer(bytes, reply.get())) return reply;
  return Internal(absl::StrCat(call.method, " answered another message"));
}

}  // namespace comity::gateway
