#include "services/runtime/server/hide.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/server/trace.h"
#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

bool IsInternal(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

}  // namespace

Shown HideInternal(const absl::Status& status) {
  if (!IsInternal(status.code())) return {status, "", ""};
  Shown shown;
  shown.error_id = RandomHex16();
  shown.detail = InternalDetail(status);
  if (shown.detail.empty()) shown.detail = std::string(status.message());
  shown.status =
      MakeError(absl::StatusCode::kInternal, "INTERNAL",
                absl::StrCat("internal error; quote ", shown.error_id, " to the operator"),
                {{"error_id", shown.error_id}});
  return shown;
}

type::v1::ItemStatus ItemStatusOf(const Call& call, const absl::Status& status) {
  const Shown shown = HideInternal(status);
  if (!shown.error_id.empty()) {
    LogMessage(call.runtime->service, absl::StrCat("an item of ", call.method, " failed, error ",
                                                   shown.error_id, ": ", shown.detail));
  }
  type::v1::ItemStatus item;
  *item.mutable_status() = ToRpcStatus(shown.status);
  return item;
}

}  // namespace comity::server
