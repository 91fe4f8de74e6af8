// Rows that name rows of the same file which stand later.
#ifndef COMITY_CLIENT_IMPORT_WAITING_ROWS_H_
#define COMITY_CLIENT_IMPORT_WAITING_ROWS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/client/import/ledger.h"
#include "services/client/import/plan.h"

namespace comity::client {

// Thread-safe.
class WaitingRows {
 public:
  // `own`: the collection of the file.
  WaitingRows(std::string own, Ledger* ledger, size_t most_bytes)
      : own_(std::move(own)), ledger_(ledger), most_bytes_(most_bytes) {}

  // A row waits for the record with the id `awaited` (empty: it is not known for which). Where too
  // many wait, it is refused.
  void Hold(RowPlan row, const std::string& awaited);
  // The record is there.
  void Arrive(const std::string& id);
  // After the last row: writes those that wait, each again only when what it waits for has arrived.
  // What is left is refused.
  absl::Status Finish(const std::function<bool()>& is_interrupted,
                      const std::function<absl::Status(std::vector<RowPlan>)>& write);

 private:
  // Some of those that are ready.
  std::vector<RowPlan> TakeReady();
  void MakeAllReady();
  void RefuseAll();
  void Refuse(const std::string& awaited, RowPlan row) const;

  const std::string own_;
  Ledger* const ledger_;
  const size_t most_bytes_;
  absl::Mutex mutex_;
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, std::vector<RowPlan>> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<RowPlan> ready_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_WAITING_ROWS_H_
