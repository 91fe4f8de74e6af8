#include "services/client/commands/context.h"

#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "services/client/api/field_value.h"
#include "services/client/api/schema.h"
#include "services/client/output/format.h"
#include "services/client/output/json.h"
#include "services/client/output/record_view.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
using google::protobuf::Message;

absl::Status CheckOtherFile(const std::string& flag, const std::string& path,
                            const std::string& other) {
  std::error_code unknown;
  const bool same = !path.empty() && !other.empty() &&
                    (path == other || std::filesystem::weakly_canonical(path, unknown) ==
                                          std::filesystem::weakly_canonical(other, unknown));
  if (!same) return absl::OkStatus();
  return Usage(absl::StrCat(flag, " would overwrite ", other, ": name another file"));
}

absl::Status Context::Connect() {
  if (is_connected_) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(profile_, ReadProfile(ProfilePath(profile_flag)));
  as_ = profile_.as;
  if (!as_flag.empty()) {
    COMITY_ASSIGN_OR_RETURN(as_, ParseIdentity(as_flag));
  }
  if (as_.person.empty()) return Usage("say who acts: --as person@department, e.g. --as ana@sales");
  if (caller_ == nullptr) {
    COMITY_ASSIGN_OR_RETURN(caller_, GrpcCaller::Make(profile_));
  }
  is_connected_ = true;
  return absl::OkStatus();
}

absl::Status Context::Print(absl::string_view text) const {
  if (printed != nullptr) {
    printed->append(text.data(), text.size());
    return absl::OkStatus();
  }
  const size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (written == text.size() && std::fflush(stdout) == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kDataLoss, "OUTPUT_FAILED", "the output cannot be written");
}

absl::Status Context::PrintMessage(const google::protobuf::Message& message) const {
  if (output != "name") return Print(ToJson(message));  // `call` has no table
  const std::optional<std::string> names = NameLines(message);
  return names.has_value() ? Print(*names)
                           : Usage("--output name is for what has names; use --output json");
}

absl::StatusOr<std::unique_ptr<Message>> Context::FetchList(const std::string& method, bool all,
                                                            Message* request) {
  COMITY_ASSIGN_OR_RETURN(const auto* described, FindMethod(method));
  auto reply = New(described->output_type());
  while (true) {
    const auto page = New(described->output_type());
    COMITY_RETURN_IF_ERROR(caller().Call(as(), method, *request, page.get()));
    COMITY_RETURN_IF_ERROR(SetField(reply.get(), "next_page_token", ""));
    reply->MergeFrom(*page);
    const std::string token = Cell(*page, "next_page_token");
    if (!all || token.empty()) return reply;
    COMITY_RETURN_IF_ERROR(SetField(request, "page_token", token));
  }
}

absl::Status Context::PrintMore(const Message& reply) const {
  const std::string token = Cell(reply, "next_page_token");
  if (token.empty()) return absl::OkStatus();
  return Print(absl::StrCat("There is more: --page-token ", token, " or --all\n"));
}

}  // namespace comity::client
