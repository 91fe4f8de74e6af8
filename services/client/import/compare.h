// What a planned row says beyond the record that is there. Pure.
#ifndef COMITY_CLIENT_IMPORT_COMPARE_H_
#define COMITY_CLIENT_IMPORT_COMPARE_H_

#include <string>
#include <vector>

#include "services/client/import/plan.h"

namespace comity::client {

struct Difference {
  std::vector<std::string> changed;                  // paths that an update may set
  std::vector<fact::v1::Fact> facts;                 // that the record does not show
  std::vector<judgement::v1::Judgement> judgements;  // that differ from the department's own
  std::vector<Problem> contradictions;               // what no update may change
  bool empty() const { return changed.empty() && facts.empty() && judgements.empty(); }
};

// `existing`: read through the lens of the department that judges. An empty cell leaves what is
// there.
Difference Compare(const RowPlan& plan, const google::protobuf::Message& existing);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_COMPARE_H_
