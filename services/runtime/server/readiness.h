// Watches whether the service can serve: the database answers, its schema is new enough, and all
// background parts are ready.
#ifndef COMITY_RUNTIME_SERVER_READINESS_H_
#define COMITY_RUNTIME_SERVER_READINESS_H_

#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/runtime/storage/migrations.h"
#include "services/runtime/storage/session.h"

namespace comity::server {

// OK when the database answers on a new connection and has every one of `migrations`.
absl::Status CheckDatabase(const storage::DatabaseOptions& options,
                           const std::vector<storage::Migration>& migrations);

// Two threads: one asks the database, on its own connection, and may hang; the other publishes.
class Readiness {
 public:
  struct Options {
    storage::DatabaseOptions database;
    std::vector<storage::Migration> migrations;
    std::function<bool()> parts_ready;    // asked five times a second
    std::function<void(bool)> published;  // called with the state when it changes
    // Called when the database falls silent, and when it answers again; before `published`.
    std::function<void(bool)> database_answers;
  };
  explicit Readiness(Options options);
  ~Readiness();  // Stop()
  void Stop();

 private:
  void AskDatabase();
  void Publish();
  bool Sleep(absl::Duration time);  // false when stopped

  const Options options_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time last_answer_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::thread asking_;
  std::thread publishing_;
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_READINESS_H_
