// Brings planned rows into the record. One writer for records with external ids, one for persons.
#ifndef COMITY_CLIENT_IMPORT_WRITER_H_
#define COMITY_CLIENT_IMPORT_WRITER_H_

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "comity/gateway/v1/directory.pb.h"
#include "services/client/api/caller.h"
#include "services/client/import/compare.h"
#include "services/client/import/known_records.h"
#include "services/client/import/ledger.h"

namespace comity::client {

struct WriteContext {
  Caller* caller = nullptr;
  Identity as;
  const ImportMap* map = nullptr;
  Ledger* ledger = nullptr;
  bool dry_run = false;
};

class Writer {
 public:
  virtual ~Writer() = default;
  // Reads what is there already.
  virtual absl::Status Prepare() = 0;
  // Takes rows without problems; each ends in the ledger. A status that is not OK stops the import:
  // a call failed as a whole, and the rows of this batch may be in part recorded; a repetition
  // completes them. Thread-safe.
  virtual absl::Status Write(std::vector<RowPlan> rows) = 0;
  // Takes the rows that waited for others of the same file.
  virtual absl::Status Finish() = 0;
};

std::unique_ptr<Writer> MakeWriter(const WriteContext& context);
std::unique_ptr<Writer> MakeRecordWriter(const WriteContext& context);
std::unique_ptr<Writer> MakePersonWriter(const WriteContext& context);

// The problem of a row that a service refused.
Problem Refusal(const RowPlan& row, const std::string& part, const absl::Status& status);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_WRITER_H_
