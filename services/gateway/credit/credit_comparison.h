// The same touches under all models side by side. Pure. Source: methods.md section 1.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_COMPARISON_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_COMPARISON_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/gateway/credit/credit_models.h"
#include "services/gateway/credit/credit_split.h"

namespace comity::gateway::credit {

// What the models know of `touch`.
Touch TouchOf(const v1::CreditTouch& touch);
// CREDIT_PARTY_DEPARTMENT for what is not said.
type::v1::CreditParty PartyKindOf(const type::v1::CreditRule& rule);
// Who gets the credit of `touch`: its department where its team or person is not known.
const std::string& PartyOf(const v1::CreditTouch& touch, type::v1::CreditParty kind);
// The rule's, or kHalfLife.
absl::Duration HalfLifeOf(const type::v1::CreditRule& rule);

// What is split: by `rule`, among `counted` touches and parties that get 0 unless a touch or a
// share says otherwise.
struct Basis {
  const type::v1::CreditRule& rule;
  absl::Span<const v1::CreditTouch> counted;
  type::v1::CreditParty kind;
  std::vector<std::string> parties;
};

// The basis points of the parties under one model; ordered by party.
// Errors: as WeightsOf (NO_TOUCHES among them) and BasisPointsByRole.
absl::StatusOr<std::vector<Portion>> SplitUnder(type::v1::CreditModel model, const Basis& basis);

// All models, and fixed shares where the rule has them, with the spread of each party over those
// that have numbers.
absl::StatusOr<v1::CreditComparison> Compare(const Basis& basis);

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_COMPARISON_H_
