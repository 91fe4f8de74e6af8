// How cases went from hand to hand, as pure functions. No I/O, clock or SQL.
#ifndef COMITY_REPORTING_CASE_FLOW_RULES_H_
#define COMITY_REPORTING_CASE_FLOW_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/reporting/v1/case_flow.pb.h"
#include "services/reporting/report_query.h"
#include "services/reporting/state.h"

namespace comity::reporting {

inline constexpr absl::string_view kCaseFlowMetric = "metrics/case-flow";

// What happened to one case, by the facts that stand.
struct Course {
  bool opened = false;  // before `occurred_before`; else nothing else is said
  int64_t open_time = 0;
  int64_t last_time = 0;          // of its last fact; not before the opening
  uint32_t team = 0;              // at the end
  uint32_t owner = 0;             // at the end
  std::vector<uint32_t> holders;  // in order, repeats merged; those without a holder left out

  int64_t handovers() const { return holders.empty() ? 0 : int64_t(holders.size()) - 1; }
  // Whether the holder at `place` has it again after exactly one other.
  bool ReturnsAt(size_t place) const { return place >= 2 && holders[place] == holders[place - 2]; }
  int64_t returns() const;
};
Course CourseOf(const CaseRow& row, v1::CaseHolder holder, int64_t occurred_before);

// Handovers, returns and durations; without the basis. `query` is canonical.
// Errors: FAILED_PRECONDITION reason TOO_MANY_GROUPS.
absl::StatusOr<v1::CaseFlowReport> ComputeCaseFlow(const State& state, const v1::ReportQuery& query,
                                                   v1::CaseHolder holder);

// One page of the cases behind a number.
struct CasesQuery {
  v1::ReportQuery query;  // canonical
  v1::CaseHolder holder = v1::CASE_HOLDER_TEAM;
  v1::CaseFlowPart part = v1::CASE_FLOW_PART_UNSPECIFIED;
  std::vector<std::string> keys;  // of the report's row; none: all rows
  std::string after;              // 16 bytes of the last case seen; empty: from the start
  size_t limit = 50;
};
struct CasesPage {
  std::vector<v1::CaseFlowCase> cases;  // ordered by name
  std::string last;                     // 16 bytes of the last one
  bool more = false;
};
CasesPage ComputeCases(const State& state, const CasesQuery& query);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_CASE_FLOW_RULES_H_
