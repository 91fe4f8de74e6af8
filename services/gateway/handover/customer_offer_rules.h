// How a customer who is received is offered to another department. Pure.
#ifndef COMITY_GATEWAY_HANDOVER_CUSTOMER_OFFER_RULES_H_
#define COMITY_GATEWAY_HANDOVER_CUSTOMER_OFFER_RULES_H_

#include <string>

#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/lead/v1/promise.pb.h"
#include "comity/type/v1/charter.pb.h"

namespace comity::gateway {

// The first agreement by which that department hands over accounts; null: there is none.
const type::v1::HandoverAgreement* AgreementForCustomers(const type::v1::Charter& charter,
                                                         const std::string& department);

// The offer, each item of the checklist answered from the record: an item that speaks of promises
// by the open ones, one of what was bought by the opportunity's lines, one of who speaks, decides
// or is the contact by its contact, and any other by all of that.
v1::OfferHandoverRequest OfferOfCustomer(const type::v1::HandoverAgreement& agreement,
                                         const v1::OfferCustomerRequest& request,
                                         const lead::v1::PromiseSet& promises);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_CUSTOMER_OFFER_RULES_H_
