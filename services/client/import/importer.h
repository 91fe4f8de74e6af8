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
  char delimiter = ',';
  int writers = 8;
  // Called as rows are read, with the share of the file that is read (0 … 1).
  std::function<void(double share, const Tally& so_far)> progress;
};

struct ImportReport {
  Tally tally;
  std::vector<Problem> problems;
  std::vector<std::string> unread_columns;
};

// `context.ledger` is set by it. Errors: INVALID_ARGUMENT reasons FILE_UNREADABLE, CSV_INVALID,
// MAP_COLUMN_MISSING; else those of the services. What was written stays; a repetition goes on.
absl::StatusOr<ImportReport> Import(const ImportOptions& options, WriteContext context);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_IMPORTER_H_
