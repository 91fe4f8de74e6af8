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

namespace comity::client {

struct ExportOptions {
  std::string lens;    // whose answers and facts; `departments/sales`
  std::string filter;  // empty: all records
  bool json_lines = false;
};

// The columns of a collection: its name, the fields that an import may set, the times of facts that
// the record shows, and the questions about it.
std::vector<std::string> ExportColumns(const Collection& collection,
                                       const type::v1::Charter& charter);
// One cell: exact, and as an import reads it. Of questions, the lens's own answer alone.
std::string ExportCell(const google::protobuf::Message& record, const std::string& column);
// The map by which the file imports again, for the department of `lens`.
std::string ExportMap(const Collection& collection, const type::v1::Charter& charter,
                      const std::string& lens);

// Writes page by page; returns the number of records. Errors: those of the services, and
// INVALID_ARGUMENT FILE_UNWRITABLE.
absl::StatusOr<int64_t> Export(Caller& caller, const Identity& as, const Collection& collection,
                               const type::v1::Charter& charter, const ExportOptions& options,
                               std::ostream* output);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_EXPORTER_H_
