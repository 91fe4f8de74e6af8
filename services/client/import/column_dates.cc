#include "services/client/import/column_dates.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace comity::client {
namespace {

constexpr size_t kOrders = kDateOrders.size();

size_t Count(const std::array<bool, kOrders>& orders) {
  return static_cast<size_t>(std::count(orders.begin(), orders.end(), true));
}

DateOrder First(const std::array<bool, kOrders>& orders) {
  const auto first = std::find(orders.begin(), orders.end(), true);
  return kDateOrders[static_cast<size_t>(first - orders.begin())];
}

}  // namespace

ColumnDates::ColumnDates(std::vector<std::string> columns, std::vector<NotBefore> rules,
                         absl::TimeZone zone)
    : zone_(zone) {
  for (std::string& column : columns) columns_[std::move(column)] = {};
  for (NotBefore& rule : rules) {
    if (!columns_.contains(rule.column) || !columns_.contains(rule.earlier)) continue;
    rules_.push_back({std::move(rule), {}});
  }
}

void ColumnDates::SeeCell(int64_t line, const std::string& value, const Readings& readings,
                          Column* column) {
  const bool any =
      std::any_of(readings.begin(), readings.end(), [](const auto& r) { return r.has_value(); });
  if (!any) return;  // its row alone is refused
  for (size_t i = 0; i < kOrders; ++i) {
    if (!readings[i].has_value() && !column->unreadable[i].has_value()) {
      column->unreadable[i] = {line, value};
    }
    for (size_t j = 0; j < kOrders; ++j) {
      if (readings[i].has_value() && readings[j].has_value() && *readings[i] != *readings[j] &&
          !column->differing[i][j].has_value()) {
        column->differing[i][j] = {line, value};
      }
    }
  }
}

void ColumnDates::See(int64_t line, const std::map<std::string, std::string>& cells) {
  std::map<std::string, Readings> readings;
  for (const auto& [name, value] : cells) {
    const auto column = columns_.find(name);
    if (column == columns_.end()) continue;
    Readings& own = readings[name];
    for (size_t i = 0; i < kOrders; ++i) own[i] = ReadDate(value, kDateOrders[i], zone_);
    SeeCell(line, value, own, &column->second);
  }
  for (Rule& rule : rules_) {
    const auto late = readings.find(rule.rule.column);
    const auto early = readings.find(rule.rule.earlier);
    if (late == readings.end() || early == readings.end()) continue;
    for (size_t i = 0; i < kOrders; ++i) {
      for (size_t j = 0; j < kOrders; ++j) {
        const auto& a = late->second[i];
        const auto& b = early->second[j];
        if (!a.has_value() || !b.has_value() || *a >= *b || rule.broken[i][j].has_value()) continue;
        rule.broken[i][j] = {line, cells.at(rule.rule.column)};
      }
    }
  }
}

ColumnDates::Candidates ColumnDates::Readable() const {
  Candidates candidates;
  for (const auto& [name, column] : columns_) {
    for (size_t i = 0; i < kOrders; ++i) {
      candidates[name][i] = !column.unreadable[i].has_value();
    }
  }
  return candidates;
}

// Leaves those orders of both columns that some order of the other goes with. False: nothing new.
bool ColumnDates::ApplyRule(const Rule& rule, Candidates* candidates, Result* result) const {
  Orders& late = (*candidates)[rule.rule.column];
  Orders& early = (*candidates)[rule.rule.earlier];
  Orders late_left = {};
  Orders early_left = {};
  std::optional<PlacedCell> witness;
  for (size_t i = 0; i < kOrders; ++i) {
    for (size_t j = 0; j < kOrders; ++j) {
      if (!late[i] || !early[j]) continue;
      if (rule.broken[i][j].has_value()) {
        if (!witness.has_value()) witness = rule.broken[i][j];
        continue;
      }
      late_left[i] = early_left[j] = true;
    }
  }
  // Rows that break the rule whichever way decide nothing.
  if (Count(late_left) == 0 || (late_left == late && early_left == early)) return false;
  result->notes.push_back(absl::StrCat(
      rule.rule.column, " and ", rule.rule.earlier, " are read as ", NameOf(First(late_left)),
      " and ", NameOf(First(early_left)), ": else ", rule.rule.column, " of line ", witness->line,
      " (`", witness->value, "`) would be before ", rule.rule.earlier));
  late = late_left;
  early = early_left;
  return true;
}

void ColumnDates::Decide(Candidates* candidates, Result* result) const {
  bool changed = true;
  while (changed) {
    changed = false;
    for (const Rule& rule : rules_) changed = ApplyRule(rule, candidates, result) || changed;
  }
}

void ColumnDates::TellColumn(const std::string& name, const Column& column, const Orders& orders,
                             Result* result) const {
  if (Count(orders) == 0) {
    for (size_t i = 0; i < kOrders; ++i) {
      const PlacedCell& cell = *column.unreadable[i];
      result->problems.push_back({cell.line, name, cell.value, "DATES_MIXED",
                                  absl::StrCat("is no ", NameOf(kDateOrders[i]),
                                               ", other cells of the column are: mend the file, "
                                               "or name the formats in the map")});
    }
    return;
  }
  for (size_t i = 0; i < kOrders; ++i) {
    for (size_t j = i + 1; j < kOrders; ++j) {
      const auto& cell = column.differing[i][j];
      if (!orders[i] || !orders[j] || !cell.has_value()) continue;
      result->problems.push_back(
          {cell->line, name, cell->value, "DATES_AMBIGUOUS",
           absl::StrCat("may be ", NameOf(kDateOrders[i]), " or ", NameOf(kDateOrders[j]),
                        ", and no cell of the column decides: name its format in the map")});
      return;
    }
  }
  result->orders[name] = First(orders);
}

ColumnDates::Result ColumnDates::Tell() const {
  Result result;
  Candidates candidates = Readable();
  Decide(&candidates, &result);
  for (const auto& [name, column] : columns_) {
    TellColumn(name, column, candidates[name], &result);
  }
  return result;
}

}  // namespace comity::client
