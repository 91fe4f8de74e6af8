#include "services/client/commands/context.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "services/client/output/json.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string NameOf(const Message& message) {
  const FieldDescriptor* name = message.GetDescriptor()->FindFieldByName("name");
  if (name == nullptr || name->type() != FieldDescriptor::TYPE_STRING) return "";
  return message.GetReflection()->GetString(message, name);
}

// A line for the record, or for each of a list's.
std::string Names(const Message& message) {
  const std::string own = NameOf(message);
  if (!own.empty()) return absl::StrCat(own, "\n");
  const FieldDescriptor* first = message.GetDescriptor()->FindFieldByNumber(1);
  std::string names;
  if (first == nullptr || !first->is_repeated() || first->message_type() == nullptr) return names;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, first); ++i) {
    absl::StrAppend(&names, NameOf(message.GetReflection()->GetRepeatedMessage(message, first, i)),
                    "\n");
  }
  return names;
}

}  // namespace

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
  if (caller_ != nullptr) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const Profile profile, ReadProfile(ProfilePath(profile_flag)));
  as_ = profile.as;
  if (!as_flag.empty()) {
    COMITY_ASSIGN_OR_RETURN(as_, ParseIdentity(as_flag));
  }
  if (as_.person.empty()) return Usage("say who acts: --as person@department, e.g. --as ana@sales");
  COMITY_ASSIGN_OR_RETURN(caller_, GrpcCaller::Make(profile));
  return absl::OkStatus();
}

absl::Status Context::Print(absl::string_view text) const {
  const size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (written == text.size() && std::fflush(stdout) == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kDataLoss, "OUTPUT_FAILED", "the output cannot be written");
}

absl::Status Context::PrintMessage(const google::protobuf::Message& message) const {
  if (output != "name") return Print(ToJson(message));  // `call` has no table
  const std::string names = Names(message);
  return names.empty() ? Usage("--output name is for what has names; use --output json")
                       : Print(names);
}

}  // namespace comity::client
