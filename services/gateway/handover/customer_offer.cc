// How a workflow offers a customer, and takes the offer back.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/gateway/handover/answer_time.h"
#include "services/gateway/handover/customer_offer_rules.h"
#include "services/gateway/handover/handover_rules.h"
#include "services/gateway/handover/handover_service.h"
#include "services/gateway/handover/handover_store.h"
#include "services/gateway/handover/offer.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

// What is offered, or why nothing is.
struct CustomerOffer {
  const type::v1::HandoverAgreement* agreement = nullptr;
  lead::v1::PromiseSet promises;
  std::string why_not;
};

absl::StatusOr<CustomerOffer> PrepareCustomerOffer(const Call& call, StepCaller* caller,
                                                   const v1::OfferCustomerRequest& request) {
  const std::string& department = call.principal.department;
  CustomerOffer offer;
  offer.agreement = AgreementForCustomers(call.charter().document(), department);
  if (offer.agreement == nullptr) {
    offer.why_not =
        absl::StrCat("the charter has no agreement by which ", department, " hands over accounts");
    return offer;
  }
  ResponsibilityReader reader(caller, absl::InfiniteDuration());
  const auto responsible = reader.Read(call, request.account());
  if (Reason(responsible.status()) == "RECORD_WITHDRAWN") {
    offer.why_not = "the account was withdrawn";
    return offer;
  }
  COMITY_RETURN_IF_ERROR(responsible.status());
  if (responsible->department() != department) {
    offer.why_not = absl::StrCat(responsible->department(), " is responsible for the account, and ",
                                 department, " offers none but its own");
    return offer;
  }
  COMITY_ASSIGN_OR_RETURN(offer.promises, reader.ReadPromises(call, request.account()));
  return offer;
}

absl::StatusOr<v1::OfferCustomerResponse> InsertCustomerOffer(
    storage::Transaction& tx, const Call& call, const v1::OfferCustomerRequest& request,
    const CustomerOffer& offer) {
  v1::OfferCustomerResponse response;
  response.set_why_not(offer.why_not);
  if (!offer.why_not.empty()) return response;
  COMITY_ASSIGN_OR_RETURN(
      v1::Handover handover,
      BeginHandover(call.charter().document(), *offer.agreement,
                    OfferOfCustomer(*offer.agreement, request, offer.promises), call.now));
  TakePromises(offer.promises, &handover);
  const absl::Status inserted = InsertOffer(tx, call, &handover);
  if (Reason(inserted) == "HANDOVER_OPEN") {
    response.set_why_not(std::string(inserted.message()));
    return response;
  }
  COMITY_RETURN_IF_ERROR(inserted);
  response.set_handover(handover.name());
  return response;
}

}  // namespace

absl::StatusOr<v1::OfferCustomerResponse> HandoverService::OfferCustomer(
    Call& call, const v1::OfferCustomerRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const CustomerOffer offer, PrepareCustomerOffer(call, caller_, request));
  return storage::Transact<v1::OfferCustomerResponse>(call, request, [&](storage::Transaction& tx) {
    return InsertCustomerOffer(tx, call, request, offer);
  });
}

absl::StatusOr<v1::TakeBackOfferResponse> HandoverService::TakeBackOffer(
    Call& call, const v1::TakeBackOfferRequest& request) {
  const Waits waits = ReadWaits(call, caller_, request.name());
  return storage::Transact<v1::TakeBackOfferResponse>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::TakeBackOfferResponse> {
        v1::TakeBackOfferResponse response;
        COMITY_ASSIGN_OR_RETURN(StoredHandover stored, LockHandover(tx, request.name()));
        v1::Handover& handover = stored.handover;
        if (handover.state() == v1::HANDOVER_STATE_ACCEPTING) {
          return Unavailable("ACCEPTANCE_UNDER_WAY",
                             "it is being accepted; how that ends is not known yet");
        }
        response.set_withdrawn(handover.state() == v1::HANDOVER_STATE_OFFERED ||
                               handover.state() == v1::HANDOVER_STATE_WITHDRAWN);
        if (handover.state() != v1::HANDOVER_STATE_OFFERED) return response;
        COMITY_ASSIGN_OR_RETURN(std::vector<HandoverEvent> events,
                                NoteAnswerTime(call, waits, call.now, &handover));
        Answer(v1::HANDOVER_STATE_WITHDRAWN, call.actor(), call.now, &handover);
        events.push_back({"withdrawn", call.now});
        *handover.mutable_update_time() = resource::FromTime(call.now);
        COMITY_RETURN_IF_ERROR(SaveHandover(tx, stored, events, NextLook(handover, call.now)));
        return response;
      });
}

}  // namespace comity::gateway
