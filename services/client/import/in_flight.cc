#include "services/client/import/in_flight.h"

namespace comity::client {

size_t BytesOf(const RowPlan& plan) {
  size_t bytes = sizeof(plan) + plan.id.size() + plan.subject.size() + plan.fact_prefix.size();
  if (plan.record != nullptr) bytes += plan.record->SpaceUsedLong();
  for (const auto& fact : plan.facts) bytes += fact.SpaceUsedLong();
  for (const auto& judgement : plan.judgements) bytes += judgement.SpaceUsedLong();
  for (const Reference& reference : plan.references) {
    bytes += sizeof(reference) + reference.id.size() + reference.text.size();
    if (reference.made != nullptr) bytes += reference.made->SpaceUsedLong();
  }
  for (const Problem& problem : plan.problems) {
    bytes += sizeof(problem) + problem.value.size() + problem.message.size();
  }
  return bytes;
}

bool InFlight::TryTake(size_t bytes) {
  absl::MutexLock lock(&mutex_);
  if (closed_ || !HasRoom(bytes)) return false;
  taken_ += bytes;
  return true;
}

bool InFlight::Take(size_t bytes) {
  absl::MutexLock lock(&mutex_);
  const auto is_decided = [this, bytes]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return closed_ || HasRoom(bytes);
  };
  mutex_.Await(absl::Condition(&is_decided));
  if (closed_) return false;
  taken_ += bytes;
  return true;
}

void InFlight::Give(size_t bytes) {
  absl::MutexLock lock(&mutex_);
  taken_ -= bytes;
}

void InFlight::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

}  // namespace comity::client
