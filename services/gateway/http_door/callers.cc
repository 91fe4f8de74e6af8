#include "services/gateway/http_door/callers.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

std::string NameOf(const identity::Caller& caller) {
  return absl::StrCat(caller.person, " ", caller.department);
}

}  // namespace

std::string VerifiedCallers::Known(absl::string_view token) {
  if (!directory_->CheckFresh(server::Uptime()).ok()) return "";
  const auto caller = tokens_->Known(token, absl::Now());
  return caller == nullptr ? "" : NameOf(*caller);
}

absl::StatusOr<std::string> VerifiedCallers::Verify(absl::string_view token) {
  COMITY_RETURN_IF_ERROR(directory_->CheckFresh(server::Uptime()));
  COMITY_ASSIGN_OR_RETURN(const auto caller, tokens_->Verify(token, absl::Now()));
  return NameOf(*caller);
}

}  // namespace comity::gateway
