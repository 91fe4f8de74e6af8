// What must be so for a @name@. Pure.
#ifndef COMITY_@NAME@_@NAME@_RULES_H_
#define COMITY_@NAME@_@NAME@_RULES_H_

#include "absl/status/status.h"
#include "comity/@name@/v1/@name@.pb.h"

namespace comity::@name@ {

// Trims the display name. INVALID_ARGUMENT reason DISPLAY_NAME_BLANK.
absl::Status Check@Name@(const v1::@Name@* before, v1::@Name@* @name@);

}  // namespace comity::@name@

#endif  // COMITY_@NAME@_@NAME@_RULES_H_
