#include "services/runtime/resource/request_fields.h"

namespace comity::resource {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string TextField(const Message& request, const char* name) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? "" : request.GetReflection()->GetString(request, field);
}

bool BoolField(const Message& request, const char* name) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && request.GetReflection()->GetBool(request, field);
}

const Message* MessageField(const Message& request, const std::string& name) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || !request.GetReflection()->HasField(request, field)) return nullptr;
  return &request.GetReflection()->GetMessage(request, field);
}

}  // namespace comity::resource
