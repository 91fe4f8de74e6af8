// The revisions of the charter that this process knows, and which one is in force when.
#ifndef COMITY_RUNTIME_CHARTER_BOOK_H_
#define COMITY_RUNTIME_CHARTER_BOOK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/charter/signed_revision.h"

namespace comity::charter {

// One revision as it is kept.
struct Revision {
  Charter charter;
  std::string digest;  // see Base
  absl::Time effective = absl::InfiniteFuture();
  std::vector<std::string> over_objection_of;
};

// Thread-safe. Nothing leaves it: what it returns lives as long as it does.
class Book {
 public:
  // `first` is in force from the beginning.
  explicit Book(Revision first);

  // The revision in force at `time`.
  const Charter& At(absl::Time time) const;
  // All that are known, by number: also one that is signed and not yet in force.
  std::vector<const Revision*> revisions() const;
  // The last that is known, on which the next one follows.
  const Revision& last() const;
  // The first that is not known, or not from when on it is in force: nothing before it changes.
  int FirstOpen() const;
  // Null when it is not known.
  const Revision* Find(int revision) const;
  // The next revision, or from when on one is in force that had no time yet; a time that is known
  // stays, whatever somebody has read before it was.
  void Put(Revision revision);

 private:
  mutable absl::Mutex mutex_;
  // A revision that gets its time is a new object: callers may still hold the one without.
  std::vector<std::unique_ptr<const Revision>> all_ ABSL_GUARDED_BY(mutex_);
  std::vector<const Revision*> current_ ABSL_GUARDED_BY(mutex_);  // by number
};

// A book that begins with the starting charter.
std::shared_ptr<Book> MakeBook(Charter starting);

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_BOOK_H_
