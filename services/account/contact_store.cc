#include "services/account/contact_store.h"

#include "services/account/account_rules.h"

namespace comity::account {
namespace {

using resource::ColumnType;

resource::Resource* MakeContacts() {
  auto* contacts = new resource::Resource();
  contacts->collection = "contacts";
  contacts->singular = "contact";
  contacts->columns = {
      {"account", "account", ColumnType::kReference, "accounts"},
      {"given_name", "given_name", ColumnType::kText, ""},
      {"family_name", "family_name", ColumnType::kText, ""},
      {"email_address", "email_address", ColumnType::kText, ""},
      {"phone_number", "phone_number", ColumnType::kText, ""},
      {"job_title", "job_title", ColumnType::kText, ""},
      {"withdraw_time", "withdraw_time", ColumnType::kTimestamp, ""},
      {"attributes", "attributes", ColumnType::kAttributes, ""},
  };
  contacts->filters = {
      {"account", "account", "account", ""},
      {"external_id.source", "external_source", "by_external_source", ""},
      {"external_id.id", "external_id", "external", ""},
  };
  contacts->orders = {{"create_time", "", "PRIMARY", ""}};
  contacts->check = resource::CheckOf<v1::Contact>(CheckContact);
  return contacts;
}

}  // namespace

const resource::Resource& ContactResource() {
  static const resource::Resource* const contacts = MakeContacts();
  return *contacts;
}

}  // namespace comity::account
