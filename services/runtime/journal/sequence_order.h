// In which order pending entries get their positions. Pure.
#ifndef COMITY_RUNTIME_JOURNAL_SEQUENCE_ORDER_H_
#define COMITY_RUNTIME_JOURNAL_SEQUENCE_ORDER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"

namespace comity::journal {

// An entry without a position.
struct PendingEntry {
  std::string id;
  std::string subject;
  int64_t version = 0;
};

// (subject, version) of the predecessors that `batch` itself does not hold: pending elsewhere, or
// sequenced already.
std::vector<std::pair<std::string, int64_t>> PredecessorsOutside(
    const std::vector<PendingEntry>& batch);

// All pending entries of `subject` up to `version`, lowest versions first; those of the lowest
// versions where there are many.
using FetchChain = std::function<absl::StatusOr<std::vector<PendingEntry>>(
    const std::string& subject, int64_t version)>;

// Ids in the order of their positions, at most `limit`: that of `batch` (by id), except that an
// entry comes after its subject's earlier versions. A subject in `blocked` has a pending
// predecessor outside the batch: the chain is fetched and goes first, so that each batch makes
// progress.
absl::StatusOr<std::vector<std::string>> OrderBatch(const std::vector<PendingEntry>& batch,
                                                    const absl::flat_hash_set<std::string>& blocked,
                                                    size_t limit, const FetchChain& fetch);

}  // namespace comity::journal

#endif  // COMITY_RUNTIME_JOURNAL_SEQUENCE_ORDER_H_
