// FactService over the subjects of one service.
#ifndef COMITY_RUNTIME_FACT_FACT_SERVICE_H_
#define COMITY_RUNTIME_FACT_FACT_SERVICE_H_

#include <utility>
#include <vector>

#include "comity/fact/v1/fact_service.grpc.pb.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/server/unary.h"

namespace comity::fact {

class FactService final : public v1::FactService::CallbackService {
 public:
  using Api = v1::FactService;
  FactService(server::Edge* edge, std::vector<SubjectFacts> subjects)
      : edge_(edge), subjects_(std::move(subjects)) {}
  COMITY_UNARY(RecordFact, v1::RecordFactRequest, v1::Fact)
  COMITY_UNARY(BatchRecordFacts, v1::BatchRecordFactsRequest, v1::BatchRecordFactsResponse)
  COMITY_UNARY(VoidFact, v1::VoidFactRequest, v1::Fact)
  COMITY_UNARY(GetFact, v1::GetFactRequest, v1::Fact)
  COMITY_UNARY(ListFacts, v1::ListFactsRequest, v1::ListFactsResponse)

 private:
  server::Edge* const edge_;
  const std::vector<SubjectFacts> subjects_;
};

}  // namespace comity::fact

#endif  // COMITY_RUNTIME_FACT_FACT_SERVICE_H_
