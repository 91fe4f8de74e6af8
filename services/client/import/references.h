// The records that rows name: found, or made where the map says so. Thread-safe.
#ifndef COMITY_CLIENT_IMPORT_REFERENCES_H_
#define COMITY_CLIENT_IMPORT_REFERENCES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/client/import/writer.h"

namespace comity::client {

class References {
 public:
  explicit References(const WriteContext& context) : context_(context) {}

  enum class Outcome { kResolved, kRefused, kWaits };
  // Fills in what the rows name; one outcome each. A row waits where it names a record of `own`,
  // the collection of the file, that is not there yet. Refused ones say why in their problems.
  absl::StatusOr<std::vector<Outcome>> Resolve(const std::string& own, std::vector<RowPlan>* rows);
  // The id in `own` for which a row waits; empty: all that it names is there by now.
  std::string Awaited(const std::string& own, const RowPlan& row) const;
  // A record of the file that later rows may name.
  void Add(const std::string& collection, const std::string& id, const std::string& name,
           const std::string& text);

 private:
  struct Known {
    std::string name;
    std::string text;  // what it is called
  };
  using Key = std::pair<std::string, std::string>;  // collection, id

  // Rows that name what no service looks for are refused.
  absl::Status Load(std::vector<RowPlan>* rows);
  Known Find(const std::string& collection, const std::string& id) const;
  absl::StatusOr<Outcome> ResolveRow(const std::string& own, RowPlan* row);
  // False where there is no such record, and the row may say why.
  absl::StatusOr<bool> FillIn(const Reference& reference, RowPlan* row);
  // Empty where it is not there: the row says why if it could not be made.
  absl::StatusOr<std::string> NameOf(const Reference& reference, RowPlan* row);
  absl::StatusOr<std::string> Make(const Reference& reference, RowPlan* row);

  const WriteContext context_;
  absl::Mutex making_;  // two rows may name the same
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<Key, Known> known_ ABSL_GUARDED_BY(mutex_);
};

// The problem of a row that names what is not there.
Problem Missing(const RowPlan& row, const Reference& reference);

// Where a row would take over a record of another name that happens to have the same chosen id: the
// problem. What this source called the record before, and what is to be overruled, is no other.
std::optional<Problem> NamesakeOf(const WriteContext& context, const RowPlan& row,
                                  const google::protobuf::Message& held);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_REFERENCES_H_
