// Whether the values of a query name something: a typing error must not look like a zero.
#ifndef COMITY_REPORTING_KNOWN_VALUES_H_
#define COMITY_REPORTING_KNOWN_VALUES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "comity/reporting/v1/report.pb.h"
#include "services/reporting/state.h"
#include "services/runtime/directory/directory.h"

namespace comity::reporting {

// What is known at present: nothing leaves the record, so that it knows all that the past did.
struct Known {
  const State* state = nullptr;
  const directory::Snapshot* directory = nullptr;  // may be ahead of the state
};

// Owners and managers must be persons, and teams and products be known, whether or not they have
// rows; stages and outcomes must be answers of some revision of the charter (or once judged);
// months and accounts well-formed. Offices, sectors and sources are free text. The empty value
// stands for none, and is known. INVALID_ARGUMENT reason UNKNOWN_VALUE, which names the value and
// what is known. Pure.
absl::Status CheckFilters(const Known& known, const v1::ReportQuery& query);
// The same for the keys of a row, one per dimension of `group_by`, or none.
absl::Status CheckKeys(const Known& known, const v1::ReportQuery& query,
                       const std::vector<std::string>& keys);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_KNOWN_VALUES_H_
