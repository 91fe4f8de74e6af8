#include "services/client/import/column_dates.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace comity::client {
namespace {

size_t Count(const std::array<bool, kDateOrders.size()>& orders) {
  return static_cast<size_t>(std::count(orders.begin(), orders.end(), true));
}

DateOrder First(const std::array<bool, kDateOrders.size()>& orders) {
  const auto first = std::find(orders.begin(), orders.end(), true);
  return kDateOrders[static_cast<size_t>(first - orders.begin())];
}

// By the clock and by the calendar: a day alone may be that of a time in it.
bool IsBefore(const WrittenDate& a, const WrittenDate& b) {
  return a.time < b.time && a.day < b.day;
}

}  // namespace

ColumnDates::ColumnDates(std::vector<std::string> columns, std::vector<NotBefore> rules,
                         absl::TimeZone zone)
    : zone_(zone) {
  for (std::string& column : columns) columns_[std::move(column)] = {};
  for (NotBefore& rule : rules) {
    const auto late = columns_.find(rule.column);
    if (late == columns_.end() || !late->second.is_told) continue;
    const auto [early, is_witness] = columns_.try_emplace(rule.earlier);
    if (is_witness) early->second.is_told = false;
    rules_.push_back({std::move(rule), {}});
  }
}

void ColumnDates::SeeCell(int64_t line, const std::string& value, const Readings& readings,
                          Cellwise* column) {
  for (size_t i = 0; i < kOrders; ++i) {
    if (!readings[i].has_value() && !column->unreadable[i].has_value()) {
      column->unreadable[i] = {line, value};
    }
    for (size_t j = 0; j < kOrders; ++j) {
      if (readings[i].has_value() && readings[j].has_value() &&
          readings[i]->time != readings[j]->time && !column->differing[i][j].has_value()) {
        column->differing[i][j] = {line, value};
      }
    }
  }
}

ColumnDates::Earliest ColumnDates::SeeColumn(int64_t line, const std::set<std::string>& texts,
                                             Column* column) const {
  Earliest earliest;
  for (const std::string& text : texts) {
    Readings own;
    bool any = false;
    for (size_t i = 0; i < kOrders; ++i) {
      own[i] = ReadWrittenDate(text, kDateOrders[i], zone_);
      any = any || own[i].has_value();
    }
    if (!any) continue;  // its row alone is refused
    SeeCell(line, text, own, column);
    SeeCell(line, text, own, &column->shapes[DateShapeOf(text)]);
    for (size_t i = 0; i < kOrders; ++i) {
      auto& first = earliest.dates[i];
      if (!own[i].has_value() || (first.has_value() && first->time <= own[i]->time)) continue;
      first = own[i];
      earliest.cells[i] = text;
    }
  }
  return earliest;
}

void ColumnDates::SeePair(int64_t line, const Earliest& late, const Earliest& early, Rule* rule) {
  for (size_t i = 0; i < kOrders; ++i) {
    for (size_t j = 0; j < kOrders; ++j) {
      const auto& a = late.dates[i];
      const auto& b = early.dates[j];
      if (!a.has_value() || !b.has_value() || rule->broken[i][j].has_value()) continue;
      if (IsBefore(*a, *b)) rule->broken[i][j] = {line, late.cells[i]};
    }
  }
}

void ColumnDates::See(int64_t line, const Cells& cells) {
  std::map<std::string, Earliest> earliest;
  for (const auto& [name, texts] : cells) {
    const auto column = columns_.find(name);
    if (column != columns_.end()) earliest[name] = SeeColumn(line, texts, &column->second);
  }
  for (Rule& rule : rules_) {
    const auto late = earliest.find(rule.rule.column);
    const auto early = earliest.find(rule.rule.earlier);
    if (late == earliest.end() || early == earliest.end()) continue;
    SeePair(line, late->second, early->second, &rule);
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

// The ways to read two columns together: where both are open and can be read alike, only alike.
std::vector<ColumnDates::Pair> ColumnDates::ReadingsOf(const Orders& late, const Orders& early) {
  std::vector<Pair> alike;
  std::vector<Pair> all;
  for (size_t i = 0; i < kOrders; ++i) {
    for (size_t j = 0; j < kOrders; ++j) {
      if (!late[i] || !early[j]) continue;
      all.emplace_back(i, j);
      if (i == j) alike.emplace_back(i, j);
    }
  }
  const bool are_open = Count(late) > 1 && Count(early) > 1;
  return are_open && !alike.empty() ? alike : all;
}

// Where each way but one to read the columns has a row that breaks the rule. That row may be wrong:
// columns that can be read alike are not read differently for it.
std::optional<ColumnDates::Decision> ColumnDates::DecisionOf(const Rule& rule,
                                                             const Candidates& candidates) {
  const Orders& late = candidates.at(rule.rule.column);
  const Orders& early = candidates.at(rule.rule.earlier);
  std::optional<Pair> whole;
  std::optional<Pair> broken;
  for (const Pair& pair : ReadingsOf(late, early)) {
    const bool is_broken = rule.broken[pair.first][pair.second].has_value();
    if (!is_broken && whole.has_value()) return std::nullopt;
    (is_broken ? broken : whole) = pair;
  }
  if (!whole.has_value() || !broken.has_value()) return std::nullopt;
  const auto& [i, j] = *whole;
  const bool may_be_alike = (late[i] && early[i]) || (late[j] && early[j]);
  if (may_be_alike && i != j) return std::nullopt;
  return Decision{&rule, *whole, *broken};
}

Problem ColumnDates::NoteOf(const Decision& decision) {
  const auto& [rule, whole, broken] = decision;
  const PlacedCell& cell = *rule->broken[broken.first][broken.second];
  const auto names = [&rule = rule](const Pair& pair) {
    return absl::StrCat(NameOf(kDateOrders[pair.first]), ", and ", rule->rule.earlier, " as ",
                        NameOf(kDateOrders[pair.second]));
  };
  return {cell.line, rule->rule.column, cell.value, "DATES_DECIDED",
          absl::StrCat("the column is read as ", names(whole), ": this cell, as ", names(broken),
                       ", would be before it")};
}

// One round. Rules that contradict each other in a column decide nothing there. False: nothing new.
bool ColumnDates::DecideSome(Candidates* candidates, Result* result) const {
  std::vector<Decision> decisions;
  Candidates decided;
  for (const Rule& rule : rules_) {
    const std::optional<Decision> decision = DecisionOf(rule, *candidates);
    if (!decision.has_value()) continue;
    decisions.push_back(*decision);
    decided[rule.rule.column][decision->whole.first] = true;
    decided[rule.rule.earlier][decision->whole.second] = true;
  }
  bool changed = false;
  for (const Decision& decision : decisions) {
    const auto& [late, early] = decision.rule->rule;
    if (Count(decided[late]) > 1 || Count(decided[early]) > 1) continue;
    (*candidates)[late] = decided[late];
    (*candidates)[early] = decided[early];
    result->notes.push_back(NoteOf(decision));
    changed = true;
  }
  return changed;
}

void ColumnDates::TellColumn(const std::string& name, const Column& column, const Orders& orders,
                             Result* result) {
  if (Count(orders) == 0) {
    for (size_t i = 0; i < kOrders; ++i) {
      const PlacedCell& cell = *column.unreadable[i];
      result->problems.push_back({cell.line, name, cell.value, "DATES_MIXED",
                                  absl::StrCat("is no ", NameOf(kDateOrders[i]),
                                               ", other cells of the column are: mend the file, "
                                               "or name the formats in the map (`format`)")});
    }
    return;
  }
  if (NameMixed(name, column, orders, result)) return;
  for (size_t i = 0; i < kOrders; ++i) {
    for (size_t j = i + 1; j < kOrders; ++j) {
      const auto& cell = column.differing[i][j];
      if (!orders[i] || !orders[j] || !cell.has_value()) continue;
      result->problems.push_back(
          {cell->line, name, cell->value, "DATES_AMBIGUOUS",
           absl::StrCat("may be ", NameOf(kDateOrders[i]), " or ", NameOf(kDateOrders[j]),
                        ", and nothing in the file decides: name its `format` in the map")});
      return;
    }
  }
  result->orders[name] = First(orders);
}

bool ColumnDates::NameMixed(const std::string& name, const Column& column, const Orders& orders,
                            Result* result) {
  for (const auto& [shape, cells] : column.shapes) {
    for (size_t i = 0; i < kOrders; ++i) {
      for (size_t j = 0; j < kOrders; ++j) {
        const bool is_by_others =
            orders[i] && !cells.unreadable[j].has_value() && column.unreadable[j].has_value();
        const auto& cell = cells.differing[i][j];
        if (!is_by_others || !cell.has_value()) continue;
        const PlacedCell& other = *column.unreadable[j];
        result->problems.push_back(
            {cell->line, name, cell->value, "DATES_MIXED",
             absl::StrCat("may be ", NameOf(kDateOrders[i]), " or ", NameOf(kDateOrders[j]),
                          ", and only cells that are written in another way decide: mend the file, "
                          "or name the formats in the map (`format`)")});
        result->problems.push_back(
            {other.line, name, other.value, "DATES_MIXED",
             absl::StrCat("is no ", NameOf(kDateOrders[j]),
                          ", and is written in another way than `", cell->value, "`")});
        return true;
      }
    }
  }
  return false;
}

// Why the rules of columns that stay ambiguous did not decide: cells that break them.
void ColumnDates::NameBroken(const Candidates& candidates, Result* result) const {
  const auto is_open = [&](const std::string& name) {
    return columns_.at(name).is_told && Count(candidates.at(name)) > 1 &&
           !result->orders.contains(name);
  };
  for (const Rule& rule : rules_) {
    const auto& [late, early] = rule.rule;
    if (!is_open(late) && !is_open(early)) continue;
    for (const auto& [i, j] : ReadingsOf(candidates.at(late), candidates.at(early))) {
      const auto& cell = rule.broken[i][j];
      if (!cell.has_value()) continue;
      result->problems.push_back(
          {cell->line, late, cell->value, "DATES_AMBIGUOUS",
           absl::StrCat("as ", NameOf(kDateOrders[i]), " it would be before ", early, " as ",
                        NameOf(kDateOrders[j]),
                        ": mend the row if it is wrong, or name the "
                        "`format` in the map")});
    }
  }
}

ColumnDates::Result ColumnDates::Tell() const {
  Result result;
  Candidates candidates = Readable();
  while (DecideSome(&candidates, &result)) {
  }
  for (const auto& [name, column] : columns_) {
    if (column.is_told) TellColumn(name, column, candidates[name], &result);
  }
  NameBroken(candidates, &result);
  return result;
}

}  // namespace comity::client
