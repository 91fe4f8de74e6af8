// Handlers of CreditService; errors as the proto says.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_SERVICE_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_SERVICE_H_

#include <memory>
#include <string>
#include <vector>

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
  COMITY_UNARY(AcceptLateTouches, v1::AcceptLateTouchesRequest, v1::CreditStatement)
  COMITY_UNARY(TakeBackAcceptances, v1::TakeBackAcceptancesRequest, v1::CreditStatement)
  COMITY_UNARY(DrawStatement, v1::DrawStatementRequest, v1::DrawStatementResponse)
  COMITY_UNARY(ReverseStatement, v1::ReverseStatementRequest, v1::ReverseStatementResponse)

 private:
  // With the caller's own token: what he may not read the lead service does not tell.
  absl::StatusOr<lead::v1::TouchSet> ReadTouches(const Call& call,
                                                 const std::string& opportunity) const;
  // Those touches that the statement does not show.
  absl::StatusOr<std::vector<v1::CreditTouch>> ReadLater(
      Call& call, const v1::AcceptLateTouchesRequest& request) const;

  server::Edge* const edge_;
  const std::unique_ptr<lead::v1::OpportunityService::Stub> opportunities_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_SERVICE_H_
