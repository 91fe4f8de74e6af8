#include "services/account/relationship_service.h"

#include "services/account/relationship_store.h"
#include "services/runtime/resource/references.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::account {
namespace {

using google::protobuf::Message;

absl::Status CheckParties(storage::Transaction& tx, const Message& record) {
  const auto& relationship = static_cast<const v1::Relationship&>(record);
  COMITY_RETURN_IF_ERROR(
      resource::CheckReference(tx, "relationship.account", relationship.account()));
  COMITY_RETURN_IF_ERROR(
      resource::CheckReference(tx, "relationship.contact", relationship.contact()));
  return resource::CheckReference(tx, "relationship.other_party", relationship.other_party());
}

absl::Status AfterInsert(storage::Transaction& tx, const Message& /*request*/, Message* record) {
  return CheckParties(tx, *record);
}

absl::Status OnUpdate(storage::Transaction& tx, const Message& /*before*/, const Message& record) {
  return CheckParties(tx, record);
}

}  // namespace

absl::StatusOr<v1::Relationship> RelationshipService::CreateRelationship(
    Call& call, const v1::CreateRelationshipRequest& request) {
  return resource::Create<v1::Relationship>(call, RelationshipResource(), request, AfterInsert);
}

absl::StatusOr<v1::BatchCreateRelationshipsResponse> RelationshipService::BatchCreateRelationships(
    Call& call, const v1::BatchCreateRelationshipsRequest& request) {
  return resource::BatchCreate<v1::BatchCreateRelationshipsResponse>(call, RelationshipResource(),
                                                                     request, AfterInsert);
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
  return resource::Update<v1::Relationship>(call, RelationshipResource(), request, OnUpdate);
}

}  // namespace comity::account
