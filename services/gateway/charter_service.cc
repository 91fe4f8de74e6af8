#include "services/gateway/charter_service.h"

namespace comity::gateway {

absl::StatusOr<type::v1::Charter> CharterService::GetCharter(Call& call,
                                                             const v1::GetCharterRequest&) {
  return call.charter().document();
}

}  // namespace comity::gateway
