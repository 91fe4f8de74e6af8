// This service's durable copy of the directory, and the Directory in memory made from it.
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
  // Stores the records of `batch` and `next` in one transaction, then shows them. Another replica
  // may have stored them already.
  absl::Status Take(const Entries& batch, int64_t next);
  // At `at` this was all that the journal held.
  void Confirm(absl::Time at) { directory_->Confirm(at); }

 private:
  Call MakeCall() const;

  const Runtime* const runtime_;
  Directory* const directory_;
  const std::string source_;
};

}  // namespace comity::directory

#endif  // COMITY_RUNTIME_DIRECTORY_DIRECTORY_COPY_H_
