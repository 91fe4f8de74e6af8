// JudgementService over the subjects of one service. Tables by runtime/judgement/migrations.
#ifndef COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_SERVICE_H_
#define COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_SERVICE_H_

#include <utility>
#include <vector>

#include "comity/judgement/v1/judgement_service.grpc.pb.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/server/unary.h"

namespace comity::judgement {

class JudgementService final : public v1::JudgementService::CallbackService {
 public:
  using Api = v1::JudgementService;
  JudgementService(server::Edge* edge, std::vector<fact::SubjectFacts> subjects)
      : edge_(edge), subjects_(std::move(subjects)) {}
  COMITY_UNARY(Judge, v1::JudgeRequest, v1::Judgement)
  COMITY_UNARY(BatchJudge, v1::BatchJudgeRequest, v1::BatchJudgeResponse)
  COMITY_UNARY(Withdraw, v1::WithdrawRequest, v1::Judgement)
  COMITY_UNARY(GetStanding, v1::GetStandingRequest, v1::GetStandingResponse)
  COMITY_UNARY(ListJudgements, v1::ListJudgementsRequest, v1::ListJudgementsResponse)
  COMITY_UNARY(ListAwaitedJudgements, v1::ListAwaitedJudgementsRequest,
               v1::ListAwaitedJudgementsResponse)

 private:
  server::Edge* const edge_;
  const std::vector<fact::SubjectFacts> subjects_;
};

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_SERVICE_H_
