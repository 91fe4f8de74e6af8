// From which revision of the charter on a metric says what it says. Pure.
#ifndef COMITY_REPORTING_DEFINITION_ORIGIN_H_
#define COMITY_REPORTING_DEFINITION_ORIGIN_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "services/runtime/charter/book.h"

namespace comity::reporting {

// The revisions by which what `in_force` says of the metric, and of each question that it counts,
// came to be what it is, the earliest first: the first that is signed where it is as in the
// starting charter. `revisions`: by number, from the starting charter on; `in_force` is one of
// them. None where there is no such metric.
std::vector<const charter::Revision*> OriginsOf(
    const std::vector<const charter::Revision*>& revisions, const charter::Revision& in_force,
    absl::string_view metric);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_DEFINITION_ORIGIN_H_
