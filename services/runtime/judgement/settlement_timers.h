// What settles without a call: the end of a term of silence, and another charter or other rules.
#ifndef COMITY_RUNTIME_JUDGEMENT_SETTLEMENT_TIMERS_H_
#define COMITY_RUNTIME_JUDGEMENT_SETTLEMENT_TIMERS_H_

#include <functional>
#include <memory>
#include <vector>

#include "services/runtime/fact/fact_component.h"
#include "services/runtime/server/due_timer.h"

namespace comity::judgement {

// Ends the terms of silence that are over: each is settled as of its own end, in its order, however
// late that is noticed, by the charter in force when it is. Any number of replicas look; whoever
// locks the subject first acts.
class SilenceTerms final : public server::DueTimer {
 public:
  SilenceTerms(const Runtime* runtime, std::vector<fact::SubjectFacts> subjects);
};

// Settles all subjects anew, once for each revision of the charter that comes into force and each
// version of the rules: from subject to subject, going on where it stood. Begins when no call that
// was admitted under an earlier revision is under way any more; meanwhile reads compute.
class SettlementPasses final : public server::DueTimer {
 public:
  SettlementPasses(const Runtime* runtime, std::vector<fact::SubjectFacts> subjects);
};

// Both, for ServerFacts::backgrounds.
std::function<std::vector<std::unique_ptr<server::Background>>(const server::Parts&)>
SettlementTimers(std::vector<fact::SubjectFacts> subjects);

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_SETTLEMENT_TIMERS_H_
