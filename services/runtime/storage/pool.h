// The connections of one process to its database.
#ifndef COMITY_RUNTIME_STORAGE_POOL_H_
#define COMITY_RUNTIME_STORAGE_POOL_H_

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/runtime/storage/session.h"

namespace comity::storage {

class Pool;

// A session on loan; returned to the pool, or discarded when dead, at destruction.
class Lease {
 public:
  Lease(Pool* pool, std::unique_ptr<Session> session);
  Lease(Lease&&) = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();
  Session* operator->() const { return session_.get(); }
  Session& operator*() const { return *session_; }

 private:
  Pool* pool_;
  std::unique_ptr<Session> session_;
};

// Thread-safe. Opens on demand, keeps the most recently used at hand, at most `size` at once.
class Pool {
 public:
  Pool(DatabaseOptions options, int size);

  // Waits for a free session until `deadline`, which then bounds its statements until
  // Session::SetDeadline says otherwise. Errors: UNAVAILABLE DATABASE_UNAVAILABLE (at once
  // when the database cannot be reached), DEADLINE_EXCEEDED.
  absl::StatusOr<Lease> Borrow(absl::Time deadline);

  const DatabaseOptions& options() const { return options_; }

 private:
  friend class Lease;
  // An idle session, or null with the right to open one.
  absl::StatusOr<std::unique_ptr<Session>> Take(absl::Time deadline);
  void Forget();  // gives that right back
  void Return(std::unique_ptr<Session> session);

  const DatabaseOptions options_;
  const int size_;
  absl::Mutex mutex_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<Session>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_POOL_H_
