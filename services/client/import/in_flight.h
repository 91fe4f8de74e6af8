// What is read and not yet written, bound by its bytes: rows may be long.
#ifndef COMITY_CLIENT_IMPORT_IN_FLIGHT_H_
#define COMITY_CLIENT_IMPORT_IN_FLIGHT_H_

#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/client/import/plan.h"

namespace comity::client {

// Bytes of memory that a row's plan takes.
size_t BytesOf(const RowPlan& plan);

// Thread-safe.
class InFlight {
 public:
  explicit InFlight(size_t most) : most_(most) {}
  // False where there is no room now. One piece has room by itself, however large it is.
  bool TryTake(size_t bytes);
  // Waits for room. False once it is closed.
  bool Take(size_t bytes);
  void Give(size_t bytes);
  // Nobody waits any longer: what was taken may never be given back.
  void Close();

 private:
  bool HasRoom(size_t bytes) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return taken_ == 0 || taken_ + bytes <= most_;
  }

  const size_t most_;
  mutable absl::Mutex mutex_;
  size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_IN_FLIGHT_H_
