// Handlers of ContactService; errors as the proto says.
#ifndef COMITY_ACCOUNT_CONTACT_SERVICE_H_
#define COMITY_ACCOUNT_CONTACT_SERVICE_H_

#include "comity/account/v1/contact_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::account {

class ContactService final : public v1::ContactService::CallbackService {
 public:
  using Api = v1::ContactService;
  explicit ContactService(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(CreateContact, v1::CreateContactRequest, v1::Contact)
  COMITY_UNARY(BatchCreateContacts, v1::BatchCreateContactsRequest, v1::BatchCreateContactsResponse)
  COMITY_UNARY(GetContact, v1::GetContactRequest, v1::Contact)
  COMITY_UNARY(ListContacts, v1::ListContactsRequest, v1::ListContactsResponse)
  COMITY_UNARY(UpdateContact, v1::UpdateContactRequest, v1::Contact)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_CONTACT_SERVICE_H_
