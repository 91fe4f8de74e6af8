// Records of a collection as a file that imports again to the same records.
#ifndef COMITY_CLIENT_IMPORT_EXPORTER_H_
#define COMITY_CLIENT_IMPORT_EXPORTER_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/type/v1/charter.pb.h"
#include "services/client/api/caller.h"
#include "services/client/import/export_cells.h"

namespace comity::client {

// The columns of a collection: its name, the fields that an import may set, the times of facts that
// the record shows, and the questions about it.
std::vector<std::string> ExportColumns(const Collection& collection,
                                       const type::v1::Charter& charter);
// The map by which the file imports again, for the department of `lens`; see ExportOptions.
std::string ExportMap(const Collection& collection, const type::v1::Charter& charter,
                      const std::string& lens, const std::string& as_source = "");
// INVALID_ARGUMENT reason FILE_UNWRITABLE.
absl::Status OutputUnwritable();
// A map's `source`, as YAML.
std::string SourceText(const std::string& as_source);

// Writes page by page; returns the number of records. Errors: those of the services, and
// INVALID_ARGUMENT FILE_UNWRITABLE.
absl::StatusOr<int64_t> Export(Caller& caller, const Identity& as, const Collection& collection,
                               const type::v1::Charter& charter, const ExportOptions& options,
                               std::ostream* output);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_EXPORTER_H_
