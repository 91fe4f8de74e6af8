#include "services/account/contact_service.h"

#include "services/account/contact_store.h"
#include "services/runtime/resource/references.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::account {
namespace {

using google::protobuf::Message;

absl::Status CheckAccount(storage::Transaction& tx, const Message& record) {
  return resource::CheckReference(tx, "contact.account",
                                  static_cast<const v1::Contact&>(record).account());
}

absl::Status AfterInsert(storage::Transaction& tx, const Message& /*request*/, Message* record) {
  return CheckAccount(tx, *record);
}

absl::Status OnUpdate(storage::Transaction& tx, const Message& /*before*/, const Message& record) {
  return CheckAccount(tx, record);
}

}  // namespace

absl::StatusOr<v1::Contact> ContactService::CreateContact(Call& call,
                                                          const v1::CreateContactRequest& request) {
  return resource::Create<v1::Contact>(call, ContactResource(), request, AfterInsert);
}

absl::StatusOr<v1::BatchCreateContactsResponse> ContactService::BatchCreateContacts(
    Call& call, const v1::BatchCreateContactsRequest& request) {
  return resource::BatchCreate<v1::BatchCreateContactsResponse>(call, ContactResource(), request,
                                                                AfterInsert);
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
  return resource::Update<v1::Contact>(call, ContactResource(), request, OnUpdate);
}

}  // namespace comity::account
