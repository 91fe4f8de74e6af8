// What a dispute may become, by whom, and what its clocks say. Pure. Each change tells what is to
// be journaled of it.
#ifndef COMITY_GATEWAY_DISPUTE_DISPUTE_RULES_H_
#define COMITY_GATEWAY_DISPUTE_DISPUTE_RULES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/gateway/v1/dispute_service.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "comity/type/v1/resource.pb.h"
#include "services/gateway/dispute/dispute_object.h"
#include "services/gateway/dispute/dispute_state.h"

namespace comity::gateway {

// Something to be journaled about a dispute.
struct DisputeEvent {
  std::string type;  // `answer-breached`
  absl::Time time;   // when it happened
};
using DisputeEvents = std::vector<DisputeEvent>;

// By whose rules it goes, who does it, and when. The charter is the one that was in force when the
// dispute was opened.
struct DisputeTurn {
  const type::v1::Charter& charter;
  type::v1::Actor actor;
  absl::Time now;
};

// The dispute that such a request opens, without name. Errors: FAILED_PRECONDITION reasons
// NO_DISPUTE_RULES, NO_OTHER_SIDE, NO_ARBITER; PERMISSION_DENIED reason NOT_A_PARTY (of a statement
// or a return); those of the calendar.
absl::StatusOr<v1::Dispute> BeginDispute(const DisputeTurn& turn, const DisputeObject& object,
                                         const v1::OpenDisputeRequest& request);

// What the parties and the arbiters do; errors as the service's proto says. Where they are refused
// the dispute is as it was.
absl::StatusOr<DisputeEvents> Answer(const DisputeTurn& turn, const v1::AnswerDisputeRequest& said,
                                     v1::Dispute* dispute);
absl::StatusOr<DisputeEvents> Withdraw(const DisputeTurn& turn, v1::Dispute* dispute);
absl::StatusOr<DisputeEvents> Propose(const DisputeTurn& turn, const v1::DisputeOutcome& outcome,
                                      v1::Dispute* dispute);
absl::StatusOr<DisputeEvents> Agree(const DisputeTurn& turn, int number, v1::Dispute* dispute);
absl::StatusOr<DisputeEvents> Decide(const DisputeTurn& turn, const v1::DisputeOutcome& outcome,
                                     v1::Dispute* dispute);
absl::StatusOr<DisputeEvents> Appeal(const DisputeTurn& turn, const v1::AppealDisputeRequest& said,
                                     v1::Dispute* dispute);
// What it is about is no more: it ends, if it is open.
DisputeEvents Overtake(absl::Time now, v1::Dispute* dispute);

// What the clocks have to say at `turn.now`, and what follows where nobody has acted: unanswered,
// it goes to the arbiter; undecided, to the next one that is no party; where nobody is left, an
// earlier decision stands, else what was disputed. A decision that is not appealed is final.
absl::StatusOr<DisputeEvents> NoteClocks(const DisputeTurn& turn, v1::Dispute* dispute);
// When that is to be looked at again; infinite: not.
absl::Time NextLook(const v1::Dispute& dispute);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_DISPUTE_RULES_H_
