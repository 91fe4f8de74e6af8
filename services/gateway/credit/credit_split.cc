#include "services/gateway/credit/credit_split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway::credit {
namespace {

// Products of two 64-bit numbers.
using Wide = __int128;

// Of a basis point. Remainders are rounded to it: 1/6 and 4/6 of 10,000 have the same one, their
// doubles have not. Far above what doubles lose, far below what anybody would call a difference.
constexpr int64_t kGrid = 100'000'000;

absl::Status WeightInvalid() {
  return InvalidField("CREDIT_WEIGHT_INVALID", "weights",
                      "weights are finite, not negative, and one is above 0");
}

absl::StatusOr<std::map<std::string, int64_t>> ByParty(absl::Span<const Portion> weights) {
  std::map<std::string, int64_t> by_party;
  for (const Portion& weight : weights) {
    int64_t& sum = by_party[weight.party];
    if (weight.units < 0 || __builtin_add_overflow(sum, weight.units, &sum)) {
      return WeightInvalid();
    }
  }
  return by_party;
}

std::vector<Portion> PortionsOf(const std::map<std::string, int64_t>& by_party) {
  std::vector<Portion> portions;
  for (const auto& [party, units] : by_party) portions.push_back({party, units});
  return portions;
}

// The whole units of an exact quota, and what is left of it.
struct Quota {
  std::string party;
  int64_t whole = 0;
  Wide remainder = 0;
};

// One unit more (or, of a negative total, less) for each of the `left` largest remainders. `quotas`
// are ordered by party, so that of equal remainders the smaller ids come first.
std::vector<Portion> GiveRest(const std::vector<Quota>& quotas, Wide left, int unit) {
  std::vector<Portion> portions;
  std::vector<size_t> order;
  for (const Quota& quota : quotas) {
    order.push_back(portions.size());
    portions.push_back({quota.party, quota.whole});
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return quotas[a].remainder > quotas[b].remainder; });
  // Units that are left are no more than remainders above 0: none goes to a party without weight.
  for (size_t i = 0; left > 0; ++i, --left) portions[order[i]].units += unit;
  return portions;
}

// Added from the least to the most: the sum does not depend on the order in which they came.
double SumOf(std::vector<double> terms) {
  std::sort(terms.begin(), terms.end());
  return std::accumulate(terms.begin(), terms.end(), 0.0);
}

}  // namespace

absl::StatusOr<std::vector<Portion>> SplitUnits(int64_t total, absl::Span<const Portion> weights) {
  COMITY_ASSIGN_OR_RETURN(const auto by_party, ByParty(weights));
  Wide sum = 0;
  for (const auto& [party, weight] : by_party) sum += weight;
  if (sum == 0) return WeightInvalid();
  const int unit = total < 0 ? -1 : 1;
  const Wide size = unit * Wide{total};  // also of the least int64_t, which has no negative
  Wide left = size;
  std::vector<Quota> quotas;
  for (const auto& [party, weight] : by_party) {
    const Wide whole = size * weight / sum;  // the product is below 2^127
    quotas.push_back({party, static_cast<int64_t>(unit * whole), size * weight % sum});
    left -= whole;
  }
  return GiveRest(quotas, left, unit);
}

absl::StatusOr<std::vector<Portion>> BasisPointsOf(absl::Span<const PartyWeight> weights) {
  std::map<std::string, std::vector<double>> by_party;
  std::vector<double> all;
  for (const PartyWeight& weight : weights) {
    if (!std::isfinite(weight.weight) || weight.weight < 0) return WeightInvalid();
    by_party[weight.party].push_back(weight.weight);
    all.push_back(weight.weight);
  }
  const double total = SumOf(std::move(all));
  if (!std::isfinite(total) || total <= 0) return WeightInvalid();
  int64_t left = kAllBasisPoints;
  std::vector<Quota> quotas;
  for (auto& [party, terms] : by_party) {
    const double part = SumOf(std::move(terms)) / total;
    const int64_t rounded = std::llround(part * kAllBasisPoints * kGrid);
    quotas.push_back({party, rounded / kGrid, rounded % kGrid});
    left -= quotas.back().whole;
  }
  return GiveRest(quotas, left, 1);
}

absl::StatusOr<std::vector<Portion>> BasisPointsByRole(const type::v1::CreditRule& rule,
                                                       absl::Span<const RoleTouch> touches) {
  std::map<std::string, int64_t> shares;
  int64_t sum = 0;
  bool valid = true;
  for (const auto& share : rule.shares()) {
    shares[share.department()] += share.basis_points();
    sum += share.basis_points();
    valid = valid && share.basis_points() >= 0;
  }
  if (!valid || sum != kAllBasisPoints) {
    return InvalidField("CREDIT_SHARES_INVALID", "shares",
                        "shares are not negative and 10,000 basis points together");
  }
  std::map<std::string, int64_t> by_party;
  for (const auto& [department, share] : shares) {
    std::vector<Portion> counts;
    for (const RoleTouch& touch : touches) {
      if (touch.department == department) counts.push_back({touch.party, 1});
    }
    if (counts.empty()) counts.push_back({department, 1});
    COMITY_ASSIGN_OR_RETURN(const auto portions, SplitUnits(share, counts));
    for (const Portion& portion : portions) by_party[portion.party] += portion.units;
  }
  return PortionsOf(by_party);
}

}  // namespace comity::gateway::credit
