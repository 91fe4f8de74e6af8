#include "services/reporting/report_query.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/time_util.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

absl::Status CheckLenses(const v1::ReportQuery& query) {
  std::set<std::string> seen;
  for (const std::string& lens : query.lenses()) {
    if (!seen.insert(lens).second) {
      return InvalidField("LENS_TWICE", "query.lenses", absl::StrCat(lens, " stands twice"));
    }
  }
  return absl::OkStatus();
}

enum class Counted { kOpportunities, kCases };

bool MayStand(Counted counted, int dimension, bool is_group) {
  if (!v1::Dimension_IsValid(dimension) || dimension == v1::DIMENSION_UNSPECIFIED) return false;
  const bool of_cases_only = dimension == v1::DIMENSION_SOURCE;
  const bool by_lens = dimension == v1::DIMENSION_STAGE || dimension == v1::DIMENSION_OUTCOME;
  if (counted == Counted::kCases) return !by_lens;
  return !of_cases_only && !(is_group && dimension == v1::DIMENSION_OUTCOME);
}

absl::Status CheckDimension(Counted counted, int dimension, bool is_group,
                            absl::string_view field) {
  if (!MayStand(counted, dimension, is_group)) {
    std::vector<std::string> names;
    for (int i = v1::Dimension_MIN; i <= v1::Dimension_MAX; ++i) {
      if (MayStand(counted, i, is_group)) {
        names.push_back(v1::Dimension_Name(static_cast<v1::Dimension>(i)));
      }
    }
    return InvalidField("DIMENSION_INVALID", field,
                        absl::StrCat("here may stand ", absl::StrJoin(names, ", ")));
  }
  return absl::OkStatus();
}

absl::Status CheckGroups(Counted counted, const v1::ReportQuery& query) {
  if (query.group_by_size() > 3) {
    return InvalidField("DIMENSION_INVALID", "query.group_by", "at most three");
  }
  std::set<int> seen;
  for (const int dimension : query.group_by()) {
    COMITY_RETURN_IF_ERROR(CheckDimension(counted, dimension, /*is_group=*/true, "query.group_by"));
    if (!seen.insert(dimension).second) {
      return InvalidField("DIMENSION_INVALID", "query.group_by", "a dimension stands twice");
    }
  }
  return absl::OkStatus();
}

absl::Status MergeFilters(Counted counted, v1::ReportQuery* query) {
  std::map<int, std::set<std::string>> merged;
  for (const auto& filter : query->filters()) {
    COMITY_RETURN_IF_ERROR(
        CheckDimension(counted, filter.dimension(), /*is_group=*/false, "query.filters.dimension"));
    const std::set<std::string> values(filter.values().begin(), filter.values().end());
    const auto [at, first] = merged.try_emplace(filter.dimension(), values);
    if (first) continue;
    // All filters must hold: the same dimension twice leaves what both name.
    std::set<std::string> both;
    std::set_intersection(at->second.begin(), at->second.end(), values.begin(), values.end(),
                          std::inserter(both, both.end()));
    at->second = std::move(both);
  }
  query->clear_filters();
  for (const auto& [dimension, values] : merged) {
    v1::DimensionFilter* filter = query->add_filters();
    filter->set_dimension(static_cast<v1::Dimension>(dimension));
    filter->mutable_values()->Assign(values.begin(), values.end());
  }
  return absl::OkStatus();
}

bool ParseMonth(const std::string& value, Key* key) {
  unsigned year = 0;
  unsigned month = 0;
  if (value.size() != 7 || value[4] != '-' || !absl::SimpleAtoi(value.substr(0, 4), &year) ||
      !absl::SimpleAtoi(value.substr(5), &month) || month < 1 || month > 12) {
    return false;
  }
  *key = year * 100 + month;
  return true;
}

bool IsByLens(Metric metric, v1::Dimension dimension) {
  return dimension == v1::DIMENSION_STAGE || dimension == v1::DIMENSION_OUTCOME ||
         (dimension == v1::DIMENSION_MONTH && metric == Metric::kWinRate);
}

// All but the lenses.
absl::StatusOr<v1::ReportQuery> Checked(Counted counted, v1::ReportQuery query) {
  using google::protobuf::util::TimeUtil;
  COMITY_RETURN_IF_ERROR(CheckGroups(counted, query));
  COMITY_RETURN_IF_ERROR(MergeFilters(counted, &query));
  if (query.as_of() < 0) {
    return InvalidField("AS_OF_INVALID", "query.as_of", "a position from an earlier report, or 0");
  }
  const auto& before = query.occurred_before();
  if (query.has_occurred_before() && (before.seconds() < TimeUtil::kTimestampMinSeconds ||
                                      before.seconds() > TimeUtil::kTimestampMaxSeconds ||
                                      before.nanos() < 0 || before.nanos() > 999'999'999)) {
    return InvalidField("TIME_INVALID", "query.occurred_before", "a time from year 1 to 9999");
  }
  return query;
}

}  // namespace

absl::Status TooManyGroups() {
  return PreconditionFailed(
      "TOO_MANY_GROUPS", "reports",
      absl::StrCat("the report has more than ", kMostGroups, " groups or ", kMostReportBytes >> 20,
                   " MiB: keep fewer by filters (say office, sector or month), group by something "
                   "coarser, or ask for fewer lenses"));
}

absl::string_view MetricName(Metric metric) {
  return metric == Metric::kWinRate ? "metrics/win-rate" : "metrics/pipeline";
}

absl::StatusOr<Metric> MetricOf(absl::string_view name) {
  if (name == MetricName(Metric::kWinRate)) return Metric::kWinRate;
  if (name == MetricName(Metric::kPipeline)) return Metric::kPipeline;
  return InvalidField("UNKNOWN_METRIC", "metric", "metrics/win-rate or metrics/pipeline");
}

absl::StatusOr<v1::ReportQuery> Canonical(v1::ReportQuery query) {
  COMITY_RETURN_IF_ERROR(CheckLenses(query));
  return Checked(Counted::kOpportunities, std::move(query));
}

absl::StatusOr<std::vector<std::string>> LensesOf(const charter::Charter& charter,
                                                  const v1::ReportQuery& canonical) {
  std::vector<std::string> lenses(canonical.lenses().begin(), canonical.lenses().end());
  for (const std::string& lens : lenses) COMITY_RETURN_IF_ERROR(charter.CheckLens(lens));
  if (!lenses.empty()) return lenses;
  if (const auto* question = QuestionOf(charter, v1::DIMENSION_OUTCOME)) {
    lenses.assign(question->voices().begin(), question->voices().end());
  }
  lenses.emplace_back(charter::kSettled);
  return lenses;
}

const type::v1::Question* QuestionOf(const charter::Charter& charter, v1::Dimension dimension) {
  const auto* question =
      charter.FindQuestion(dimension == v1::DIMENSION_STAGE ? kStageQuestion : kOutcomeQuestion);
  return question == nullptr || question->collection() != "opportunities" ? nullptr : question;
}

absl::StatusOr<v1::ReportQuery> CanonicalOfCases(v1::ReportQuery query) {
  if (!query.lenses().empty()) {
    return InvalidField("LENS_NOT_TAKEN", "query.lenses",
                        "what happened to a case is the same through every lens: leave them out");
  }
  return Checked(Counted::kCases, std::move(query));
}

bool KeyOf(const State& state, v1::Dimension dimension, const std::string& value, Key* key) {
  *key = 0;
  if (value.empty()) return true;
  switch (dimension) {
    case v1::DIMENSION_STAGE:
    case v1::DIMENSION_OUTCOME:
      *key = PlaceOfAnswer(QuestionOf(state.charter(), dimension), value);
      return *key != 0;
    case v1::DIMENSION_MONTH:
      return ParseMonth(value, key);
    case v1::DIMENSION_ACCOUNT: {
      const auto id = resource::IdOf(value, "accounts");
      if (!id.ok()) return false;
      *key = state.accounts().Find(*id);
      return *key < state.accounts().size();
    }
    default:
      *key = state.strings().Find(value);
      return *key < state.strings().size();
  }
}

std::string KeyText(const State& state, v1::Dimension dimension, Key key) {
  if (key == 0) return "";
  switch (dimension) {
    case v1::DIMENSION_STAGE:
    case v1::DIMENSION_OUTCOME:
      return AnswerAt(QuestionOf(state.charter(), dimension), static_cast<uint16_t>(key));
    case v1::DIMENSION_MONTH:
      return absl::StrFormat("%04d-%02d", key / 100, key % 100);
    case v1::DIMENSION_ACCOUNT:
      return resource::MakeName("accounts", state.accounts().id(key));
    default:
      return state.strings().text(key);
  }
}

std::string KeyLabel(const State& state, v1::Dimension dimension, Key key) {
  switch (dimension) {
    case v1::DIMENSION_OWNER:
    case v1::DIMENSION_MANAGER:
    case v1::DIMENSION_TEAM:
    case v1::DIMENSION_PRODUCT: {
      const std::string& name = state.strings().text(state.named(key).display_name);
      return name.empty() ? KeyText(state, dimension, key) : name;
    }
    default:
      return KeyText(state, dimension, key);
  }
}

std::vector<CompiledFilter> CompileFilters(const State& state, const v1::ReportQuery& canonical) {
  std::vector<CompiledFilter> filters;
  for (const auto& filter : canonical.filters()) {
    CompiledFilter& compiled = filters.emplace_back();
    compiled.dimension = filter.dimension();
    for (const std::string& value : filter.values()) {
      Key key = 0;
      if (KeyOf(state, filter.dimension(), value, &key)) compiled.keys.insert(key);
    }
  }
  return filters;
}

CompiledQuery CompileTotals(const State& state, const charter::Charter& words,
                            std::vector<std::string> lenses) {
  const auto* outcome = QuestionOf(words, v1::DIMENSION_OUTCOME);
  const auto* stage = QuestionOf(words, v1::DIMENSION_STAGE);
  CompiledQuery compiled;
  compiled.lenses = std::move(lenses);
  for (const std::string& lens : compiled.lenses) {
    compiled.outcome.emplace_back(state.ballot(), outcome, lens);
    compiled.stage.emplace_back(state.ballot(), stage, lens);
  }
  compiled.won = PlaceOfAnswer(outcome, "won");
  compiled.lost = PlaceOfAnswer(outcome, "lost");
  return compiled;
}

absl::StatusOr<CompiledQuery> Compile(const State& state, Metric metric,
                                      const v1::ReportQuery& canonical) {
  COMITY_ASSIGN_OR_RETURN(std::vector<std::string> lenses, LensesOf(state.charter(), canonical));
  CompiledQuery compiled = CompileTotals(state, state.charter(), std::move(lenses));
  compiled.metric = metric;
  for (const int group : canonical.group_by()) {
    compiled.group_by.push_back(static_cast<v1::Dimension>(group));
    compiled.by_product |= group == v1::DIMENSION_PRODUCT;
    compiled.needs_stage |= group == v1::DIMENSION_STAGE;
  }
  for (CompiledFilter& filter : CompileFilters(state, canonical)) {
    compiled.needs_stage |= filter.dimension == v1::DIMENSION_STAGE;
    if (filter.dimension == v1::DIMENSION_PRODUCT) {
      compiled.product_filter.push_back(std::move(filter));
    } else if (IsByLens(metric, filter.dimension)) {
      compiled.lens_filters.push_back(std::move(filter));
    } else {
      compiled.row_filters.push_back(std::move(filter));
    }
  }
  return compiled;
}

}  // namespace comity::reporting
