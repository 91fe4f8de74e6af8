// Reports as pure functions: a state and a query → the report. No I/O, clock or SQL.
#ifndef COMITY_REPORTING_REPORT_RULES_H_
#define COMITY_REPORTING_REPORT_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "comity/reporting/v1/report.pb.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "services/reporting/report_query.h"
#include "services/reporting/state.h"

namespace comity::reporting {

// Win rate and loss ratio; without the basis. `query` is canonical.
// Errors: INVALID_ARGUMENT reason UNKNOWN_LENS; FAILED_PRECONDITION reasons TOO_MANY_GROUPS (5,000
// groups, 3 MiB), SUM_OUT_OF_RANGE.
absl::StatusOr<v1::WinRateReport> ComputeWinRate(const State& state, const v1::ReportQuery& query);

// The open pipeline; without the basis. `query` is canonical. Errors: as those of ComputeWinRate.
absl::StatusOr<v1::PipelineReport> ComputePipeline(const State& state,
                                                   const v1::ReportQuery& query);

// The totals of both reports through one lens.
struct LensTotals {
  v1::WinRateCell win_rate;
  v1::PipelineCell pipeline;
};
// Over the whole record, by the words of any charter: what the reports would say were it in force.
// One for each of `lenses`. Errors: FAILED_PRECONDITION reason SUM_OUT_OF_RANGE.
absl::StatusOr<std::vector<LensTotals>> ComputeTotals(const State& state,
                                                      const charter::Charter& words,
                                                      const std::vector<std::string>& lenses);

// One page of the opportunities behind a number.
struct RowsQuery {
  Metric metric = Metric::kWinRate;
  v1::ReportQuery query;          // canonical, with exactly one lens
  std::vector<std::string> keys;  // of the report's row; none: all rows
  std::string after;              // 16 bytes of the last opportunity seen; empty: from the start
  size_t limit = 50;
};
struct RowsPage {
  std::vector<v1::ReportRow> rows;  // ordered by opportunity
  std::string last;                 // 16 bytes of the last row's opportunity
  bool more = false;
};
// Errors: INVALID_ARGUMENT reason UNKNOWN_LENS.
absl::StatusOr<RowsPage> ComputeRows(const State& state, const RowsQuery& query);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_REPORT_RULES_H_
