#include "services/reporting/handovers.h"

#include <algorithm>
#include <set>

#include "absl/time/time.h"
#include "services/runtime/status/errors.h"

namespace comity::reporting {
namespace {

constexpr size_t kMostHolders = 5'000;

void SetMean(absl::Duration sum, int64_t cases, google::protobuf::Duration* mean) {
  const int64_t micros = absl::ToInt64Microseconds(sum / cases);
  constexpr int64_t kMicros = 1'000'000;
  mean->set_seconds(micros / kMicros);
  mean->set_nanos(static_cast<int32_t>(micros % kMicros * 1000));
}

}  // namespace

void Handovers::Add(const CaseFactRow& row) {
  if (!row.supersedes.empty()) superseded_.insert(ids_.Intern(row.supersedes));
  if (row.kind == fact::v1::FACT_KIND_VOIDED) return;
  const uint32_t number = ids_.Intern(row.case_id);
  std::vector<Event>& events = events_[number];
  if (events.empty()) cases_.push_back(number);
  events.push_back({ids_.Intern(row.fact), strings_.Intern(by_owner_ ? row.owner : row.team),
                    row.occur_time, row.kind == fact::v1::FACT_KIND_OPENED});
}

std::vector<Handovers::Event> Handovers::Standing(const std::vector<Event>& events) const {
  std::vector<Event> standing;
  for (const Event& event : events) {
    const bool happened = occurred_before_ == kNever || event.time < occurred_before_;
    if (happened && !superseded_.contains(event.fact)) standing.push_back(event);
  }
  std::stable_sort(standing.begin(), standing.end(), [](const Event& a, const Event& b) {
    return a.opens != b.opens ? a.opens : a.time < b.time;
  });
  // What is dated before the opening of a case that had not been opened has not happened to it.
  if (!standing.empty() && !standing.front().opens) standing.clear();
  return standing;
}

void Handovers::CountHolders(const std::vector<uint32_t>& holders, v1::HandoverReport* report) {
  for (const uint32_t holder : std::set<uint32_t>(holders.begin(), holders.end())) {
    ++holders_[holder].cases;
  }
  for (size_t i = 1; i < holders.size(); ++i) {
    ++holders_[holders[i]].received;
    ++holders_[holders[i - 1]].handed_on;
    if (i > 1 && holders[i] == holders[i - 2]) {
      ++holders_[holders[i]].returns;
      report->set_returns(report->returns() + 1);
    }
  }
  if (holders.size() < 2) return;
  report->set_handovers(report->handovers() + static_cast<int64_t>(holders.size()) - 1);
  report->set_cases_with_handover(report->cases_with_handover() + 1);
}

void Handovers::CountCase(const std::vector<Event>& events, v1::HandoverReport* report) {
  if (events.empty()) return;
  std::vector<uint32_t> holders;
  int64_t first = events.front().time;
  int64_t last = first;
  for (const Event& event : events) {
    first = std::min(first, event.time);
    last = std::max(last, event.time);
    const bool is_other = holders.empty() || holders.back() != event.holder;
    if (event.holder != 0 && is_other) holders.push_back(event.holder);
  }
  const int64_t returns = report->returns();
  report->set_cases(report->cases() + 1);
  CountHolders(holders, report);
  const bool returned = report->returns() > returns;
  if (returned) report->set_cases_with_return(report->cases_with_return() + 1);
  Durations& durations = returned ? with_return_ : without_return_;
  ++durations.cases;
  durations.sum += absl::Microseconds(last - first);
}

absl::StatusOr<v1::HandoverReport> Handovers::Count() {
  v1::HandoverReport report;
  for (const uint32_t number : cases_) CountCase(Standing(events_.at(number)), &report);
  if (holders_.size() > kMostHolders) {
    return PreconditionFailed("TOO_MANY_GROUPS", "handovers", "more than 5,000 holders");
  }
  if (with_return_.cases > 0) {
    SetMean(with_return_.sum, with_return_.cases, report.mutable_mean_duration_with_return());
  }
  if (without_return_.cases > 0) {
    SetMean(without_return_.sum, without_return_.cases,
            report.mutable_mean_duration_without_return());
  }
  std::map<std::string, Holder> by_name;
  for (const auto& [number, holder] : holders_) by_name[strings_.text(number)] = holder;
  for (const auto& [name, holder] : by_name) {
    auto* row = report.add_rows();
    row->set_holder(name);
    row->set_cases(holder.cases);
    row->set_received(holder.received);
    row->set_handed_on(holder.handed_on);
    row->set_returns(holder.returns);
  }
  return report;
}

}  // namespace comity::reporting
