#include "services/gateway/http_door/rate_limit.h"

#include <algorithm>

namespace comity::gateway {

double RateLimit::LevelAt(const Bucket& bucket, absl::Time now) const {
  const double gained =
      per_second_ * absl::ToDoubleSeconds(std::max(now - bucket.at, absl::ZeroDuration()));
  return std::min(burst_, bucket.level + gained);
}

void RateLimit::ForgetFull(absl::Time now) {
  absl::erase_if(buckets_, [&](const auto& entry) { return LevelAt(entry.second, now) >= burst_; });
  // Many callers at once that all are busy: forgetting them grants too much rather than too little.
  if (buckets_.size() >= max_callers_) buckets_.clear();
}

absl::Duration RateLimit::Take(const std::string& caller, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= max_callers_ && !buckets_.contains(caller)) ForgetFull(now);
  Bucket& bucket = buckets_.try_emplace(caller, Bucket{burst_, now}).first->second;
  bucket.level = LevelAt(bucket, now);
  bucket.at = std::max(bucket.at, now);
  if (bucket.level < 1) return absl::Seconds((1 - bucket.level) / per_second_);
  bucket.level -= 1;
  return absl::ZeroDuration();
}

}  // namespace comity::gateway
