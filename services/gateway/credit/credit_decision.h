// The statement by which the outcome of a dispute splits an amount. Pure.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_DECISION_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_DECISION_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/gateway/v1/dispute.pb.h"

namespace comity::gateway::credit {

// What takes the place of `statement`, once that is reversed: the same amount, signature, touches
// and models, split among departments as `dispute`'s outcome says. FINAL: its parties have had
// their say. Whatever the rule's kind of party is, its parties are departments. Errors: those of
// resource::ToMinorUnits and SplitUnits.
absl::StatusOr<v1::CreditStatement> DrawByOutcome(const v1::CreditStatement& statement,
                                                  const v1::Dispute& dispute,
                                                  const std::string& name, absl::Time draw_time);

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_DECISION_H_
