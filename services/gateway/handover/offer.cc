#include "services/gateway/handover/offer.h"

#include "services/gateway/handover/handover_rules.h"
#include "services/gateway/handover/handover_store.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {

absl::Status InsertOffer(storage::Transaction& tx, const Call& call, v1::Handover* handover) {
  handover->set_name(resource::MakeName(kHandovers, resource::NewId(call.now)));
  *handover->mutable_offered_by() = call.actor();
  COMITY_ASSIGN_OR_RETURN(const int before,
                          CountOffers(tx, handover->subject(), handover->agreement()));
  handover->set_offers_before(before);
  return InsertHandover(tx, *handover, NextLook(*handover, call.now));
}

}  // namespace comity::gateway
