#include "services/gateway/timeline/causal_order.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace comity::gateway::timeline {
namespace {

using Key = std::tuple<absl::Time, absl::Time, absl::Time, std::string, int64_t, size_t>;

class Placing {
 public:
  explicit Placing(const std::vector<Moment>& moments)
      : moments_(moments),
        times_(moments.size()),
        waits_for_(moments.size(), 0),
        is_placed_(moments.size(), false),
        followers_(moments.size()) {
    for (size_t i = 0; i < moments.size(); ++i) {
      times_[i] = moments[i].occurred;
      for (const size_t cause : moments[i].follows) {
        if (cause == i || cause >= moments.size()) continue;
        followers_[cause].push_back(i);
        ++waits_for_[i];
      }
    }
  }

  std::vector<Placed> Run() {
    for (size_t i = 0; i < moments_.size(); ++i) {
      if (waits_for_[i] == 0) ready_.insert(KeyOf(i));
    }
    while (order_.size() < moments_.size()) Place(Next());
    return std::move(order_);
  }

 private:
  Key KeyOf(size_t i) const {
    const Moment& moment = moments_[i];
    return {times_[i], moment.occurred, moment.recorded, moment.subject, moment.version, i};
  }

  size_t Next() {
    if (ready_.empty()) return EarliestOfCircle();
    const size_t next = std::get<size_t>(*ready_.begin());
    ready_.erase(ready_.begin());
    return next;
  }

  // Whoever says that they follow each other is wrong somewhere: what is placed must not hang on
  // it.
  size_t EarliestOfCircle() const {
    size_t earliest = moments_.size();
    for (size_t i = 0; i < moments_.size(); ++i) {
      if (is_placed_[i]) continue;
      if (earliest == moments_.size() || KeyOf(i) < KeyOf(earliest)) earliest = i;
    }
    return earliest;
  }

  void Place(size_t i) {
    is_placed_[i] = true;
    if (!order_.empty()) times_[i] = std::max(times_[i], order_.back().time);
    order_.push_back({i, times_[i]});
    for (const size_t follower : followers_[i]) {
      if (is_placed_[follower]) continue;
      times_[follower] = std::max(times_[follower], times_[i]);
      if (--waits_for_[follower] == 0) ready_.insert(KeyOf(follower));
    }
  }

  const std::vector<Moment>& moments_;
  std::vector<absl::Time> times_;
  std::vector<int> waits_for_;
  std::vector<bool> is_placed_;
  std::vector<std::vector<size_t>> followers_;
  std::set<Key> ready_;
  std::vector<Placed> order_;
};

}  // namespace

std::vector<Placed> CausalOrder(const std::vector<Moment>& moments) {
  return Placing(moments).Run();
}

}  // namespace comity::gateway::timeline
