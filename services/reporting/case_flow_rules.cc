#include "services/reporting/case_flow_rules.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "services/reporting/first_few.h"
#include "services/reporting/row_walk.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kMostPaths = 100;
constexpr size_t kMostHolders = 100;  // that one case of a page names

// The case's facts that stand and had happened, in the order in which they happened: the opening
// first, also where another is dated before it.
std::vector<const PackedEvent*> StandingEvents(const CaseRow& row, int64_t occurred_before) {
  std::vector<const PackedEvent*> events;
  for (const PackedEvent& event : row.events) {
    const bool happened = occurred_before == kNever || event.time < occurred_before;
    if (happened && !event.superseded) events.push_back(&event);
  }
  std::stable_sort(events.begin(), events.end(), [](const PackedEvent* a, const PackedEvent* b) {
    if (a->begins != b->begins) return a->begins;
    return std::tie(a->time, a->place) < std::tie(b->time, b->place);
  });
  return events;
}

Key CaseKey(const State& state, const CaseRow& row, const Course& course, v1::Dimension dimension) {
  switch (dimension) {
    case v1::DIMENSION_OWNER:
      return course.owner;
    case v1::DIMENSION_TEAM:
      return course.team;
    case v1::DIMENSION_OFFICE:
      return state.named(course.owner).office;
    case v1::DIMENSION_MANAGER:
      return state.named(course.owner).manager;
    case v1::DIMENSION_PRODUCT:
      return row.product;
    case v1::DIMENSION_ACCOUNT:
      return row.account;
    case v1::DIMENSION_SECTOR:
      return state.sector(row.account);
    case v1::DIMENSION_MONTH:
      return MonthOf(course.open_time);
    case v1::DIMENSION_SOURCE:
      return row.source;
    default:
      return 0;
  }
}

// Calls `visit(number, row, course, key)` for each case that the query keeps.
template <typename Visit>
void WalkCases(const State& state, const v1::ReportQuery& query, v1::CaseHolder holder,
               Visit visit) {
  const std::vector<CompiledFilter> filters = CompileFilters(state, query);
  const CaseTable& cases = state.cases();
  for (uint32_t number = 1; number < cases.rows(); ++number) {
    const CaseRow& row = cases.row(number);
    const Course course = CourseOf(row, holder, state.occurred_before());
    if (!course.opened) continue;
    const bool kept = std::all_of(filters.begin(), filters.end(), [&](const auto& filter) {
      return filter.keys.contains(CaseKey(state, row, course, filter.dimension));
    });
    if (!kept) continue;
    GroupKey key{};
    for (int i = 0; i < query.group_by_size(); ++i) {
      key[static_cast<size_t>(i)] =
          CaseKey(state, row, course, static_cast<v1::Dimension>(query.group_by(i)));
    }
    visit(number, row, course, key);
  }
}

// The numbers of one group, before they are written.
struct Group {
  int64_t handovers = 0;
  int64_t handed_over = 0;
  int64_t returns = 0;
  int64_t disputed = 0;
  std::vector<int64_t> with_return;     // durations, in microseconds
  std::vector<int64_t> without_return;  // likewise

  void Add(const Course& course, bool is_disputed) {
    disputed += is_disputed ? 1 : 0;
    const int64_t came_back = course.returns();
    handovers += course.handovers();
    handed_over += course.handovers() > 0 ? 1 : 0;
    returns += came_back;
    (came_back > 0 ? with_return : without_return).push_back(course.last_time - course.open_time);
  }
};

v1::DurationSummary Summary(std::vector<int64_t> micros) {
  v1::DurationSummary summary;
  summary.set_case_count(static_cast<int64_t>(micros.size()));
  if (micros.empty()) return summary;
  __int128 sum = 0;
  for (const int64_t each : micros) sum += each;
  const auto mean = static_cast<int64_t>(sum / static_cast<__int128>(micros.size()));
  *summary.mutable_mean() = TimeUtil::MicrosecondsToDuration(mean);
  const auto middle = micros.begin() + static_cast<ptrdiff_t>((micros.size() - 1) / 2);
  std::nth_element(micros.begin(), middle, micros.end());
  *summary.mutable_median() = TimeUtil::MicrosecondsToDuration(*middle);
  *summary.mutable_longest() =
      TimeUtil::MicrosecondsToDuration(*std::max_element(micros.begin(), micros.end()));
  return summary;
}

void Write(const Group& group, v1::CaseFlowRow* row) {
  const auto returned = static_cast<int64_t>(group.with_return.size());
  row->set_case_count(returned + static_cast<int64_t>(group.without_return.size()));
  row->set_handover_count(group.handovers);
  row->set_handed_over_case_count(group.handed_over);
  row->set_return_count(group.returns);
  row->set_returned_case_count(returned);
  row->set_disputed_case_count(group.disputed);
  std::vector<int64_t> all = group.with_return;
  all.insert(all.end(), group.without_return.begin(), group.without_return.end());
  *row->mutable_duration() = Summary(std::move(all));
  *row->mutable_duration_with_return() = Summary(group.with_return);
  *row->mutable_duration_without_return() = Summary(group.without_return);
}

using Paths = std::map<std::pair<uint32_t, uint32_t>, std::pair<int64_t, int64_t>>;

void AddPaths(const Course& course, Paths* paths) {
  for (size_t i = 1; i < course.holders.size(); ++i) {
    auto& [handovers, returns] = (*paths)[{course.holders[i - 1], course.holders[i]}];
    ++handovers;
    returns += course.ReturnsAt(i) ? 1 : 0;
  }
}

void WritePaths(const State& state, const Paths& paths, v1::CaseHolder holder,
                v1::CaseFlowReport* report) {
  const v1::Dimension dimension =
      holder == v1::CASE_HOLDER_OWNER ? v1::DIMENSION_OWNER : v1::DIMENSION_TEAM;
  std::vector<v1::HandoverPath> written;
  for (const auto& [ends, counts] : paths) {
    v1::HandoverPath& path = written.emplace_back();
    path.set_from(state.strings().text(ends.first));
    path.set_to(state.strings().text(ends.second));
    path.set_from_label(KeyLabel(state, dimension, ends.first));
    path.set_to_label(KeyLabel(state, dimension, ends.second));
    path.set_handover_count(counts.first);
    path.set_return_count(counts.second);
  }
  std::sort(written.begin(), written.end(), [](const auto& a, const auto& b) {
    if (a.handover_count() != b.handover_count()) return a.handover_count() > b.handover_count();
    return std::tie(a.from(), a.to()) < std::tie(b.from(), b.to());
  });
  const size_t kept = std::min(written.size(), kMostPaths);
  report->set_more_path_count(static_cast<int64_t>(written.size() - kept));
  report->mutable_paths()->Assign(written.begin(), written.begin() + static_cast<ptrdiff_t>(kept));
}

v1::CaseFlowCase ToProto(const State& state, uint32_t number, const Course& course) {
  v1::CaseFlowCase shown;
  shown.set_case_(resource::MakeName("cases", state.cases().id(number)));
  shown.set_external_id(state.cases().row(number).external_id);
  for (size_t i = 0; i < std::min(course.holders.size(), kMostHolders); ++i) {
    shown.add_holders(state.strings().text(course.holders[i]));
  }
  shown.set_handover_count(course.handovers());
  shown.set_return_count(course.returns());
  *shown.mutable_open_time() = TimeUtil::MicrosecondsToTimestamp(course.open_time);
  *shown.mutable_duration() = TimeUtil::MicrosecondsToDuration(course.last_time - course.open_time);
  const auto* disputes = state.disputes().AboutCase(state.cases().id(number));
  if (disputes != nullptr) {
    for (const std::string& id : *disputes) {
      shown.add_open_disputes(resource::MakeName("disputes", id));
    }
  }
  return shown;
}

bool IsIn(v1::CaseFlowPart part, const Course& course) {
  switch (part) {
    case v1::CASE_FLOW_PART_HANDED_OVER:
      return course.handovers() > 0;
    case v1::CASE_FLOW_PART_RETURNED:
      return course.returns() > 0;
    default:
      return true;
  }
}

}  // namespace

int64_t Course::returns() const {
  int64_t count = 0;
  for (size_t i = 2; i < holders.size(); ++i) count += ReturnsAt(i) ? 1 : 0;
  return count;
}

Course CourseOf(const CaseRow& row, v1::CaseHolder holder, int64_t occurred_before) {
  Course course;
  const std::vector<const PackedEvent*> events = StandingEvents(row, occurred_before);
  if (events.empty() || !events.front()->begins) return course;
  course.opened = true;
  course.open_time = events.front()->time;
  course.last_time = std::max(course.open_time, events.back()->time);
  for (const PackedEvent* event : events) {
    if (event->team != 0) course.team = event->team;
    if (event->owner != 0) course.owner = event->owner;
    const uint32_t now = holder == v1::CASE_HOLDER_OWNER ? event->owner : event->team;
    if (now != 0 && (course.holders.empty() || course.holders.back() != now)) {
      course.holders.push_back(now);
    }
  }
  return course;
}

absl::StatusOr<v1::CaseFlowReport> ComputeCaseFlow(const State& state, const v1::ReportQuery& query,
                                                   v1::CaseHolder holder) {
  Group total;
  std::map<GroupKey, Group> groups;
  Paths paths;
  WalkCases(state, query, holder,
            [&](uint32_t number, const CaseRow&, const Course& course, const GroupKey& key) {
              const bool disputed = state.disputes().AboutCase(state.cases().id(number)) != nullptr;
              total.Add(course, disputed);
              AddPaths(course, &paths);
              if (query.group_by_size() > 0 && groups.size() <= kMostGroups) {
                groups[key].Add(course, disputed);
              }
            });
  if (groups.size() > kMostGroups) return TooManyGroups();
  v1::CaseFlowReport report;
  std::map<std::vector<std::string>, v1::CaseFlowRow> ordered;
  for (const auto& [key, group] : groups) {
    std::vector<std::string> texts;
    v1::CaseFlowRow row;
    for (int i = 0; i < query.group_by_size(); ++i) {
      const auto dimension = static_cast<v1::Dimension>(query.group_by(i));
      texts.push_back(KeyText(state, dimension, key[static_cast<size_t>(i)]));
      row.add_keys(texts.back());
      row.add_labels(KeyLabel(state, dimension, key[static_cast<size_t>(i)]));
    }
    Write(group, &row);
    ordered.emplace(std::move(texts), std::move(row));
  }
  for (auto& [texts, row] : ordered) *report.add_rows() = std::move(row);
  Write(total, report.mutable_total());
  WritePaths(state, paths, holder, &report);
  if (report.ByteSizeLong() > kMostReportBytes) return TooManyGroups();
  return report;
}

CasesPage ComputeCases(const State& state, const CasesQuery& query) {
  CasesPage page;
  GroupKey wanted{};
  for (size_t i = 0; i < query.keys.size(); ++i) {
    const auto dimension = static_cast<v1::Dimension>(query.query.group_by(static_cast<int>(i)));
    if (!KeyOf(state, dimension, query.keys[i], &wanted[i])) return page;
  }
  const auto less = [&](uint32_t a, uint32_t b) {
    return state.cases().id(a) < state.cases().id(b);
  };
  std::vector<uint32_t> found;
  WalkCases(state, query.query, query.holder,
            [&](uint32_t number, const CaseRow&, const Course& course, const GroupKey& key) {
              const bool in_group = query.keys.empty() || key == wanted;
              if (in_group && IsIn(query.part, course) && state.cases().id(number) > query.after) {
                found.push_back(number);
                KeepFirst(query.limit + 1, less, &found);
              }
            });
  std::sort(found.begin(), found.end(), less);
  page.more = found.size() > query.limit;
  if (page.more) found.resize(query.limit);
  for (const uint32_t number : found) {
    const Course course =
        CourseOf(state.cases().row(number), query.holder, state.occurred_before());
    page.cases.push_back(ToProto(state, number, course));
  }
  if (!found.empty()) page.last = std::string(state.cases().id(found.back()));
  return page;
}

}  // namespace comity::reporting
