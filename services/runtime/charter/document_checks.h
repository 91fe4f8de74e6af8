// What must be so in the sections of a charter beside its questions and its access table. Pure.
#ifndef COMITY_RUNTIME_CHARTER_DOCUMENT_CHECKS_H_
#define COMITY_RUNTIME_CHARTER_DOCUMENT_CHECKS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "comity/type/v1/charter.pb.h"

namespace comity::charter {

// INVALID_ARGUMENT reason CHARTER_INVALID naming the place.
absl::Status CharterInvalid(absl::string_view place, absl::string_view problem);

// Departments, metrics, handover agreements, credit rules, calendars, keys, who reads names, the
// arbiter and the rules of disputes. INVALID_ARGUMENT reason CHARTER_INVALID naming the place.
absl::Status CheckSections(const type::v1::Charter& document);

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_DOCUMENT_CHECKS_H_
