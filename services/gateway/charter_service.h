// Shows the charter in force.
#ifndef COMITY_GATEWAY_CHARTER_SERVICE_H_
#define COMITY_GATEWAY_CHARTER_SERVICE_H_

#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::gateway {

class CharterService final : public v1::CharterService::CallbackService {
 public:
  using Api = v1::CharterService;
  explicit CharterService(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(GetCharter, v1::GetCharterRequest, type::v1::Charter)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CHARTER_SERVICE_H_
