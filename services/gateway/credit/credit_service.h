// Handlers of CreditService; errors as the proto says.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_SERVICE_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_SERVICE_H_

#include <memory>

#include "comity/gateway/v1/credit_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::gateway {

class CreditService final : public v1::CreditService::CallbackService {
 public:
  using Api = v1::CreditService;
  // `lead`: the channel to the lead service; null where its address is not known.
  CreditService(server::Edge* edge, const std::shared_ptr<grpc::Channel>& lead);
  COMITY_UNARY(GetCreditOutlook, v1::GetCreditOutlookRequest, v1::CreditOutlook)
  COMITY_UNARY(GetStatement, v1::GetStatementRequest, v1::CreditStatement)
  COMITY_UNARY(ListStatements, v1::ListStatementsRequest, v1::ListStatementsResponse)
  COMITY_UNARY(AcknowledgeStatement, v1::AcknowledgeStatementRequest, v1::CreditStatement)
  COMITY_UNARY(DrawStatement, v1::DrawStatementRequest, v1::DrawStatementResponse)
  COMITY_UNARY(ReverseStatement, v1::ReverseStatementRequest, v1::ReverseStatementResponse)

 private:
  server::Edge* const edge_;
  const std::unique_ptr<lead::v1::OpportunityService::Stub> opportunities_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_SERVICE_H_
