#include "services/gateway/http_door/rate_limit.h"

#include <algorithm>

namespace comity::gateway {

absl::Duration RateLimit::WaitAt(double level) const {
  return level < 1 ? absl::Seconds((1 - level) / per_second_) : absl::ZeroDuration();
}

double RateLimit::LevelAt(const Bucket& bucket, absl::Time now) const {
  const double gained =
      per_second_ * absl::ToDoubleSeconds(std::max(now - bucket.at, absl::ZeroDuration()));
  return std::min(burst_, bucket.level + gained);
}

RateLimit::Bucket& RateLimit::Find(const std::string& caller, absl::Time now) {
  const auto found = by_caller_.find(caller);
  if (found != by_caller_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return recent_.front();
  }
  if (recent_.size() >= max_callers_) {
    by_caller_.erase(recent_.back().caller);
    recent_.pop_back();
  }
  recent_.push_front({caller, burst_, now});
  by_caller_[recent_.front().caller] = recent_.begin();
  return recent_.front();
}

absl::Duration RateLimit::Take(const std::string& caller, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  Bucket& bucket = Find(caller, now);
  bucket.level = LevelAt(bucket, now);
  bucket.at = std::max(bucket.at, now);
  const absl::Duration wait = WaitAt(bucket.level);
  if (wait == absl::ZeroDuration()) bucket.level -= 1;
  return wait;
}

absl::Duration RateLimit::Ask(const std::string& caller, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  const auto found = by_caller_.find(caller);
  return WaitAt(found == by_caller_.end() ? burst_ : LevelAt(*found->second, now));
}

}  // namespace comity::gateway
