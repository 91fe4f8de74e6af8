// Relationships in SQL: table relationships (migrations/0103_create_relationships.sql).
#ifndef COMITY_ACCOUNT_RELATIONSHIP_STORE_H_
#define COMITY_ACCOUNT_RELATIONSHIP_STORE_H_

#include "services/runtime/resource/resource.h"

namespace comity::account {

const resource::Resource& RelationshipResource();

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_RELATIONSHIP_STORE_H_
