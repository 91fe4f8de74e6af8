// Writes an offer.
#ifndef COMITY_GATEWAY_HANDOVER_OFFER_H_
#define COMITY_GATEWAY_HANDOVER_OFFER_H_

#include "absl/status/status.h"
#include "comity/gateway/v1/handover.pb.h"
#include "services/runtime/server/call.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

// Inserts what BeginHandover has begun, with a name, whoever calls, and how often it was offered
// before. Errors: those of InsertHandover.
absl::Status InsertOffer(storage::Transaction& tx, const Call& call, v1::Handover* handover);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_OFFER_H_
