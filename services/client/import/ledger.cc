#include "services/client/import/ledger.h"

#include <algorithm>

namespace comity::client {

void Ledger::Count(int64_t Tally::*part) {
  absl::MutexLock lock(&mutex_);
  ++(tally_.*part);
}

void Ledger::Refuse(const std::vector<Problem>& problems) {
  absl::MutexLock lock(&mutex_);
  ++tally_.refused;
  for (const Problem& problem : problems) {
    if (problems_.size() < kMostProblems) problems_.push_back(problem);
  }
}

Tally Ledger::tally() const {
  absl::MutexLock lock(&mutex_);
  return tally_;
}

std::vector<Problem> Ledger::problems() const {
  absl::MutexLock lock(&mutex_);
  std::vector<Problem> problems = problems_;
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  return problems;
}

}  // namespace comity::client
