#include "services/runtime/journal/sequence_order.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "services/runtime/status/macros.h"

namespace comity::journal {
namespace {

// A subject's pending entries in order of version, and how many of them have been placed.
struct Chain {
  std::vector<PendingEntry> entries;
  size_t placed = 0;
  bool fetched = false;
};

absl::flat_hash_map<std::string, Chain> ChainsOf(const std::vector<PendingEntry>& batch) {
  absl::flat_hash_map<std::string, Chain> chains;
  for (const PendingEntry& entry : batch) chains[entry.subject].entries.push_back(entry);
  for (auto& [subject, chain] : chains) {
    std::sort(chain.entries.begin(), chain.entries.end(),
              [](const PendingEntry& a, const PendingEntry& b) { return a.version < b.version; });
  }
  return chains;
}

}  // namespace

std::vector<std::pair<std::string, int64_t>> PredecessorsOutside(
    const std::vector<PendingEntry>& batch) {
  absl::flat_hash_set<std::pair<std::string, int64_t>> inside;
  for (const PendingEntry& entry : batch) inside.insert({entry.subject, entry.version});
  std::vector<std::pair<std::string, int64_t>> outside;
  for (const PendingEntry& entry : batch) {
    std::pair<std::string, int64_t> predecessor(entry.subject, entry.version - 1);
    if (entry.version > 1 && !inside.contains(predecessor)) {
      outside.push_back(std::move(predecessor));
    }
  }
  return outside;
}

absl::StatusOr<std::vector<std::string>> OrderBatch(const std::vector<PendingEntry>& batch,
                                                    const absl::flat_hash_set<std::string>& blocked,
                                                    size_t limit, const FetchChain& fetch) {
  absl::flat_hash_map<std::string, Chain> chains = ChainsOf(batch);
  std::vector<std::string> order;
  for (const PendingEntry& entry : batch) {
    Chain& chain = chains[entry.subject];
    if (blocked.contains(entry.subject) && !chain.fetched) {
      COMITY_ASSIGN_OR_RETURN(chain.entries, fetch(entry.subject, chain.entries.back().version));
      chain.fetched = true;
    }
    for (; chain.placed < chain.entries.size(); ++chain.placed) {
      const PendingEntry& next = chain.entries[chain.placed];
      if (next.version > entry.version) break;
      if (order.size() == limit) return order;
      order.push_back(next.id);
    }
  }
  return order;
}

}  // namespace comity::journal
