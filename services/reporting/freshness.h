// Up to which moment what reports say is known to be complete.
#ifndef COMITY_REPORTING_FRESHNESS_H_
#define COMITY_REPORTING_FRESHNESS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "comity/reporting/v1/report.pb.h"
#include "services/reporting/effects.h"

namespace comity::reporting {

// How far one source is followed.
struct SourceProgress {
  std::string source;
  int64_t behind = 0;  // entries that are known and not in yet
  // At `complete_time` its journal held so many entries, and all were in. kNever: not seen yet.
  int64_t complete_position = 0;
  int64_t complete_time = kNever;  // microseconds
};

// Fills the times of a basis that says its sources' positions, each with the record time of its
// newest entry that is in as `complete_time`. A source that has brought nothing since is complete
// up to when that was last seen, however long it has been quiet. `fresh_time` is the oldest of all;
// unset while one is not known. Pure.
void FillFreshness(const std::vector<SourceProgress>& progress, v1::ReportBasis* basis);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_FRESHNESS_H_
