#include "services/client/output/json.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "services/client/profile.h"

namespace comity::client {
namespace {

constexpr char kTypes[] = "type.googleapis.com";

// With maps in the order of their keys: in memory they have none, and two prints would differ.
std::string Bytes(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  return bytes;
}

google::protobuf::util::TypeResolver* Types() {
  static auto* const types = google::protobuf::util::NewTypeResolverForDescriptorPool(
      kTypes, google::protobuf::DescriptorPool::generated_pool());
  return types;
}

}  // namespace

std::string ToJson(const google::protobuf::Message& message, bool compact) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = !compact;
  std::string json;
  const auto status = google::protobuf::util::BinaryToJsonString(
      Types(), absl::StrCat(kTypes, "/", message.GetDescriptor()->full_name()), Bytes(message),
      &json, options);
  // An Any of a type that this client does not know.
  if (!status.ok()) json = absl::StrCat("{\"error\": \"this client is too old for the answer\"}");
  if (json.empty() || json.back() != '\n') json.push_back('\n');
  return json;
}

absl::Status FromJson(absl::string_view json, google::protobuf::Message* message) {
  const auto status = google::protobuf::util::JsonStringToMessage(std::string(json), message);
  if (status.ok()) return absl::OkStatus();
  return Usage(absl::StrCat("not JSON of ", message->GetDescriptor()->full_name(), ": ",
                            absl::string_view(status.message().data(), status.message().size())));
}

}  // namespace comity::client
