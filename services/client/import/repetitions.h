// Rows whose identity the file has shown already.
#ifndef COMITY_CLIENT_IMPORT_REPETITIONS_H_
#define COMITY_CLIENT_IMPORT_REPETITIONS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/client/import/ledger.h"
#include "services/client/import/plan.h"
#include "services/client/import/scan.h"

namespace comity::client {

class Repetitions {
 public:
  // All of them outlive it.
  Repetitions(const ImportMap& map, const Planner& planner, const Scan& scan, Ledger* ledger);
  // Whether the row ends here: refused (the plan has the problem then), or together with the row
  // that it repeats. Some 20 bytes are held of each such row.
  bool Take(const Row& row, RowPlan* plan);
  // After the last row: a copy ends as its first row did. `whole`: every row has ended; else copies
  // of which it is not known count as not reached.
  void Settle(bool whole);

 private:
  bool IsNotUnique(const Row& row, RowPlan* plan);
  bool Repeats(const Row& row, RowPlan* plan);
  bool SharesId(const Row& row, RowPlan* plan);
  void Refuse(const Row& row, const std::string& reason, const std::string& message,
              RowPlan* plan) const;

  struct First {
    int64_t line;
    size_t content;
  };
  struct Copy {
    int64_t line;
    int64_t first;
  };
  const ImportMap& map_;
  const Planner& planner_;
  const Scan& scan_;
  Ledger* const ledger_;
  const bool has_chosen_ids_;  // that are made of names
  absl::flat_hash_map<uint64_t, First> first_;
  std::vector<Copy> copies_;
  absl::flat_hash_map<std::string, std::pair<int64_t, std::string>> names_;  // line, name by id
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_REPETITIONS_H_
