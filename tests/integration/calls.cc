#include "tests/integration/calls.h"

#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "gtest/gtest.h"
#include "services/client/api/schema.h"
#include "services/runtime/resource/names.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kRenewToken = absl::Minutes(1);

// Tokens are signed once a minute, as a caller's are: a signature a call would cost more than the
// call.
class Tokens {
 public:
  std::string Of(const std::string& as) {
    absl::MutexLock lock(&mutex_);
    Signed& known = tokens_[as];
    if (absl::Now() - known.time > kRenewToken) {
      known = {Suite::Get().Token(as), absl::Now()};
    }
    return known.token;
  }

 private:
  struct Signed {
    std::string token;
    absl::Time time = absl::InfinitePast();
  };
  absl::Mutex mutex_;
  std::map<std::string, Signed> tokens_ ABSL_GUARDED_BY(mutex_);
};

std::string TokenOf(const std::string& as) {
  static auto* const tokens = new Tokens;
  return tokens->Of(as);
}

const MethodDescriptor& Method(absl::string_view name) {
  const auto method = client::FindMethod(name);
  if (!method.ok()) ADD_FAILURE() << method.status();
  return **method;
}

// The message that holds the last step of a path, and the field itself; null if there is none.
std::pair<const Message*, const FieldDescriptor*> Locate(const Message& message,
                                                         absl::string_view path) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* const field = message.GetDescriptor()->FindFieldByName(parts.first);
  if (field == nullptr || parts.second.empty()) return {&message, field};
  return Locate(message.GetReflection()->GetMessage(message, field), parts.second);
}

bool IsText(const FieldDescriptor* field) {
  return field != nullptr && !field->is_repeated() &&
         field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

const client::Collection& CollectionOf(const std::string& name) {
  const client::Collection* const found = client::FindCollection(resource::CollectionOf(name));
  if (found == nullptr) ADD_FAILURE() << "no collection of " << name;
  return *found;
}

}  // namespace

std::unique_ptr<Message> MakeRequest(absl::string_view method, const std::string& json) {
  std::unique_ptr<Message> request = client::New(Method(method).input_type());
  const auto status = google::protobuf::util::JsonStringToMessage(json, request.get());
  EXPECT_TRUE(status.ok()) << status.ToString() << "\n" << json;
  const FieldDescriptor* const id = request->GetDescriptor()->FindFieldByName("request_id");
  if (id != nullptr && TextAt(*request, "request_id").empty()) {
    request->GetReflection()->SetString(request.get(), id, NewRequestId());
  }
  return request;
}

absl::StatusOr<MessagePtr> Ask(const std::string& as, absl::string_view method_name,
                               const Message& request, const CallOptions& options) {
  const MethodDescriptor& method = Method(method_name);
  std::shared_ptr<grpc::Channel> channel = options.channel;
  if (channel == nullptr) {
    const auto service = client::ServiceFor(method, request);
    if (!service.ok()) return service.status();
    channel = Suite::Get().Channel(*service);
  }
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + options.timeout));
  context.AddMetadata("authorization", absl::StrCat("Bearer ", TokenOf(as)));
  const std::string path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  std::shared_ptr<Message> reply = client::New(method.output_type());
  grpc::CompletionQueue queue;
  auto call = grpc::TemplatedGenericStub<Message, Message>(channel).PrepareUnaryCall(
      &context, path, request, &queue);
  call->StartCall();
  grpc::Status status;
  call->Finish(reply.get(), &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (!status.ok()) return channel::FromGrpcStatus(status);
  return MessagePtr(std::move(reply));
}

absl::StatusOr<MessagePtr> Ask(const std::string& as, absl::string_view method,
                               const std::string& json, const CallOptions& options) {
  return Ask(as, method, *MakeRequest(method, json), options);
}

std::string TextAt(const Message& message, absl::string_view path) {
  const auto [holder, field] = Locate(message, path);
  return IsText(field) ? holder->GetReflection()->GetString(*holder, field) : "";
}

void SetTextAt(Message* message, absl::string_view path, const std::string& text) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* const field = message->GetDescriptor()->FindFieldByName(parts.first);
  ASSERT_NE(field, nullptr) << path << " of " << message->GetTypeName();
  if (!parts.second.empty()) {
    return SetTextAt(message->GetReflection()->MutableMessage(message, field), parts.second, text);
  }
  ASSERT_TRUE(IsText(field)) << path << " of " << message->GetTypeName();
  message->GetReflection()->SetString(message, field, text);
}

std::string MethodOf(const std::string& name, absl::string_view verb) {
  return CollectionOf(name).Method(verb);
}

absl::StatusOr<MessagePtr> GetRecord(const std::string& as, const std::string& name) {
  return Ask(as, MethodOf(name, "Get"), absl::StrCat(R"({"name": ")", name, R"("})"));
}

std::unique_ptr<Message> MakeUpdate(const Message& record, const std::string& field,
                                    const std::string& value) {
  const std::string name = TextAt(record, "name");
  const std::string& singular = CollectionOf(name).singular;
  std::unique_ptr<Message> request = MakeRequest(MethodOf(name, "Update"), "{}");
  SetTextAt(request.get(), singular + ".name", name);
  SetTextAt(request.get(), singular + ".etag", TextAt(record, "etag"));
  SetTextAt(request.get(), singular + "." + field, value);
  const FieldDescriptor* const mask = request->GetDescriptor()->FindFieldByName("update_mask");
  static_cast<google::protobuf::FieldMask*>(
      request->GetReflection()->MutableMessage(request.get(), mask))
      ->add_paths(field);
  return request;
}

}  // namespace comity::integration
