// RevisionService, which stands in every service: takes over what the departments have signed.
#ifndef COMITY_RUNTIME_CHARTER_REVISION_SERVICE_H_
#define COMITY_RUNTIME_CHARTER_REVISION_SERVICE_H_

#include "comity/charter/v1/revision_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::charter {

class RevisionService final : public v1::RevisionService::CallbackService {
 public:
  using Api = v1::RevisionService;
  explicit RevisionService(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(PrepareRevision, v1::PrepareRevisionRequest, v1::PrepareRevisionResponse)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_REVISION_SERVICE_H_
