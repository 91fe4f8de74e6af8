#include "services/@name@/@name@_rules.h"

#include <string>

#include "absl/strings/ascii.h"
#include "services/runtime/status/errors.h"

namespace comity::@name@ {

absl::Status Check@Name@(const v1::@Name@* /*before*/, v1::@Name@* @name@) {
  @name@->set_display_name(std::string(absl::StripAsciiWhitespace(@name@->display_name())));
  if (@name@->display_name().empty()) {
    return InvalidField("DISPLAY_NAME_BLANK", "@name@.display_name", "is more than blanks");
  }
  return absl::OkStatus();
}

}  // namespace comity::@name@
