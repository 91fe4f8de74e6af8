// From weights to basis points and money, exactly. Pure. Source: methods.md section 1: largest
// remainder (Hamilton's method), ties by stable id.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_SPLIT_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_SPLIT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "comity/type/v1/charter.pb.h"

namespace comity::gateway::credit {

inline constexpr int64_t kAllBasisPoints = 10'000;

// A party's part of a whole, in whole units: basis points, minor units of money, or integer
// weights.
struct Portion {
  std::string party;
  int64_t units = 0;

  bool operator==(const Portion& other) const {
    return party == other.party && units == other.units;
  }
};

// A party's weight, at least 0; only its relation to the others' counts.
struct PartyWeight {
  std::string party;
  double weight = 0;
};

// Splits `total`, which may be 0 or negative, in proportion to `weights`: portions ordered by
// party, one each (weights of one party are added), that sum exactly to `total`. Each is its exact
// quota, cut towards 0, and at most one unit more; these units go to the largest remainders, of
// equal ones to the smaller party ids. A party without weight gets 0. The split of -total is the
// negated split of total. Errors: INVALID_ARGUMENT reason CREDIT_WEIGHT_INVALID (a negative one, a
// party's sum beyond 64 bits, or all 0).
absl::StatusOr<std::vector<Portion>> SplitUnits(int64_t total, absl::Span<const Portion> weights);

// Basis points, 10,000 together, ordered by party. Weights are added by party and rounded to 10^-12
// of their sum first: beyond that, doubles tell apart what is equal. Errors: as SplitUnits; also
// weights that are not finite.
absl::StatusOr<std::vector<Portion>> BasisPointsOf(absl::Span<const PartyWeight> weights);

// A touch that counts, for the split of a department's fixed share among its people.
struct RoleTouch {
  std::string department;
  std::string party;  // of the department: itself, a team or a person
};

// FIXED BY ROLE: each department's share, split among the parties of its touches by their number of
// touches. The share of a department without touches is its own. No department's parties get more
// or less than its share. Errors: INVALID_ARGUMENT reason CREDIT_SHARES_INVALID: a negative one, or
// not 10,000 together.
absl::StatusOr<std::vector<Portion>> BasisPointsByRole(const type::v1::CreditRule& rule,
                                                       absl::Span<const RoleTouch> touches);

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_SPLIT_H_
