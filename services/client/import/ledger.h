// What became of every row. Thread-safe.
#ifndef COMITY_CLIENT_IMPORT_LEDGER_H_
#define COMITY_CLIENT_IMPORT_LEDGER_H_

#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/client/import/plan.h"

namespace comity::client {

// Every row counts in exactly one.
struct Tally {
  int64_t taken = 0;      // something was recorded (in a dry run: would be)
  int64_t unchanged = 0;  // the record says all of it already
  int64_t refused = 0;    // a problem names why
  int64_t total() const { return taken + unchanged + refused; }
};

class Ledger {
 public:
  void Take() { Count(&Tally::taken); }
  void Leave() { Count(&Tally::unchanged); }
  // `problems`: at least one.
  void Refuse(const std::vector<Problem>& problems);

  Tally tally() const;
  // Ordered by line; at most kMostProblems are kept.
  std::vector<Problem> problems() const;
  static constexpr size_t kMostProblems = 1000;

 private:
  void Count(int64_t Tally::*part);

  mutable absl::Mutex mutex_;
  Tally tally_ ABSL_GUARDED_BY(mutex_);
  std::vector<Problem> problems_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_LEDGER_H_
