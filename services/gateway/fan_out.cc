#include "services/gateway/fan_out.h"

namespace comity::gateway {

void FanOut::Begin() {
  absl::MutexLock lock(&mutex_);
  ++running_;
}

void FanOut::End() {
  absl::MutexLock lock(&mutex_);
  --running_;
}

void FanOut::Wait() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &FanOut::Done));
}

}  // namespace comity::gateway
