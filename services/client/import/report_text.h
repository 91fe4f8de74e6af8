// What an import says of itself when it ends. Pure.
#ifndef COMITY_CLIENT_IMPORT_REPORT_TEXT_H_
#define COMITY_CLIENT_IMPORT_REPORT_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/client/import/importer.h"

namespace comity::client {

// `1 row`, `1,234 rows`.
std::string Counted(int64_t count, const std::string& one, const std::string& many);
// `0.4 s`, `3 min 20 s`, as far as one wants to know it.
std::string SpanText(absl::Duration span);
int64_t RowsPerSecond(const Tally& tally, absl::Duration took);

// One line: where the rows ended, and how long that took.
std::string SummaryText(const ImportReport& report, bool dry_run, absl::Duration took);
// At most `most` lines; what several rows say alike is said once.
std::vector<std::string> ProblemLines(const std::vector<Problem>& problems, size_t most);
// What rows change on records that are there, as a table: the first `most`, and how many more.
// Empty where nothing is changed. `width`: cells of the terminal, 0: no limit.
std::string ChangesText(const ImportReport& report, size_t most, int width);
// OK: every row says what the record says now. Else what stopped the import, or FAILED_PRECONDITION
// reason ROWS_REFUSED or ROWS_CONFLICTING.
absl::Status Verdict(const ImportReport& report, bool dry_run);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_REPORT_TEXT_H_
