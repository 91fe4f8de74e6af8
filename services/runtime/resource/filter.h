// Filters and orders of lists: the subset of AIP-160 and AIP-132 that an index can serve. Pure.
//
//   filter = factor { AND factor }        factor = term { OR term }     (OR binds tighter than AND)
//   term = "(" filter ")" | field = value
//   value = "quoted", with \" and \\ | a bare word of letters, digits and _ . / @ : + -
#ifndef COMITY_RUNTIME_RESOURCE_FILTER_H_
#define COMITY_RUNTIME_RESOURCE_FILTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace comity::resource {

struct Restriction {
  std::string field;
  std::string value;
  friend bool operator==(const Restriction& a, const Restriction& b) {
    return a.field == b.field && a.value == b.value;
  }
};
// All of them hold; each field stands in it once. Empty: everything.
using Conjunction = std::vector<Restriction>;

// The filter as alternatives, in the order in which they are written; conjunctions that nothing can
// meet (one field, two values) are left out. Empty text: one empty conjunction.
// INVALID_ARGUMENT reasons: FILTER_INVALID (it does not parse; says where),
// FILTER_OPERATOR_NOT_SUPPORTED (NOT, -, !=, <, :, … by name), FILTER_FIELD_NOT_SUPPORTED (names
// those that are), FILTER_TOO_COMPLEX (more than 20 alternatives, or nested deeper than 8).
absl::StatusOr<std::vector<Conjunction>> ParseFilter(absl::string_view text,
                                                     const std::vector<std::string>& declared);

struct OrderBy {
  std::string field;
  bool descending = false;
};
// `field`, `field asc` or `field desc`; empty text: the first declared one.
// INVALID_ARGUMENT reason ORDER_NOT_SUPPORTED naming the declared ones.
absl::StatusOr<OrderBy> ParseOrderBy(absl::string_view text,
                                     const std::vector<std::string>& declared);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_FILTER_H_
