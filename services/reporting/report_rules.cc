#include "services/reporting/report_rules.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "services/reporting/first_few.h"
#include "services/reporting/row_walk.h"
#include "services/reporting/totals.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

using google::protobuf::util::TimeUtil;

// One number of a report, before it is written.
struct Cell {
  std::array<int64_t, kBuckets> counts{};
  std::array<Totals, kBuckets> amounts;
  int64_t disputed = 0;
  Totals disputed_amounts;

  void Add(const State& state, const Seen& seen, int64_t amount) {
    if (seen.disputed) {
      ++disputed;
      disputed_amounts.Add(state.row(seen.row).currency, amount);
    }
    ++counts[seen.bucket];
    amounts[seen.bucket].Add(state.row(seen.row).currency, amount);
  }
};

// Adds up cells: a vector of lenses for the total and for each group.
class Adder final : public Visitor {
 public:
  Adder(const State& state, const CompiledQuery& query)
      : state_(state), lenses_(query.lenses.size()), total_(lenses_) {}

  void Total(const Seen& seen, int64_t amount) override {
    total_[seen.lens].Add(state_, seen, amount);
  }
  void Group(const Seen& seen, const GroupKey& key, int64_t amount) override {
    // Neighbours mostly fall into one group: through the next lens, or the same owner.
    if (last_ == nullptr || key != last_key_) {
      if (groups_.size() >= kMostGroups && !groups_.contains(key)) {
        too_many_ = true;
        return;
      }
      auto& cells = groups_[key];
      if (cells == nullptr) cells = std::make_unique<std::vector<Cell>>(lenses_);
      last_ = cells.get();
      last_key_ = key;
    }
    (*last_)[seen.lens].Add(state_, seen, amount);
  }

  bool done() const override { return too_many_; }

  const std::vector<Cell>& total() const { return total_; }
  const absl::flat_hash_map<GroupKey, std::unique_ptr<std::vector<Cell>>>& groups() const {
    return groups_;
  }

 private:
  const State& state_;
  const size_t lenses_;
  std::vector<Cell> total_;
  absl::flat_hash_map<GroupKey, std::unique_ptr<std::vector<Cell>>> groups_;
  GroupKey last_key_{};
  std::vector<Cell>* last_ = nullptr;
  bool too_many_ = false;
};

template <typename CellProto>
absl::Status WriteDisputed(const State& state, const Cell& cell, CellProto* to) {
  to->set_disputed_count(cell.disputed);
  return cell.disputed_amounts.Write(state, to->mutable_disputed_amounts());
}

template <typename CellProto>
void LeaveDisputedOut(CellProto* cell) {
  cell->clear_disputed_count();
  cell->clear_disputed_amounts();
}

absl::Status Write(const State& state, const Cell& cell, v1::WinRateCell* to) {
  const int64_t won = cell.counts[kWon];
  const int64_t lost = cell.counts[kLost];
  to->set_won_count(won);
  to->set_lost_count(lost);
  to->set_undecided_count(cell.counts[kUndecided]);
  if (won + lost > 0) to->set_win_rate(static_cast<double>(won) / static_cast<double>(won + lost));
  if (won > 0) to->set_loss_ratio(static_cast<double>(lost) / static_cast<double>(won));
  COMITY_RETURN_IF_ERROR(cell.amounts[kWon].Write(state, to->mutable_won_amounts()));
  COMITY_RETURN_IF_ERROR(cell.amounts[kLost].Write(state, to->mutable_lost_amounts()));
  return WriteDisputed(state, cell, to);
}

absl::Status Write(const State& state, const Cell& cell, v1::PipelineCell* to) {
  to->set_count(cell.counts[kUndecided]);
  COMITY_RETURN_IF_ERROR(cell.amounts[kUndecided].Write(state, to->mutable_amounts()));
  return WriteDisputed(state, cell, to);
}

template <typename RowProto>
absl::Status WriteCells(const State& state, const CompiledQuery& query,
                        const std::vector<Cell>& cells, RowProto* row) {
  for (size_t lens = 0; lens < cells.size(); ++lens) {
    auto* cell = row->add_cells();
    cell->set_lens(query.lenses[lens]);
    COMITY_RETURN_IF_ERROR(Write(state, cells[lens], cell));
  }
  return absl::OkStatus();
}

template <typename Report>
absl::Status WriteRows(const State& state, const CompiledQuery& query, const Adder& adder,
                       Report* report) {
  std::vector<std::pair<std::vector<std::string>, GroupKey>> ordered;
  for (const auto& [key, unused] : adder.groups()) {
    std::vector<std::string> texts;
    for (size_t i = 0; i < query.group_by.size(); ++i) {
      texts.push_back(KeyText(state, query.group_by[i], key[i]));
    }
    ordered.emplace_back(std::move(texts), key);
  }
  std::sort(ordered.begin(), ordered.end());
  for (const auto& [texts, key] : ordered) {
    auto* row = report->add_rows();
    row->mutable_keys()->Assign(texts.begin(), texts.end());
    for (size_t i = 0; i < texts.size(); ++i) {
      row->add_labels(KeyLabel(state, query.group_by[i], key[i]));
    }
    COMITY_RETURN_IF_ERROR(WriteCells(state, query, *adder.groups().at(key), row));
  }
  return absl::OkStatus();
}

template <typename Report>
absl::StatusOr<Report> Compute(const State& state, Metric metric,
                               const v1::ReportQuery& canonical) {
  COMITY_ASSIGN_OR_RETURN(const CompiledQuery query, Compile(state, metric, canonical));
  Adder adder(state, query);
  Walk(state, query, &adder);
  if (adder.done()) return TooManyGroups();
  Report report;
  COMITY_RETURN_IF_ERROR(WriteRows(state, query, adder, &report));
  COMITY_RETURN_IF_ERROR(WriteCells(state, query, adder.total(), report.mutable_total()));
  if (report.ByteSizeLong() > kMostReportBytes) return TooManyGroups();
  return report;
}

// An opportunity of a page, before it is written.
struct Found {
  Seen seen;
  int64_t amount = 0;
};

// Collects what one number counts.
class Collector final : public Visitor {
 public:
  // Of the first `limit` rows; one more says that there are more.
  Collector(const State& state, absl::string_view after, const GroupKey* key, size_t limit)
      : state_(state), after_(after), key_(key), limit_(limit) {}
  void Total(const Seen& seen, int64_t amount) override {
    if (key_ == nullptr) Add(seen, amount);
  }
  void Group(const Seen& seen, const GroupKey& key, int64_t amount) override {
    if (key_ != nullptr && key == *key_) Add(seen, amount);
  }
  std::vector<Found>& found() { return found_; }

 private:
  void Add(const Seen& seen, int64_t amount) {
    if (state_.opportunities().id(seen.row) <= after_) return;
    found_.push_back({seen, amount});
    const auto less = [&](const Found& a, const Found& b) {
      return state_.opportunities().id(a.seen.row) < state_.opportunities().id(b.seen.row);
    };
    KeepFirst(limit_ + 1, less, &found_);
  }
  const State& state_;
  const absl::string_view after_;
  const GroupKey* const key_;
  const size_t limit_;
  std::vector<Found> found_;
};

v1::ReportRow ToProto(const State& state, const Found& found) {
  const Row& row = state.row(found.seen.row);
  v1::ReportRow proto;
  proto.set_opportunity(
      resource::MakeName("opportunities", state.opportunities().id(found.seen.row)));
  proto.set_account(KeyText(state, v1::DIMENSION_ACCOUNT, row.account));
  proto.set_owner(state.strings().text(row.owner));
  if (row.currency != 0) {
    *proto.mutable_amount() =
        resource::FromMinorUnits(found.amount, state.strings().text(row.currency));
  }
  proto.set_outcome(KeyText(state, v1::DIMENSION_OUTCOME, found.seen.outcome.answer));
  proto.set_stage(KeyText(state, v1::DIMENSION_STAGE, found.seen.stage.answer));
  if (found.seen.outcome.time != kNever) {
    *proto.mutable_outcome_time() = TimeUtil::MicrosecondsToTimestamp(found.seen.outcome.time);
  }
  proto.set_external_id(std::string(state.external_id(row)));
  const auto* disputes =
      state.disputes().AboutOpportunity(state.opportunities().id(found.seen.row));
  if (disputes != nullptr) {
    for (const std::string& id : *disputes) {
      proto.add_open_disputes(resource::MakeName("disputes", id));
    }
  }
  return proto;
}

}  // namespace

absl::StatusOr<v1::WinRateReport> ComputeWinRate(const State& state, const v1::ReportQuery& query) {
  return Compute<v1::WinRateReport>(state, Metric::kWinRate, query);
}

absl::StatusOr<v1::PipelineReport> ComputePipeline(const State& state,
                                                   const v1::ReportQuery& query) {
  return Compute<v1::PipelineReport>(state, Metric::kPipeline, query);
}

absl::StatusOr<std::vector<LensTotals>> ComputeTotals(const State& state,
                                                      const charter::Charter& words,
                                                      const std::vector<std::string>& lenses) {
  const CompiledQuery query = CompileTotals(state, words, lenses);
  Adder adder(state, query);
  Walk(state, query, &adder);
  std::vector<LensTotals> totals(lenses.size());
  for (size_t lens = 0; lens < lenses.size(); ++lens) {
    totals[lens].win_rate.set_lens(lenses[lens]);
    totals[lens].pipeline.set_lens(lenses[lens]);
    COMITY_RETURN_IF_ERROR(Write(state, adder.total()[lens], &totals[lens].win_rate));
    COMITY_RETURN_IF_ERROR(Write(state, adder.total()[lens], &totals[lens].pipeline));
    // No words change what is in dispute.
    LeaveDisputedOut(&totals[lens].win_rate);
    LeaveDisputedOut(&totals[lens].pipeline);
  }
  return totals;
}

absl::StatusOr<RowsPage> ComputeRows(const State& state, const RowsQuery& query) {
  RowsPage page;
  COMITY_ASSIGN_OR_RETURN(CompiledQuery compiled, Compile(state, query.metric, query.query));
  compiled.needs_stage = true;
  GroupKey key{};
  for (size_t i = 0; i < query.keys.size(); ++i) {
    if (!KeyOf(state, compiled.group_by[i], query.keys[i], &key[i])) return page;
  }
  Collector collector(state, query.after, query.keys.empty() ? nullptr : &key, query.limit);
  Walk(state, compiled, &collector);
  std::vector<Found>& found = collector.found();
  page.more = found.size() > query.limit;
  const size_t size = std::min(found.size(), query.limit);
  std::partial_sort(found.begin(), found.begin() + static_cast<ptrdiff_t>(size), found.end(),
                    [&](const Found& a, const Found& b) {
                      return state.opportunities().id(a.seen.row) <
                             state.opportunities().id(b.seen.row);
                    });
  for (size_t i = 0; i < size; ++i) page.rows.push_back(ToProto(state, found[i]));
  if (size > 0) page.last = std::string(state.opportunities().id(found[size - 1].seen.row));
  return page;
}

}  // namespace comity::reporting
