#include "services/client/import/repetitions.h"

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "services/client/output/text.h"

namespace comity::client {
namespace {

constexpr size_t kMostNameBytes = 191;  // that are kept of a name

}  // namespace

Repetitions::Repetitions(const ImportMap& map, const Planner& planner, const Scan& scan,
                         Ledger* ledger)
    : map_(map),
      planner_(planner),
      scan_(scan),
      ledger_(ledger),
      has_chosen_ids_(!map.about_subjects && map.collection.has_chosen_ids()) {}

bool Repetitions::Take(const Row& row, RowPlan* plan) {
  if (map_.identity.repeats) return IsNotUnique(row, plan);
  return Repeats(row, plan) || SharesId(row, plan);
}

void Repetitions::Refuse(const Row& row, const std::string& reason, const std::string& message,
                         RowPlan* plan) const {
  const std::string& column =
      map_.identity.columns.empty() ? map_.subject.column : map_.identity.columns[0];
  plan->problems.push_back({row.line, column, planner_.KeyOf(row), reason, message});
}

// Rows that may repeat are equal.
bool Repetitions::IsNotUnique(const Row& row, RowPlan* plan) {
  if (!scan_.repeated.contains(HashOfKey(planner_.KeyOf(row)))) return false;
  Refuse(row, "IDENTITY_NOT_UNIQUE",
         "rows of the map's columns differ in others: `repeats` numbers equal rows only", plan);
  return true;
}

bool Repetitions::Repeats(const Row& row, RowPlan* plan) {
  const uint64_t key = HashOfKey(planner_.KeyOf(row));
  const auto repeated = scan_.repeated.find(key);
  if (repeated == scan_.repeated.end()) return false;
  if (repeated->second && map_.identity.columns.size() > 1) {
    Refuse(row, "IDENTITY_NOT_UNIQUE", "the map's columns do not tell the rows apart", plan);
    return true;
  }
  const size_t content = absl::HashOf(row.cells);
  const auto [entry, is_new] = first_.try_emplace(key, First{row.line, content});
  const First& first = entry->second;
  if (is_new) {
    ledger_->Watch(row.line);
  } else if (first.content == content) {
    copies_.push_back({row.line, first.line});
  } else {
    Refuse(row, "DUPLICATE_IN_FILE", absl::StrCat("line ", first.line, " says otherwise"), plan);
  }
  return !is_new;
}

// Two names may make one id.
bool Repetitions::SharesId(const Row& row, RowPlan* plan) {
  if (!has_chosen_ids_) return false;
  const std::string name = ShortId(planner_.KeyOf(row), kMostNameBytes);
  const auto [entry, is_new] = names_.try_emplace(plan->id, row.line, name);
  const auto& [line, first] = entry->second;
  if (is_new || first == name) return false;
  Refuse(row, "NAME_TAKEN",
         absl::StrCat("line ", line, ", `", OneLine(first), "`, has the same id `", plan->id,
                      "`: write one of them so that their letters and digits differ"),
         plan);
  return true;
}

void Repetitions::Settle(bool whole) {
  for (const Copy& copy : copies_) {
    const auto end = ledger_->EndOf(copy.first);
    if (!end.has_value()) {
      if (whole) ledger_->Leave();
      continue;
    }
    Problem problem = end->problem;
    problem.line = copy.line;
    problem.message = absl::StrCat("the same as line ", copy.first, ": ", problem.message);
    if (end->is_conflict) {
      ledger_->Conflict({problem});
    } else {
      ledger_->Refuse({problem});
    }
  }
  copies_.clear();
}

}  // namespace comity::client
