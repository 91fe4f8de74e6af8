// Errors as one clear line: what, why, how to mend.
#ifndef COMITY_CLIENT_OUTPUT_ERROR_TEXT_H_
#define COMITY_CLIENT_OUTPUT_ERROR_TEXT_H_

#include <string>

#include "absl/status/status.h"

namespace comity::client {

// E.g. `NOT_FOUND RESOURCE_NOT_FOUND: leads/… is not there`; field violations, waiting times and
// hints follow on the same line.
std::string ErrorText(const absl::Status& status);
// 2 for a mistake in how the command was called, else 1.
int ExitCode(const absl::Status& status);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_ERROR_TEXT_H_
