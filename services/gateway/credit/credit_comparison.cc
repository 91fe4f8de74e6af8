#include "services/gateway/credit/credit_comparison.h"

#include <algorithm>
#include <map>
#include <utility>

#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway::credit {
namespace {

using type::v1::CreditModel;

absl::StatusOr<std::vector<Portion>> ByRole(const Basis& basis) {
  std::vector<RoleTouch> touches;
  for (const v1::CreditTouch& touch : basis.counted) {
    touches.push_back({touch.department(), PartyOf(touch, basis.kind)});
  }
  COMITY_ASSIGN_OR_RETURN(const auto portions, BasisPointsByRole(basis.rule, touches));
  std::map<std::string, int64_t> all;
  for (const std::string& party : basis.parties) all[party] = 0;
  for (const Portion& portion : portions) all[portion.party] = portion.units;
  std::vector<Portion> result;
  for (const auto& [party, units] : all) result.push_back({party, units});
  return result;
}

absl::StatusOr<std::vector<Portion>> ByTouches(CreditModel model, const Basis& basis) {
  std::vector<Touch> touches;
  for (const v1::CreditTouch& touch : basis.counted) touches.push_back(TouchOf(touch));
  COMITY_ASSIGN_OR_RETURN(const auto weights, WeightsOf(model, touches, HalfLifeOf(basis.rule)));
  std::vector<PartyWeight> of_parties;
  for (const std::string& party : basis.parties) of_parties.push_back({party, 0});
  for (size_t i = 0; i < weights.size(); ++i) {
    of_parties.push_back({PartyOf(basis.counted[i], basis.kind), weights[i]});
  }
  return BasisPointsOf(of_parties);
}

absl::StatusOr<v1::CreditModelSplit> SplitOf(CreditModel model, const Basis& basis) {
  v1::CreditModelSplit split;
  split.set_model(model);
  const auto portions = SplitUnder(model, basis);
  if (Reason(portions.status()) == "NO_TOUCHES") {
    split.set_result(v1::CREDIT_RESULT_NO_TOUCHES);
    return split;
  }
  if (!portions.ok()) return portions.status();
  split.set_result(v1::CREDIT_RESULT_SPLIT);
  for (const Portion& portion : *portions) {
    v1::CreditPortion* added = split.add_portions();
    added->set_party(portion.party);
    added->set_basis_points(static_cast<int32_t>(portion.units));
  }
  return split;
}

// Each split that has numbers names the same parties.
void AddSpreads(v1::CreditComparison* comparison) {
  std::map<std::string, std::vector<int32_t>> by_party;
  for (const auto& split : comparison->models()) {
    for (const auto& portion : split.portions()) {
      by_party[portion.party()].push_back(portion.basis_points());
    }
  }
  for (const auto& [party, points] : by_party) {
    const auto [least, most] = std::minmax_element(points.begin(), points.end());
    v1::CreditSpread* spread = comparison->add_spreads();
    spread->set_party(party);
    spread->set_least_basis_points(*least);
    spread->set_most_basis_points(*most);
    spread->set_spread_basis_points(*most - *least);
  }
}

}  // namespace

Touch TouchOf(const v1::CreditTouch& touch) {
  Touch result;
  result.id = touch.fact();
  result.time = resource::ToTime(touch.occur_time());
  result.position = touch.position();
  result.is_direct = touch.direct();
  result.is_lead_creation = touch.lead_creation();
  result.is_opportunity_creation = touch.opportunity_creation();
  return result;
}

type::v1::CreditParty PartyKindOf(const type::v1::CreditRule& rule) {
  return rule.party() == type::v1::CREDIT_PARTY_UNSPECIFIED ? type::v1::CREDIT_PARTY_DEPARTMENT
                                                            : rule.party();
}

const std::string& PartyOf(const v1::CreditTouch& touch, type::v1::CreditParty kind) {
  if (kind == type::v1::CREDIT_PARTY_TEAM && !touch.team().empty()) return touch.team();
  if (kind == type::v1::CREDIT_PARTY_PERSON && !touch.person().empty()) return touch.person();
  return touch.department();
}

absl::Duration HalfLifeOf(const type::v1::CreditRule& rule) {
  return rule.half_life_days() == 0 ? kHalfLife : rule.half_life_days() * absl::Hours(24);
}

absl::StatusOr<std::vector<Portion>> SplitUnder(CreditModel model, const Basis& basis) {
  return model == type::v1::CREDIT_MODEL_BY_ROLE ? ByRole(basis) : ByTouches(model, basis);
}

absl::StatusOr<v1::CreditComparison> Compare(const Basis& basis) {
  v1::CreditComparison comparison;
  comparison.set_party(basis.kind);
  std::vector<CreditModel> models(ModelsOfTouches().begin(), ModelsOfTouches().end());
  Basis with_roles = basis;
  if (basis.rule.shares_size() > 0) {
    models.push_back(type::v1::CREDIT_MODEL_BY_ROLE);
    // Departments that keep their share, having no touches, stand beside persons and teams.
    COMITY_ASSIGN_OR_RETURN(const auto portions, ByRole(basis));
    for (const Portion& portion : portions) with_roles.parties.push_back(portion.party);
  }
  for (const CreditModel model : models) {
    COMITY_ASSIGN_OR_RETURN(*comparison.add_models(), SplitOf(model, with_roles));
  }
  AddSpreads(&comparison);
  return comparison;
}

}  // namespace comity::gateway::credit
