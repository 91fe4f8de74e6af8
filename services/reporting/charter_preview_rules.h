// What another charter would make of the record: whose answers change, and what the reports would
// say. Pure: a state and a charter → the preview. No I/O, clock or SQL.
#ifndef COMITY_REPORTING_CHARTER_PREVIEW_RULES_H_
#define COMITY_REPORTING_CHARTER_PREVIEW_RULES_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "comity/reporting/v1/charter_preview.pb.h"
#include "services/reporting/state.h"
#include "services/runtime/charter/charter.h"

namespace comity::reporting {

inline constexpr size_t kMostComparisons = 200;         // questions times lenses
inline constexpr size_t kMostExamples = 20;             // of a question through a lens
inline constexpr size_t kMostPreviewBytes = 128 << 10;  // it is kept within a proposal, one message

// The state by its own charter, and by `proposed`; without the basis. Errors: FAILED_PRECONDITION
// reasons SUM_OUT_OF_RANGE, PREVIEW_TOO_LARGE.
absl::StatusOr<v1::CharterPreview> PreviewCharter(const State& state,
                                                  const charter::Charter& proposed);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_CHARTER_PREVIEW_RULES_H_
