// Cuts a migration script into its statements. Pure.
#ifndef COMITY_RUNTIME_STORAGE_SCRIPT_H_
#define COMITY_RUNTIME_STORAGE_SCRIPT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace comity::storage {

// The statements between the semicolons that stand outside quotes and comments; comments are
// dropped. (DELIMITER is unknown: triggers and procedures are not used.)
std::vector<std::string> SplitStatements(absl::string_view sql);

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_SCRIPT_H_
