// Whether an outcome fits a dispute. Pure.
#ifndef COMITY_GATEWAY_DISPUTE_DISPUTE_OUTCOME_H_
#define COMITY_GATEWAY_DISPUTE_DISPUTE_OUTCOME_H_

#include "absl/status/status.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/type/v1/charter.pb.h"

namespace comity::gateway {

// INVALID_ARGUMENT reasons VERDICT_REQUIRED, ANSWER_NOT_EXPECTED, ANSWER_UNKNOWN,
// SPLIT_NOT_EXPECTED, SPLIT_INVALID.
absl::Status CheckOutcome(const type::v1::Charter& charter, const v1::Dispute& dispute,
                          const v1::DisputeOutcome& outcome);
// Something is to be done by it.
bool Grants(const v1::DisputeOutcome& outcome);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_DISPUTE_OUTCOME_H_
