// A report's query, checked and compiled against a state: names as numbers, lenses as rules.
#ifndef COMITY_REPORTING_REPORT_QUERY_H_
#define COMITY_REPORTING_REPORT_QUERY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "comity/reporting/v1/report.pb.h"
#include "services/reporting/answers.h"
#include "services/reporting/state.h"
#include "services/runtime/charter/charter.h"

namespace comity::reporting {

enum class Metric { kWinRate, kPipeline };

inline constexpr absl::string_view kOutcomeQuestion = "questions/opportunity-outcome";
inline constexpr absl::string_view kStageQuestion = "questions/opportunity-stage";

// `metrics/win-rate`, `metrics/pipeline`.
absl::string_view MetricName(Metric metric);
// INVALID_ARGUMENT reason UNKNOWN_METRIC.
absl::StatusOr<Metric> MetricOf(absl::string_view name);

// The query as it is computed and cached: filters merged and ordered, so that queries that mean the
// same are the same. Pure.
// Errors: INVALID_ARGUMENT reasons LENS_TWICE, DIMENSION_INVALID (unknown, twice, or
// DIMENSION_OUTCOME as a group), AS_OF_INVALID (negative), TIME_INVALID.
absl::StatusOr<v1::ReportQuery> Canonical(v1::ReportQuery query);

// The lenses that the query names, or those that it stands for under a charter. Pure. Errors:
// INVALID_ARGUMENT reason UNKNOWN_LENS.
absl::StatusOr<std::vector<std::string>> LensesOf(const charter::Charter& charter,
                                                  const v1::ReportQuery& canonical);

// The same for a query about cases, whose facts are the same through every lens.
// Errors: INVALID_ARGUMENT reasons LENS_NOT_TAKEN, DIMENSION_INVALID (also of stage and outcome),
// AS_OF_INVALID, TIME_INVALID.
absl::StatusOr<v1::ReportQuery> CanonicalOfCases(v1::ReportQuery query);

// A report must fit the 4 MiB that callers take, and be of use to a reader.
inline constexpr size_t kMostGroups = 5'000;
inline constexpr size_t kMostReportBytes = 3 << 20;
// FAILED_PRECONDITION reason TOO_MANY_GROUPS.
absl::Status TooManyGroups();

// Number of a value, by dimension: a string or an account of the state, the place of an answer in
// the question of its charter, or year × 100 + month; 0: none.
using Key = uint32_t;

// The question whose answers are the values of DIMENSION_STAGE or DIMENSION_OUTCOME, as `charter`
// has it; null when it has none about opportunities.
const type::v1::Question* QuestionOf(const charter::Charter& charter, v1::Dimension dimension);

// The number of a value; false when no row can have it.
bool KeyOf(const State& state, v1::Dimension dimension, const std::string& value, Key* key);
// The value of a number, e.g. `persons/ana`, `2017-03`.
std::string KeyText(const State& state, v1::Dimension dimension, Key key);
// What it is called, or the value itself.
std::string KeyLabel(const State& state, v1::Dimension dimension, Key key);

// One filter. An opportunity has one value in each dimension but products.
struct CompiledFilter {
  v1::Dimension dimension = v1::DIMENSION_UNSPECIFIED;
  absl::flat_hash_set<Key> keys;
};

std::vector<CompiledFilter> CompileFilters(const State& state, const v1::ReportQuery& canonical);

// A canonical query over one state.
struct CompiledQuery {
  Metric metric = Metric::kWinRate;
  std::vector<v1::Dimension> group_by;
  std::vector<std::string> lenses;
  std::vector<LensRule> outcome;               // one a lens
  std::vector<LensRule> stage;                 // one a lens
  std::vector<CompiledFilter> row_filters;     // the same through every lens
  std::vector<CompiledFilter> lens_filters;    // by the answers of the lens
  std::vector<CompiledFilter> product_filter;  // none or one
  bool by_product = false;
  bool needs_stage = false;
  uint16_t won = 0;   // the answer's place; 0: the charter has none
  uint16_t lost = 0;  // likewise
};
// The totals of the win rate over the whole record, by the words of any charter.
CompiledQuery CompileTotals(const State& state, const charter::Charter& words,
                            std::vector<std::string> lenses);
// By the charter of the state. Errors: those of LensesOf.
absl::StatusOr<CompiledQuery> Compile(const State& state, Metric metric,
                                      const v1::ReportQuery& canonical);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_REPORT_QUERY_H_
