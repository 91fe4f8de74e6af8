// This service's durable copy of the directory and of the charter's revisions, and the Directory
// and the Book in memory made from them.
#ifndef COMITY_RUNTIME_DIRECTORY_DIRECTORY_COPY_H_
#define COMITY_RUNTIME_DIRECTORY_DIRECTORY_COPY_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/runtime/directory/apply_entries.h"
#include "services/runtime/server/call.h"

namespace comity::directory {

// Used by one thread.
class DirectoryCopy {
 public:
  // `source`: the service whose journal is followed.
  DirectoryCopy(const Runtime* runtime, Directory* directory, std::string source)
      : runtime_(runtime), directory_(directory), source_(std::move(source)) {}

  // Makes the Directory from the tables; returns the next position wanted.
  absl::StatusOr<int64_t> Load();
  // Id of the entry before that position; empty where none was kept.
  const std::string& last_entry() const { return last_entry_; }
  // Stores the records of `batch`, `next` and the id of the last entry in one transaction, then
  // shows them. Another replica may have stored them already. Where no position was stored, what
  // records there are go: they came from a journal that is no more. Batches in which nothing
  // concerns the directory, as workflows make them, are stored with a later one.
  absl::Status Take(const Entries& batch, int64_t next);
  // At `at` (server::Uptime()) this was all that the journal held.
  void Confirm(absl::Duration at);

 private:
  Call MakeCall() const;

  const Runtime* const runtime_;
  Directory* const directory_;
  const std::string source_;
  std::string last_entry_;
  int64_t stored_ = -1;     // the durable position, as far as is known here; -1: none
  bool caught_up_ = false;  // and that is stored
  // When this process last knew all that the journal held, by its own clock: what comes later was
  // not there by then.
  absl::Time whole_ = absl::InfinitePast();
};

}  // namespace comity::directory

#endif  // COMITY_RUNTIME_DIRECTORY_DIRECTORY_COPY_H_
