#include "services/gateway/credit/credit_models.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "services/runtime/status/errors.h"

namespace comity::gateway::credit {
namespace {

using type::v1::CreditModel;
using Weights = std::vector<double>;
using Path = std::vector<const Touch*>;  // in order, never empty

constexpr CreditModel kModels[] = {
    type::v1::CREDIT_MODEL_FIRST,           type::v1::CREDIT_MODEL_LAST,
    type::v1::CREDIT_MODEL_LAST_NON_DIRECT, type::v1::CREDIT_MODEL_LINEAR,
    type::v1::CREDIT_MODEL_POSITION_U,      type::v1::CREDIT_MODEL_POSITION_W,
    type::v1::CREDIT_MODEL_TIME_DECAY,
};

Weights AllTo(size_t place, size_t size) {
  Weights weights(size, 0);
  weights[place] = 1;
  return weights;
}

Weights Scaled(Weights weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

Weights LastNonDirect(const Path& path) {
  for (size_t place = path.size(); place > 0; --place) {
    if (!path[place - 1]->is_direct) return AllTo(place - 1, path.size());
  }
  return AllTo(path.size() - 1, path.size());
}

Weights PositionU(size_t size) {
  if (size <= 2) return Weights(size, 1.0 / size);
  Weights weights(size, 0.2 / (size - 2));
  weights.front() = weights.back() = 0.4;
  return weights;
}

// Adds `part`, shared equally, to the touches that `takes`; nothing where there is none.
void Share(double part, const std::vector<bool>& takes, Weights* weights) {
  const auto count = std::count(takes.begin(), takes.end(), true);
  for (size_t i = 0; i < takes.size(); ++i) {
    if (takes[i]) (*weights)[i] += part / count;
  }
}

Weights PositionW(const Path& path) {
  const size_t size = path.size();
  std::vector<bool> first(size), lead(size), opportunity(size), rest(size);
  for (size_t i = 0; i < size; ++i) {
    first[i] = i == 0;
    lead[i] = path[i]->is_lead_creation;
    opportunity[i] = path[i]->is_opportunity_creation;
    rest[i] = !first[i] && !lead[i] && !opportunity[i];
  }
  Weights weights(size, 0);
  Share(0.3, first, &weights);
  Share(0.3, lead, &weights);
  Share(0.3, opportunity, &weights);
  Share(0.1, rest, &weights);
  return Scaled(std::move(weights));
}

// Ages count from the last touch: its weight is 1 before scaling, so that not all can underflow.
Weights TimeDecay(const Path& path, absl::Duration half_life) {
  Weights weights;
  for (const Touch* touch : path) {
    weights.push_back(std::exp2(-absl::FDivDuration(path.back()->time - touch->time, half_life)));
  }
  return Scaled(std::move(weights));
}

absl::StatusOr<Weights> WeightsOfPath(CreditModel model, const Path& path,
                                      absl::Duration half_life) {
  switch (model) {
    case type::v1::CREDIT_MODEL_FIRST:
      return AllTo(0, path.size());
    case type::v1::CREDIT_MODEL_LAST:
      return AllTo(path.size() - 1, path.size());
    case type::v1::CREDIT_MODEL_LAST_NON_DIRECT:
      return LastNonDirect(path);
    case type::v1::CREDIT_MODEL_LINEAR:
      return Weights(path.size(), 1.0 / path.size());
    case type::v1::CREDIT_MODEL_POSITION_U:
      return PositionU(path.size());
    case type::v1::CREDIT_MODEL_POSITION_W:
      return PositionW(path);
    case type::v1::CREDIT_MODEL_TIME_DECAY:
      return TimeDecay(path, half_life);
    default:
      return InvalidField("CREDIT_MODEL_INVALID", "model", "not a model that weighs touches");
  }
}

}  // namespace

absl::Span<const CreditModel> ModelsOfTouches() { return kModels; }

bool ComesBefore(const Touch& a, const Touch& b) {
  return std::tie(a.time, a.position, a.id) < std::tie(b.time, b.position, b.id);
}

absl::StatusOr<Weights> WeightsOf(CreditModel model, absl::Span<const Touch> touches,
                                  absl::Duration half_life) {
  if (half_life <= absl::ZeroDuration() || half_life == absl::InfiniteDuration()) {
    return InvalidField("HALF_LIFE_INVALID", "half_life_days", "a half-life is above 0 and finite");
  }
  if (touches.empty()) {
    return PreconditionFailed("NO_TOUCHES", "touches", "no touch counts, so nothing can be split");
  }
  std::vector<size_t> order(touches.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return ComesBefore(touches[a], touches[b]); });
  Path path;
  for (const size_t place : order) path.push_back(&touches[place]);
  absl::StatusOr<Weights> in_order = WeightsOfPath(model, path, half_life);
  if (!in_order.ok()) return in_order;
  Weights weights(touches.size());
  for (size_t i = 0; i < order.size(); ++i) weights[order[i]] = (*in_order)[i];
  return weights;
}

}  // namespace comity::gateway::credit
