// Reads a whole file before anything of it is taken: what single rows cannot tell.
#ifndef COMITY_CLIENT_IMPORT_SCAN_H_
#define COMITY_CLIENT_IMPORT_SCAN_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/client/import/column_dates.h"
#include "services/client/import/plan.h"
#include "services/client/import/row.h"

namespace comity::client {

// What a file says as a whole.
struct Scan {
  int64_t rows = 0;
  ColumnDates::Result dates;
  // Identities that stand in more than one row, by their hash, and whether these rows differ.
  absl::flat_hash_map<uint64_t, bool> repeated;
  absl::Status end;  // not OK: what follows the last row cannot be read
};

// 12 bytes a row are held. Reads `reader` to its end.
Scan ScanRows(const ImportMap& map, const Planner& planner, RowReader* reader);

// The hash by which rows of one identity are known.
uint64_t HashOfKey(const std::string& key);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_SCAN_H_
