// From a request's fields to TransactOptions.
#include <memory>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "openssl/sha.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"

namespace comity::storage {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string Digest(const Message& request) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.SerializeToCodedStream(&coded);
  }
  return Sha256(bytes);
}

bool IsSingular(const FieldDescriptor* field, FieldDescriptor::CppType type) {
  return field != nullptr && !field->is_repeated() && field->cpp_type() == type;
}

}  // namespace

std::string Sha256(absl::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

absl::StatusOr<TransactOptions> OptionsOf(const Message& request) {
  const auto* descriptor = request.GetDescriptor();
  const auto* reflection = request.GetReflection();
  const FieldDescriptor* id = descriptor->FindFieldByName("request_id");
  if (!IsSingular(id, FieldDescriptor::CPPTYPE_STRING)) {
    return Internal(absl::StrCat(descriptor->full_name(), " has no request_id"));
  }
  TransactOptions options;
  options.request_id = reflection->GetString(request, id);
  if (options.request_id.empty()) {
    return InvalidField("REQUEST_ID_REQUIRED", "request_id", "a new UUID for each request");
  }
  if (!resource::IdFromText(options.request_id).ok()) {
    return InvalidField("REQUEST_ID_INVALID", "request_id", "must be a UUID");
  }
  const FieldDescriptor* validate = descriptor->FindFieldByName("validate_only");
  if (IsSingular(validate, FieldDescriptor::CPPTYPE_BOOL)) {
    options.validate_only = reflection->GetBool(request, validate);
  }
  const std::unique_ptr<Message> copy(request.New());
  copy->CopyFrom(request);
  reflection->ClearField(copy.get(), id);
  options.request_digest = Digest(*copy);
  return options;
}

}  // namespace comity::storage
