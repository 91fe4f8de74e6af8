// A first map for a file, with its doubts as comments.
#ifndef COMITY_CLIENT_IMPORT_SUGGEST_H_
#define COMITY_CLIENT_IMPORT_SUGGEST_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/client/api/schema.h"
#include "services/client/import/row.h"

namespace comity::client {

// What a sample shows of a column.
struct ColumnSample {
  std::string name;
  int64_t filled = 0;                    // cells that are neither empty nor a blank word
  int64_t blank_words = 0;               // `Select`, `null`, `?` …
  std::map<std::string, int64_t> cells;  // the first different ones, and how often
  bool many = false;                     // more different ones than are kept
  bool unique = true;                    // no cell stands twice
  bool dates = true;                     // all filled cells are
  bool amounts = true;
};

struct FileSample {
  std::vector<ColumnSample> columns;
  int64_t rows = 0;
  std::vector<std::string> blank_words;  // that were found
};

// Reads at most some thousand rows. Errors: those of the reader.
absl::StatusOr<FileSample> SampleRows(RowReader* reader);

// The map as YAML. `kind`: a collection's name; empty: told from the columns. Errors:
// INVALID_ARGUMENT USAGE for a kind that no map can be suggested for.
absl::StatusOr<std::string> SuggestMap(const FileSample& sample, const std::string& kind,
                                       const std::string& source);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_SUGGEST_H_
