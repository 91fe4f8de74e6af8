#include "services/client/commands/context.h"

#include <cstdio>

#include "services/client/output/json.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {

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

absl::Status Context::PrintJson(const google::protobuf::Message& message) const {
  return Print(ToJson(message));
}

}  // namespace comity::client
