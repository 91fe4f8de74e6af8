// Handlers of CaseService; errors as the proto says.
#ifndef COMITY_SUPPORT_CASE_SERVICE_H_
#define COMITY_SUPPORT_CASE_SERVICE_H_

#include "comity/support/v1/case_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::support {

class CaseService final : public v1::CaseService::CallbackService {
 public:
  using Api = v1::CaseService;
  explicit CaseService(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(CreateCase, v1::CreateCaseRequest, v1::Case)
  COMITY_UNARY(BatchCreateCases, v1::BatchCreateCasesRequest, v1::BatchCreateCasesResponse)
  COMITY_UNARY(GetCase, v1::GetCaseRequest, v1::Case)
  COMITY_UNARY(ListCases, v1::ListCasesRequest, v1::ListCasesResponse)
  COMITY_UNARY(UpdateCase, v1::UpdateCaseRequest, v1::Case)
  COMITY_UNARY(BatchUpdateCases, v1::BatchUpdateCasesRequest, v1::BatchUpdateCasesResponse)
  COMITY_UNARY(OpenOnboardingCase, v1::OpenOnboardingCaseRequest, v1::Case)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::support

#endif  // COMITY_SUPPORT_CASE_SERVICE_H_
