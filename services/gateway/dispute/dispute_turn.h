// One change of a dispute in its transaction: what its clocks note, the change, and what its end
// does.
#ifndef COMITY_GATEWAY_DISPUTE_DISPUTE_TURN_H_
#define COMITY_GATEWAY_DISPUTE_DISPUTE_TURN_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "services/gateway/dispute/dispute_rules.h"
#include "services/gateway/due_timer.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

using DisputeChange =
    std::function<absl::StatusOr<DisputeEvents>(const DisputeTurn& turn, v1::Dispute* dispute)>;

// Holds the row, notes what the clocks say, then does `change`; what ends it acts on what it is
// about. Nothing is written where nothing has changed. Errors: NOT_FOUND, and the change's.
absl::StatusOr<v1::Dispute> ChangeDisputeIn(storage::Transaction& tx, const Call& call,
                                            const std::string& name, const DisputeChange& change);

// Notes what the clocks of disputes say, when it is so.
class DisputeClocks final : public DueTimer {
 public:
  explicit DisputeClocks(const Runtime* runtime);
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_DISPUTE_TURN_H_
