// Walks the opportunities that a query keeps, through each of its lenses, group by group. Reports
// and their drill-down both walk, so that rows add up to their number.
#ifndef COMITY_REPORTING_ROW_WALK_H_
#define COMITY_REPORTING_ROW_WALK_H_

#include <array>
#include <cstdint>
#include <vector>

#include "services/reporting/report_query.h"
#include "services/reporting/state.h"

namespace comity::reporting {

enum Bucket { kWon, kLost, kUndecided, kBuckets };

// The values of a group, one a dimension of `group_by`; unused ones are 0.
using GroupKey = std::array<Key, 3>;

// One opportunity through one lens.
struct Seen {
  uint32_t row = 0;  // its number in the state
  size_t lens = 0;   // place in the query
  Bucket bucket = kUndecided;
  bool disputed = false;
  LensView outcome;
  LensView stage;
};

// Called per opportunity and lens.
class Visitor {
 public:
  virtual ~Visitor() = default;
  // Each opportunity once a lens, with the amount that the total counts.
  virtual void Total(const Seen& seen, int64_t amount) = 0;
  // Once per group that it is in: with groups by product several, whose amounts sum to the total's.
  virtual void Group(const Seen& seen, const GroupKey& key, int64_t amount) = 0;
  // Ends the walk: no opportunity is wanted any more.
  virtual bool done() const { return false; }
};

void Walk(const State& state, const CompiledQuery& query, Visitor* visitor);

// Year × 100 + month in UTC; 0 for kNever.
Key MonthOf(int64_t micros);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_ROW_WALK_H_
