#include "services/client/import/identities.h"

#include <algorithm>
#include <queue>
#include <utility>

namespace comity::client {
namespace {

constexpr size_t kRun = 1 << 18;  // entries: 3 MiB

}  // namespace

void Identities::Sort(std::vector<Entry>* run) {
  std::sort(run->begin(), run->end(),
            [](const Entry& a, const Entry& b) { return a.identity() < b.identity(); });
}

void Identities::Add(uint64_t identity, uint64_t content) {
  if (runs_.empty() || runs_.back().size() == kRun) {
    if (!runs_.empty()) Sort(&runs_.back());
    runs_.emplace_back();
    runs_.back().reserve(kRun);
  }
  runs_.back().push_back({static_cast<uint32_t>(identity >> 32), static_cast<uint32_t>(identity),
                          static_cast<uint32_t>(content)});
}

// Merges the runs: equal identities come one after the other.
absl::flat_hash_map<uint64_t, bool> Identities::TakeRepeated() {
  absl::flat_hash_map<uint64_t, bool> repeated;
  if (runs_.empty()) return repeated;
  Sort(&runs_.back());
  using Head = std::pair<uint64_t, size_t>;  // an identity and its run
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  std::vector<size_t> places(runs_.size());
  for (size_t i = 0; i < runs_.size(); ++i) heads.emplace(runs_[i][0].identity(), i);
  const Entry* before = nullptr;
  while (!heads.empty()) {
    const size_t run = heads.top().second;
    heads.pop();
    const Entry& entry = runs_[run][places[run]++];
    if (places[run] < runs_[run].size()) heads.emplace(runs_[run][places[run]].identity(), run);
    if (before != nullptr && before->identity() == entry.identity()) {
      bool& differs = repeated[entry.identity()];
      differs = differs || before->content != entry.content;
    }
    before = &entry;
  }
  runs_ = {};
  return repeated;
}

size_t Identities::bytes() const { return runs_.size() * kRun * sizeof(Entry); }

}  // namespace comity::client
