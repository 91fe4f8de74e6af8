// Handlers of @Name@Service.
#ifndef COMITY_@NAME@_@NAME@_SERVICE_H_
#define COMITY_@NAME@_@NAME@_SERVICE_H_

#include "comity/@name@/v1/@name@_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::@name@ {

class @Name@Service final : public v1::@Name@Service::CallbackService {
 public:
  using Api = v1::@Name@Service;
  explicit @Name@Service(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(Create@Name@, v1::Create@Name@Request, v1::@Name@)
  COMITY_UNARY(BatchCreate@Names@, v1::BatchCreate@Names@Request, v1::BatchCreate@Names@Response)
  COMITY_UNARY(Get@Name@, v1::Get@Name@Request, v1::@Name@)
  COMITY_UNARY(List@Names@, v1::List@Names@Request, v1::List@Names@Response)
  COMITY_UNARY(Update@Name@, v1::Update@Name@Request, v1::@Name@)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::@name@

#endif  // COMITY_@NAME@_@NAME@_SERVICE_H_
