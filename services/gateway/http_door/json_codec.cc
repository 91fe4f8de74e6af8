#include "services/gateway/http_door/json_codec.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

std::unique_ptr<Message> NewMessage(const Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// The parser says `(lead.owner) nickname: Cannot find field.`: the path of the enclosing message,
// if it is not the request itself, and the unknown name.
absl::Status UnknownField(absl::string_view said) {
  const absl::string_view place = said.substr(0, said.find(": Cannot find field"));
  const size_t close = place.find(')');
  std::string path(place);
  if (absl::StartsWith(place, "(") && close != place.npos) {
    const absl::string_view name = absl::StripLeadingAsciiWhitespace(place.substr(close + 1));
    path = absl::StrCat(place.substr(1, close - 1), close > 1 ? "." : "", name);
  }
  return InvalidField("UNKNOWN_FIELD", path, "the request has no such field; remove it");
}

absl::Status ParseFault(absl::string_view said) {
  if (absl::StrContains(said, "Cannot find field")) return UnknownField(said);
  return MakeError(absl::StatusCode::kInvalidArgument, "MALFORMED_JSON",
                   absl::StrCat("the body is not the JSON form of the request: ", said));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Message>> FromJson(const Descriptor* type, const std::string& json) {
  std::unique_ptr<Message> message = NewMessage(type);
  // Unknown fields are errors by default: a misspelt field must not be lost silently.
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, message.get());
  if (!parsed.ok()) {
    return ParseFault(absl::string_view(parsed.message().data(), parsed.message().size()));
  }
  return message;
}

absl::StatusOr<std::string> ToJson(const Descriptor* type, const std::string& serialised) {
  const std::unique_ptr<Message> message = NewMessage(type);
  if (!message->ParseFromString(serialised)) {
    return Internal(absl::StrCat("no ", std::string(type->full_name()), " came back"));
  }
  std::string json;
  const auto printed = google::protobuf::util::MessageToJsonString(*message, &json);
  if (!printed.ok()) return Internal(std::string(printed.message()));
  return json;
}

}  // namespace comity::gateway
