#include "services/runtime/storage/pool.h"

#include <utility>

#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::storage {

Lease::Lease(Pool* pool, std::unique_ptr<Session> session)
    : pool_(pool), session_(std::move(session)) {}

Lease::~Lease() {
  if (session_ != nullptr) pool_->Return(std::move(session_));
}

Pool::Pool(DatabaseOptions options, int size) : options_(std::move(options)), size_(size) {}

absl::StatusOr<Lease> Pool::Borrow(absl::Time deadline) {
  while (true) {
    COMITY_ASSIGN_OR_RETURN(std::unique_ptr<Session> session, Take(deadline));
    if (session == nullptr) {
      absl::StatusOr<std::unique_ptr<Session>> opened = Session::Open(options_);
      if (!opened.ok()) {
        Forget();
        return opened.status();
      }
      session = *std::move(opened);
    }
    Lease lease(this, std::move(session));
    const absl::Status bounded = lease->SetDeadline(deadline);
    if (bounded.ok()) return lease;
    // One that died while it lay idle; its return drops the others of its kind.
    if (!lease->dead()) return bounded;
  }
}

absl::StatusOr<std::unique_ptr<Session>> Pool::Take(absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  const auto has_room = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !idle_.empty() || open_ < size_;
  };
  if (!mutex_.AwaitWithDeadline(absl::Condition(&has_room), deadline)) return DeadlineExceeded();
  if (idle_.empty()) {
    ++open_;
    return nullptr;
  }
  std::unique_ptr<Session> session = std::move(idle_.back());
  idle_.pop_back();
  return session;
}

void Pool::Forget() {
  absl::MutexLock lock(&mutex_);
  --open_;
}

void Pool::Return(std::unique_ptr<Session> session) {
  // A borrower that gave up half-way leaves nothing open.
  const bool usable = !session->dead() && (!session->in_transaction() || session->Rollback().ok());
  std::vector<std::unique_ptr<Session>> discarded;  // closed outside the lock
  absl::MutexLock lock(&mutex_);
  if (usable) {
    idle_.push_back(std::move(session));
    return;
  }
  // Where one connection died the idle ones probably did as well.
  discarded.swap(idle_);
  discarded.push_back(std::move(session));
  open_ -= static_cast<int>(discarded.size());
}

}  // namespace comity::storage
