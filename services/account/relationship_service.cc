#include "services/account/relationship_service.h"

#include "services/account/account_store.h"
#include "services/account/relationship_store.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::account {
namespace {

absl::Status CheckAccountOf(storage::Transaction& tx, google::protobuf::Message* record) {
  return CheckAccountExists(tx, "relationship.account",
                            static_cast<const v1::Relationship&>(*record).account());
}

}  // namespace

absl::StatusOr<v1::Relationship> RelationshipService::CreateRelationship(
    Call& call, const v1::CreateRelationshipRequest& request) {
  return resource::Create<v1::Relationship>(call, RelationshipResource(), request, CheckAccountOf);
}

absl::StatusOr<v1::BatchCreateRelationshipsResponse> RelationshipService::BatchCreateRelationships(
    Call& call, const v1::BatchCreateRelationshipsRequest& request) {
  return resource::BatchCreate<v1::BatchCreateRelationshipsResponse>(call, RelationshipResource(),
                                                                     request, CheckAccountOf);
}

absl::StatusOr<v1::Relationship> RelationshipService::GetRelationship(
    Call& call, const v1::GetRelationshipRequest& request) {
  return resource::Get<v1::Relationship>(call, RelationshipResource(), request);
}

absl::StatusOr<v1::ListRelationshipsResponse> RelationshipService::ListRelationships(
    Call& call, const v1::ListRelationshipsRequest& request) {
  return resource::List<v1::ListRelationshipsResponse>(call, RelationshipResource(), request);
}

absl::StatusOr<v1::Relationship> RelationshipService::UpdateRelationship(
    Call& call, const v1::UpdateRelationshipRequest& request) {
  return resource::Update<v1::Relationship>(call, RelationshipResource(), request);
}

}  // namespace comity::account
