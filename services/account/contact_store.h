// Contacts in SQL: table contacts (migrations/0102_create_contacts.sql).
#ifndef COMITY_ACCOUNT_CONTACT_STORE_H_
#define COMITY_ACCOUNT_CONTACT_STORE_H_

#include "services/runtime/resource/resource.h"

namespace comity::account {

const resource::Resource& ContactResource();

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_CONTACT_STORE_H_
