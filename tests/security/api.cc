#include "tests/security/api.h"

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/type/v1/batch.pb.h"
#include "google/protobuf/descriptor_database.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/byte_buffer.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/server/policy.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/suite.h"

namespace comity::security {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using integration::Suite;

constexpr absl::Duration kPatience = absl::Seconds(30);

// Where a package's services stand.
std::vector<std::string> HomesOf(const std::string& package) {
  const std::vector<std::string> parts = absl::StrSplit(package, '.');
  if (parts[1] == "journal") return ServiceNames();
  for (const char* shared : {"fact", "judgement", "workflow"}) {
    if (parts[1] == shared) return {"lead", "account", "support"};
  }
  for (const std::string& service : ServiceNames()) {
    if (service == parts[1]) return {service};
  }
  ADD_FAILURE() << package << ": say in HomesOf which services serve it";
  return {};
}

std::vector<Endpoint> FindEndpoints() {
  std::vector<std::string> files;
  google::protobuf::DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::vector<Endpoint> found;
  for (const std::string& name : std::set<std::string>(files.begin(), files.end())) {
    if (!absl::StartsWith(name, "comity/")) continue;
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        // What no person may call has its own test, gateway/callers_of_methods_test.cc.
        const auto rule = server::RuleFromDescriptor(*file->service(i)->method(j));
        if (rule.ok() && !rule->lists_clients) continue;
        for (const std::string& service : HomesOf(file->package())) {
          found.push_back({service, file->service(i)->method(j)});
        }
      }
    }
  }
  return found;
}

const channel::Channels& ChannelsOfSuite() {
  static const auto* const channels = [] {
    const client::Profile& profile = Suite::Get().profile();
    return new channel::Channels({profile.tls_cert, profile.tls_key, profile.tls_ca},
                                 profile.addresses);
  }();
  return *channels;
}

void Wait(grpc::CompletionQueue* queue) {
  void* tag = nullptr;
  bool ok = false;
  queue->Next(&tag, &ok);
}

grpc::Status CallUnary(grpc::ClientContext* context, const Endpoint& endpoint,
                       const Message& request, grpc::ByteBuffer* reply) {
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(ChannelsOfSuite().To(endpoint.service));
  grpc::Status status;
  const auto call = stub.PrepareUnaryCall(context, absl::StrCat("/", endpoint.path()),
                                          channel::ToBuffer(request), &queue);
  call->StartCall();
  call->Finish(reply, &status, nullptr);
  Wait(&queue);
  return status;
}

// The first message, or why there is none.
grpc::Status CallStream(grpc::ClientContext* context, const Endpoint& endpoint,
                        const Message& request, grpc::ByteBuffer* reply) {
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(ChannelsOfSuite().To(endpoint.service));
  const auto call = stub.PrepareCall(context, absl::StrCat("/", endpoint.path()), &queue);
  call->StartCall(nullptr);
  Wait(&queue);
  call->WriteLast(channel::ToBuffer(request), grpc::WriteOptions(), nullptr);
  Wait(&queue);
  call->Read(reply, nullptr);
  void* tag = nullptr;
  bool got = false;
  queue.Next(&tag, &got);
  if (got) context->TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  Wait(&queue);
  return got ? grpc::Status::OK : status;
}

}  // namespace

std::string Endpoint::path() const {
  return absl::StrCat(method->service()->full_name(), "/", method->name());
}

std::string Endpoint::text() const { return absl::StrCat(path(), " at ", service); }

const type::v1::MethodPolicy& Endpoint::policy() const {
  return method->options().GetExtension(type::v1::method);
}

bool Endpoint::writes() const {
  return method->options().idempotency_level() != google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
}

bool Endpoint::is_batch() const {
  return method->input_type()->FindFieldByName("requests") != nullptr;
}

const std::vector<std::string>& ServiceNames() {
  static const auto* const names =
      new std::vector<std::string>{"lead", "account", "support", "reporting", "gateway"};
  return *names;
}

const std::vector<Endpoint>& Endpoints() {
  static const auto* const endpoints = new std::vector<Endpoint>(FindEndpoints());
  return *endpoints;
}

const Endpoint& EndpointNamed(absl::string_view name) {
  for (const Endpoint& endpoint : Endpoints()) {
    if (absl::EndsWith(endpoint.path(), absl::StrCat(".", name))) return endpoint;
  }
  ADD_FAILURE() << "no method " << name;
  return Endpoints().front();
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

const FieldDescriptor* TextField(const Message& message, absl::string_view name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  const bool is_text =
      field != nullptr && !field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING;
  return is_text ? field : nullptr;
}

bool SetText(Message* message, absl::string_view name, const std::string& value) {
  const FieldDescriptor* field = TextField(*message, name);
  if (field != nullptr) message->GetReflection()->SetString(message, field, value);
  return field != nullptr;
}

std::string GetText(const Message& message, absl::string_view name) {
  const FieldDescriptor* field = TextField(message, name);
  return field == nullptr ? "" : message.GetReflection()->GetString(message, field);
}

absl::StatusOr<std::unique_ptr<Message>> CallWithToken(const Endpoint& endpoint,
                                                       const std::string& token,
                                                       const Message& request) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  grpc::ByteBuffer reply;
  const grpc::Status status = endpoint.streams() ? CallStream(&context, endpoint, request, &reply)
                                                 : CallUnary(&context, endpoint, request, &reply);
  if (!status.ok()) return channel::FromGrpcStatus(status);
  auto message = NewMessage(endpoint.method->output_type());
  if (!channel::FromBuffer(reply, message.get())) return Internal("another message came back");
  return message;
}

absl::StatusOr<std::unique_ptr<Message>> CallAs(const Endpoint& endpoint, const std::string& as,
                                                const Message& request) {
  return CallWithToken(endpoint, TokenOf(as), request);
}

std::string TokenOf(const std::string& as) {
  if (as.empty()) return "";
  static auto* const tokens = new std::map<std::string, std::string>;
  std::string& token = (*tokens)[as];
  if (token.empty()) token = Suite::Get().Token(as);
  return token;
}

absl::Status OutcomeOf(const absl::StatusOr<std::unique_ptr<Message>>& answer) {
  if (!answer.ok()) return answer.status();
  const Message& reply = **answer;
  const FieldDescriptor* results = reply.GetDescriptor()->FindFieldByName("results");
  if (results == nullptr || reply.GetReflection()->FieldSize(reply, results) != 1) {
    return absl::OkStatus();
  }
  const Message& item = reply.GetReflection()->GetRepeatedMessage(reply, results, 0);
  const FieldDescriptor* status = item.GetDescriptor()->FindFieldByName("status");
  return FromRpcStatus(
      static_cast<const type::v1::ItemStatus&>(item.GetReflection()->GetMessage(item, status))
          .status());
}

}  // namespace comity::security
