#include "services/gateway/credit/credit_decision.h"

#include <vector>

#include "services/gateway/credit/credit_acceptance.h"
#include "services/gateway/credit/credit_split.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway::credit {

absl::StatusOr<v1::CreditStatement> DrawByOutcome(const v1::CreditStatement& statement,
                                                  const v1::Dispute& dispute,
                                                  const std::string& name, absl::Time draw_time) {
  v1::CreditStatement drawn = statement;
  drawn.set_name(name);
  drawn.set_dispute(dispute.name());
  drawn.set_party(type::v1::CREDIT_PARTY_DEPARTMENT);
  drawn.set_state(v1::CREDIT_STATE_FINAL);
  drawn.set_result(v1::CREDIT_RESULT_SPLIT);
  *drawn.mutable_draw_time() = resource::FromTime(draw_time);
  *drawn.mutable_final_time() = resource::FromTime(draw_time);
  drawn.clear_term_end_time();
  drawn.clear_acknowledgements();
  DropPending(&drawn);
  drawn.clear_lines();
  std::vector<Portion> points;
  for (const auto& share : dispute.outcome().split()) {
    points.push_back({share.department(), share.basis_points()});
  }
  COMITY_ASSIGN_OR_RETURN(points, SplitUnits(kAllBasisPoints, points));  // by party
  COMITY_ASSIGN_OR_RETURN(const int64_t minor, resource::ToMinorUnits(statement.amount()));
  COMITY_ASSIGN_OR_RETURN(const auto money, SplitUnits(minor, points));
  for (size_t i = 0; i < points.size(); ++i) {
    v1::CreditLine* line = drawn.add_lines();
    line->set_party(points[i].party);
    line->set_basis_points(static_cast<int32_t>(points[i].units));
    *line->mutable_amount() =
        resource::FromMinorUnits(money[i].units, statement.amount().currency_code());
  }
  return drawn;
}

}  // namespace comity::gateway::credit
