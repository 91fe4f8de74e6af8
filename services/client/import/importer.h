// Reads a file, plans its rows, writes them in parallel batches.
#ifndef COMITY_CLIENT_IMPORT_IMPORTER_H_
#define COMITY_CLIENT_IMPORT_IMPORTER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/client/import/ledger.h"
#include "services/client/import/map.h"
#include "services/client/import/writer.h"

namespace comity::client {

struct ImportOptions {
  std::string path;
  char delimiter = 0;  // 0: as the map says, or told from the file
  int writers = 8;
  size_t most_bytes = 64 << 20;  // of rows that are read and not yet written
  std::string report;            // path of the report file; empty: none
  // Whether to stop: asked before each row. What was begun is ended; the rest is not reached.
  std::function<bool()> is_interrupted;
  // Called as rows are read, with the share of the file that is read (0 … 1).
  std::function<void(double share, const Tally& so_far)> progress;
};

struct ImportReport {
  Tally tally;
  std::vector<Problem> problems;
  std::vector<RecordChange>
      changes;               // of the first lines that have some; in a dry run: what would be
  int64_t change_count = 0;  // all of them
  std::vector<std::string> unread_columns;
  // How dates were read where another column decided, and where the file is cut.
  std::vector<Problem> notes;
  int64_t rows = 0;         // of the file, as far as it can be read
  bool is_cut = false;      // its end cannot be read: later rows are in no count
  int64_t not_reached = 0;  // of them, where the import stopped before its end
  // OK: all rows were reached. Else why not (CANCELLED reason INTERRUPTED, FAILED_PRECONDITION
  // reason FILE_CHANGED, or what failed): what was taken stays, and a repetition goes on.
  absl::Status stopped;
};

// `context.ledger` and `context.charter` are set by it. Errors, before anything is taken:
// INVALID_ARGUMENT reasons FILE_UNREADABLE, CSV_INVALID, MAP_COLUMN_MISSING, REPORT_UNWRITABLE and
// those of TableReader.
absl::StatusOr<ImportReport> Import(const ImportOptions& options, WriteContext context);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_IMPORTER_H_
