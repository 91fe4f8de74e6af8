// What happened to records and what was judged of them, as files that import again: case-events,
// touches, activities, judgements.
#ifndef COMITY_CLIENT_IMPORT_EVENT_EXPORTER_H_
#define COMITY_CLIENT_IMPORT_EVENT_EXPORTER_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/type/v1/charter.pb.h"
#include "services/client/api/caller.h"
#include "services/client/import/export_cells.h"

namespace comity::client {

// Whether rows of `kind` are about records.
bool IsEventKind(const std::string& kind);
// The collection whose events they are: `of`, or the only one that has them. INVALID_ARGUMENT
// USAGE.
absl::StatusOr<Collection> SubjectsOf(const std::string& kind, const std::string& of);

std::vector<std::string> EventColumns(const std::string& kind);
// The map by which the file imports again. INVALID_ARGUMENT USAGE where the charter asks nothing
// about the collection's records.
absl::StatusOr<std::string> EventMap(const std::string& kind, const Collection& subjects,
                                     const type::v1::Charter& charter,
                                     const ExportOptions& options);

// Writes what stands of each record that the filter keeps: of facts those that nobody corrected or
// voided, in the order in which they happened; of judgements those of the lens's department since
// it last withdrew one, in the order in which they were recorded. Returns the number of rows.
// Errors: those of the services, and INVALID_ARGUMENT FILE_UNWRITABLE.
absl::StatusOr<int64_t> ExportEvents(Caller& caller, const Identity& as, const std::string& kind,
                                     const Collection& subjects, const ExportOptions& options,
                                     std::ostream* output);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_EVENT_EXPORTER_H_
