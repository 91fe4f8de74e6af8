#include "services/account/contact_service.h"

#include "services/account/account_store.h"
#include "services/account/contact_store.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::account {
namespace {

absl::Status CheckAccountOf(storage::Transaction& tx, google::protobuf::Message* record) {
  return CheckAccountExists(tx, "contact.account",
                            static_cast<const v1::Contact&>(*record).account());
}

}  // namespace

absl::StatusOr<v1::Contact> ContactService::CreateContact(Call& call,
                                                          const v1::CreateContactRequest& request) {
  return resource::Create<v1::Contact>(call, ContactResource(), request, CheckAccountOf);
}

absl::StatusOr<v1::BatchCreateContactsResponse> ContactService::BatchCreateContacts(
    Call& call, const v1::BatchCreateContactsRequest& request) {
  return resource::BatchCreate<v1::BatchCreateContactsResponse>(call, ContactResource(), request,
                                                                CheckAccountOf);
}

absl::StatusOr<v1::Contact> ContactService::GetContact(Call& call,
                                                       const v1::GetContactRequest& request) {
  return resource::Get<v1::Contact>(call, ContactResource(), request);
}

absl::StatusOr<v1::ListContactsResponse> ContactService::ListContacts(
    Call& call, const v1::ListContactsRequest& request) {
  return resource::List<v1::ListContactsResponse>(call, ContactResource(), request);
}

absl::StatusOr<v1::Contact> ContactService::UpdateContact(Call& call,
                                                          const v1::UpdateContactRequest& request) {
  if (!request.contact().account().empty()) {
    COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) {
      return CheckAccountExists(reader, "contact.account", request.contact().account());
    }));
  }
  return resource::Update<v1::Contact>(call, ContactResource(), request);
}

}  // namespace comity::account
