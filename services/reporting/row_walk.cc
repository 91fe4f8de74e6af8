#include "services/reporting/row_walk.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace comity::reporting {
namespace {

// A product's part of an opportunity.
struct Share {
  Key product = 0;
  int64_t amount = 0;
};

// The value of a dimension that is the same through every lens.
Key RowKey(const State& state, const Row& row, v1::Dimension dimension) {
  switch (dimension) {
    case v1::DIMENSION_OWNER:
      return row.owner;
    case v1::DIMENSION_TEAM:
      return state.named(row.owner).team;
    case v1::DIMENSION_OFFICE:
      return state.named(row.owner).office;
    case v1::DIMENSION_MANAGER:
      return state.named(row.owner).manager;
    case v1::DIMENSION_ACCOUNT:
      return row.account;
    case v1::DIMENSION_SECTOR:
      return state.sector(row.account);
    case v1::DIMENSION_MONTH:  // of the expected close date; the win rate's month is by lens
      return static_cast<Key>(row.close_date / 100);
    default:
      return 0;
  }
}

class Walker {
 public:
  Walker(const State& state, const CompiledQuery& query, Visitor* visitor)
      : state_(state), query_(query), visitor_(visitor) {}

  void Visit(uint32_t number) {
    const Row& row = state_.row(number);
    if (!row.exists || !Keeps(row) || !FindShares(row)) return;
    disputed_ = state_.disputes().AboutOpportunity(state_.opportunities().id(number)) != nullptr;
    for (size_t lens = 0; lens < query_.lenses.size(); ++lens) Visit(number, row, lens);
  }

 private:
  bool Keeps(const Row& row) const {
    return std::all_of(query_.row_filters.begin(), query_.row_filters.end(), [&](const auto& f) {
      return f.keys.contains(RowKey(state_, row, f.dimension));
    });
  }

  // The parts that the query counts; false when a filter by product leaves none.
  bool FindShares(const Row& row) {
    amount_ = row.amount;
    shares_.clear();
    if (!query_.by_product && query_.product_filter.empty()) return true;
    const PackedLine* lines = state_.lines(row);
    for (int i = 0; i < row.line_count; ++i) {
      shares_.push_back({lines[i].product, lines[i].share});
    }
    if (shares_.empty()) shares_.push_back({0, row.amount});
    for (const CompiledFilter& filter : query_.product_filter) {
      shares_.erase(
          std::remove_if(shares_.begin(), shares_.end(),
                         [&](const Share& share) { return !filter.keys.contains(share.product); }),
          shares_.end());
    }
    amount_ = std::accumulate(shares_.begin(), shares_.end(), int64_t{0},
                              [](int64_t sum, const Share& share) { return sum + share.amount; });
    return !shares_.empty();
  }

  void Visit(uint32_t number, const Row& row, size_t lens) {
    Seen seen{number, lens};
    seen.disputed = disputed_;
    seen.outcome = query_.outcome[lens].Answer(row.facts, state_.standing(number));
    const uint16_t outcome = seen.outcome.answer;
    if (outcome != 0 && outcome == query_.won) seen.bucket = kWon;
    if (outcome != 0 && outcome == query_.lost) seen.bucket = kLost;
    if (seen.bucket == kUndecided) seen.outcome = LensView();
    if (query_.metric == Metric::kPipeline && seen.bucket != kUndecided) return;
    if (query_.needs_stage) {
      seen.stage = query_.stage[lens].Answer(row.facts, state_.standing(number));
    }
    for (const CompiledFilter& filter : query_.lens_filters) {
      if (!filter.keys.contains(LensKey(seen, row, filter.dimension))) return;
    }
    visitor_->Total(seen, amount_);
    if (!query_.group_by.empty()) VisitGroups(seen, row);
  }

  void VisitGroups(const Seen& seen, const Row& row) {
    GroupKey key{};
    size_t product = key.size();
    for (size_t i = 0; i < query_.group_by.size(); ++i) {
      if (query_.group_by[i] == v1::DIMENSION_PRODUCT) {
        product = i;
      } else {
        key[i] = LensKey(seen, row, query_.group_by[i]);
      }
    }
    if (product == key.size()) {
      visitor_->Group(seen, key, amount_);
      return;
    }
    for (const Share& share : shares_) {
      key[product] = share.product;
      visitor_->Group(seen, key, share.amount);
    }
  }

  Key LensKey(const Seen& seen, const Row& row, v1::Dimension dimension) const {
    switch (dimension) {
      case v1::DIMENSION_STAGE:
        return seen.stage.answer;
      case v1::DIMENSION_OUTCOME:
        return seen.outcome.answer;
      case v1::DIMENSION_MONTH:
        if (query_.metric == Metric::kWinRate) return MonthOf(seen.outcome.time);
        [[fallthrough]];
      default:
        return RowKey(state_, row, dimension);
    }
  }

  const State& state_;
  const CompiledQuery& query_;
  Visitor* const visitor_;
  int64_t amount_ = 0;
  bool disputed_ = false;
  std::vector<Share> shares_;
};

// Rows of the named accounts where the query filters by account; else none, and all are walked.
std::vector<uint32_t> RowsOfAccounts(const State& state, const CompiledFilter& filter) {
  std::vector<uint32_t> rows;
  for (const Key account : filter.keys) {
    const std::vector<uint32_t> more = state.RowsOfAccount(account);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace

Key MonthOf(int64_t micros) {
  if (micros == kNever) return 0;
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(micros)};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
  return static_cast<Key>(static_cast<int>(day.year()) * 100) + static_cast<unsigned>(day.month());
}

void Walk(const State& state, const CompiledQuery& query, Visitor* visitor) {
  Walker walker(state, query, visitor);
  for (const CompiledFilter& filter : query.row_filters) {
    // Account 0 is "no account", which has no chain.
    if (filter.dimension != v1::DIMENSION_ACCOUNT || filter.keys.contains(0)) continue;
    for (const uint32_t row : RowsOfAccounts(state, filter)) walker.Visit(row);
    return;
  }
  for (uint32_t row = 1; row < state.rows() && !visitor->done(); ++row) walker.Visit(row);
}

}  // namespace comity::reporting
