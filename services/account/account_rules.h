// The rules of accounts, contacts and relationships. Pure.
#ifndef COMITY_ACCOUNT_ACCOUNT_RULES_H_
#define COMITY_ACCOUNT_ACCOUNT_RULES_H_

#include <vector>

#include "absl/status/status.h"
#include "comity/fact/v1/fact.pb.h"
#include "google/protobuf/message.h"

namespace comity::account {

// Resource::check of accounts: the domain in lower case and without scheme; no account above
// itself. INVALID_ARGUMENT reasons INVALID_DOMAIN, HIERARCHY_CYCLE.
absl::Status CheckAccount(const google::protobuf::Message* before,
                          google::protobuf::Message* record);
// Resource::check of contacts: a name or an e-mail address. INVALID_ARGUMENT reasons
// NAME_REQUIRED, INVALID_EMAIL_ADDRESS.
absl::Status CheckContact(const google::protobuf::Message* before,
                          google::protobuf::Message* record);
// Resource::check of relationships: it does not end before it starts, and not with the account
// itself; colleagues, households and suppliers name the other party. INVALID_ARGUMENT reasons
// ENDS_BEFORE_START, SAME_PARTY, OTHER_PARTY_REQUIRED.
absl::Status CheckRelationship(const google::protobuf::Message* before,
                               google::protobuf::Message* record);

// SubjectFacts::derive of accounts: the owner, by the latest standing OWNER_CHANGED.
absl::Status DeriveAccount(const std::vector<fact::v1::Fact>& standing,
                           google::protobuf::Message* record);

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_ACCOUNT_RULES_H_
