// A first map for a file, with its doubts as comments.
#ifndef COMITY_CLIENT_IMPORT_SUGGEST_H_
#define COMITY_CLIENT_IMPORT_SUGGEST_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/client/import/file_sample.h"

namespace comity::client {

// The map as YAML. `kind`: a collection's name; empty: told from the columns. Errors:
// INVALID_ARGUMENT USAGE for a kind that no map can be suggested for.
absl::StatusOr<std::string> SuggestMap(const FileSample& sample, const std::string& kind,
                                       const std::string& source);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_SUGGEST_H_
