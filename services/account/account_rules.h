// The rules of accounts, contacts and relationships. Pure.
#ifndef COMITY_ACCOUNT_ACCOUNT_RULES_H_
#define COMITY_ACCOUNT_ACCOUNT_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "comity/account/v1/account.pb.h"
#include "comity/account/v1/contact.pb.h"
#include "comity/account/v1/relationship.pb.h"
#include "comity/fact/v1/fact.pb.h"

namespace comity::account {

// Resource::check of accounts: the domain in lower case and without scheme; no account above
// itself. INVALID_ARGUMENT reasons INVALID_DOMAIN, HIERARCHY_CYCLE.
absl::Status CheckAccount(const v1::Account* before, v1::Account* account);
// A domain as accounts are found by it: in lower case, without `www.` and a dot at its end.
std::string DomainKey(absl::string_view domain);
// Resource::check of contacts: a name or an e-mail address. INVALID_ARGUMENT reasons
// NAME_REQUIRED, INVALID_EMAIL_ADDRESS.
absl::Status CheckContact(const v1::Contact* before, v1::Contact* contact);
// Resource::check of relationships: it does not end before it starts, and not with the account
// itself; colleagues, households and suppliers name the other party. INVALID_ARGUMENT reasons
// ENDS_BEFORE_START, SAME_PARTY, OTHER_PARTY_REQUIRED.
absl::Status CheckRelationship(const v1::Relationship* before, v1::Relationship* relationship);

// SubjectFacts::derive of accounts, which hold the owner that they were created with: the latest
// standing OWNER_CHANGED.
void DeriveAccount(const std::vector<fact::v1::Fact>& standing, v1::Account* account);

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_ACCOUNT_RULES_H_
