// How a text file writes its rows, told from its beginning. Pure.
#ifndef COMITY_CLIENT_IMPORT_DIALECT_H_
#define COMITY_CLIENT_IMPORT_DIALECT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace comity::client {

inline constexpr absl::string_view kDelimiters = ",;\t|";

struct Dialect {
  bool json_lines = false;  // an object a line
  char delimiter = ',';     // between cells, else
};

// `sample`: the file's first bytes, unpacked; `whole`: it is all of the file.
// Errors: INVALID_ARGUMENT reasons NOT_UTF8 (UTF-16 by its mark), DIALECT_AMBIGUOUS (two delimiters
// fit as well).
absl::StatusOr<Dialect> TellDialect(absl::string_view sample, bool whole);

// The cells of a row that stands as a whole in one pair of quotes, in `cell`; empty if it is none.
std::vector<std::string> Unwrapped(const std::string& cell, char delimiter);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_DIALECT_H_
