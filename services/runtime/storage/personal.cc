#include "services/runtime/storage/personal.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comity/type/v1/policy.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::storage {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsPersonal(const FieldDescriptor& field) {
  return field.options().GetExtension(type::v1::field).personal();
}

absl::Status ClearIn(const FieldDescriptor& field, Message* message) {
  const auto* reflection = message->GetReflection();
  if (!field.is_repeated()) return ClearPersonal(reflection->MutableMessage(message, &field));
  for (int i = 0; i < reflection->FieldSize(*message, &field); ++i) {
    COMITY_RETURN_IF_ERROR(ClearPersonal(reflection->MutableRepeatedMessage(message, &field, i)));
  }
  return absl::OkStatus();
}

std::unique_ptr<Message> NewOfType(const std::string& type_url) {
  const std::string name = type_url.substr(type_url.rfind('/') + 1);
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (descriptor == nullptr) return nullptr;
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
}

std::string Serialize(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

absl::Status ClearPersonal(Message* message) {
  if (message->GetDescriptor()->full_name() == "google.protobuf.Any") {
    return ClearPersonalIn(static_cast<google::protobuf::Any*>(message));
  }
  const auto* reflection = message->GetReflection();
  reflection->MutableUnknownFields(message)->Clear();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (IsPersonal(*field)) {
      reflection->ClearField(message, field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      COMITY_RETURN_IF_ERROR(ClearIn(*field, message));
    }
  }
  return absl::OkStatus();
}

absl::Status ClearPersonalIn(google::protobuf::Any* any) {
  if (any->type_url().empty()) {
    any->clear_value();  // bytes of which nobody can say what they hold
    return absl::OkStatus();
  }
  const std::unique_ptr<Message> message = NewOfType(any->type_url());
  if (message == nullptr || !message->ParseFromString(any->value())) {
    return Internal(absl::StrCat("cannot read a ", any->type_url()));
  }
  COMITY_RETURN_IF_ERROR(ClearPersonal(message.get()));
  any->set_value(Serialize(*message));
  return absl::OkStatus();
}

}  // namespace comity::storage
