// Handlers of RelationshipService; errors as the proto says.
#ifndef COMITY_ACCOUNT_RELATIONSHIP_SERVICE_H_
#define COMITY_ACCOUNT_RELATIONSHIP_SERVICE_H_

#include "comity/account/v1/relationship_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::account {

class RelationshipService final : public v1::RelationshipService::CallbackService {
 public:
  using Api = v1::RelationshipService;
  explicit RelationshipService(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(CreateRelationship, v1::CreateRelationshipRequest, v1::Relationship)
  COMITY_UNARY(BatchCreateRelationships, v1::BatchCreateRelationshipsRequest,
               v1::BatchCreateRelationshipsResponse)
  COMITY_UNARY(GetRelationship, v1::GetRelationshipRequest, v1::Relationship)
  COMITY_UNARY(ListRelationships, v1::ListRelationshipsRequest, v1::ListRelationshipsResponse)
  COMITY_UNARY(UpdateRelationship, v1::UpdateRelationshipRequest, v1::Relationship)
  COMITY_UNARY(EnsureRelationship, v1::EnsureRelationshipRequest, v1::EnsureRelationshipResponse)
  COMITY_UNARY(ReleaseRelationship, v1::ReleaseRelationshipRequest, v1::ReleaseRelationshipResponse)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_RELATIONSHIP_SERVICE_H_
