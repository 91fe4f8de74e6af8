// The agreement by which something was offered.
#ifndef COMITY_GATEWAY_HANDOVER_AGREEMENT_OF_H_
#define COMITY_GATEWAY_HANDOVER_AGREEMENT_OF_H_

#include "absl/status/statusor.h"
#include "comity/gateway/v1/handover.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "services/runtime/server/call.h"

namespace comity::gateway {

// As it was at the offer, whatever has become of it since.
struct OfferedBy {
  const type::v1::Charter* charter;
  const type::v1::HandoverAgreement* agreement;
};
absl::StatusOr<OfferedBy> AgreementOf(const Call& call, const v1::Handover& handover);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_AGREEMENT_OF_H_
