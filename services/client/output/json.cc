#include "services/client/output/json.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "services/client/profile.h"

namespace comity::client {

std::string ToJson(const google::protobuf::Message& message, bool compact) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = !compact;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
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
