// Splits an amount by weights, exactly.
#ifndef COMITY_REPORTING_SPLIT_H_
#define COMITY_REPORTING_SPLIT_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace comity::reporting {

// Parts of `amount` in proportion to `weights`, by largest remainder: they sum to `amount` to the
// unit. Ties go to the earlier weight: callers order weights by a stable id. Negative weights count
// as 0; where all are 0, each weighs the same. No weights: no parts.
std::vector<int64_t> Split(int64_t amount, absl::Span<const int64_t> weights);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_SPLIT_H_
