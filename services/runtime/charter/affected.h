// Who must sign a change of the charter. Pure.
#ifndef COMITY_RUNTIME_CHARTER_AFFECTED_H_
#define COMITY_RUNTIME_CHARTER_AFFECTED_H_

#include <string>
#include <vector>

#include "comity/type/v1/charter.pb.h"

namespace comity::charter {

// The departments that the change touches, under the old text or the new one, in the charter's
// order:
// - a question: its voices, its decider, those whose working list its answers leave, and who reads
//   a metric that counts it;
// - a metric: who reads reports;
// - a row of the access table: its department, and those that may update the collection;
// - a handover agreement: both sides; a credit rule: its departments;
// - a calendar: those of the settlements and agreements that count by it;
// - a key: its department, and all where the department has none yet;
// - all else (departments, the arbiter, what a later release adds), and any change of a provisional
//   charter: all.
std::vector<std::string> AffectedDepartments(const type::v1::Charter& before,
                                             const type::v1::Charter& after);

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_AFFECTED_H_
