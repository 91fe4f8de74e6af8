// The directory in the gateway: made from its own journal, read from its own database.
#ifndef COMITY_RUNTIME_DIRECTORY_OWN_JOURNAL_FOLLOWER_H_
#define COMITY_RUNTIME_DIRECTORY_OWN_JOURNAL_FOLLOWER_H_

#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/runtime/directory/directory_copy.h"
#include "services/runtime/server/serve.h"

namespace comity::directory {

// Takes new entries within 100 ms. Ready() while it has lately taken all that the journal held.
class OwnJournalFollower final : public server::Background {
 public:
  OwnJournalFollower(const Runtime* runtime, const Directory* directory, DirectoryCopy copy)
      : runtime_(runtime), directory_(directory), copy_(std::move(copy)) {}
  ~OwnJournalFollower() override { Stop(); }
  absl::Status Start() override;
  bool Ready() const override;
  void Stop() override;

 private:
  void Run();
  // Logs a failure that is new, and that it is over.
  void Tell(const absl::Status& status);
  // Follows until something fails or it is stopped.
  absl::Status Follow();
  // Takes all that there is for now; confirms it if it is all that was committed.
  absl::Status TakeAll(int64_t* next);
  // Takes one page; says whether it was the last for now.
  absl::StatusOr<bool> TakePage(int64_t* next);
  bool Sleep(absl::Duration time);

  const Runtime* const runtime_;
  const Directory* const directory_;
  DirectoryCopy copy_;
  std::string told_;  // the failure that was last logged
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace comity::directory

#endif  // COMITY_RUNTIME_DIRECTORY_OWN_JOURNAL_FOLLOWER_H_
