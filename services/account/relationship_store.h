// Relationships in SQL: table relationships (migrations/0103_create_relationships.sql).
#ifndef COMITY_ACCOUNT_RELATIONSHIP_STORE_H_
#define COMITY_ACCOUNT_RELATIONSHIP_STORE_H_

#include <string>

#include "absl/status/statusor.h"
#include "comity/account/v1/relationship.pb.h"
#include "services/runtime/resource/resource.h"
#include "services/runtime/storage/transact.h"

namespace comity::account {

const resource::Resource& RelationshipResource();

// The relationship to us of that account (not of a contact there) and kind which stands and has no
// end; empty if none.
absl::StatusOr<std::string> FindLasting(storage::Reader& reader, const std::string& account,
                                        v1::RelationshipKind kind);

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_RELATIONSHIP_STORE_H_
