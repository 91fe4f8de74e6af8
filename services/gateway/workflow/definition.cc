#include "services/gateway/workflow/definition.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

std::unique_ptr<google::protobuf::Message> UnpackAny(const google::protobuf::Any& any) {
  const std::string name = any.type_url().substr(any.type_url().rfind('/') + 1);
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) return nullptr;
  std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!message->ParseFromString(any.value())) return nullptr;
  return message;
}

std::string StepRequestId(absl::string_view workflow, absl::string_view step,
                          absl::string_view verb) {
  std::string id =
      storage::Sha256(absl::StrCat("comity step|", workflow, "|", step, "|", verb)).substr(0, 16);
  id[6] = static_cast<char>((id[6] & 0x0f) | 0x80);  // version 8: its own way (RFC 9562)
  id[8] = static_cast<char>((id[8] & 0x3f) | 0x80);
  return resource::IdToText(id);
}

}  // namespace comity::gateway
