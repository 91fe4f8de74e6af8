// One row of a file as it stands there, and what reads rows one by one.
#ifndef COMITY_CLIENT_IMPORT_ROW_H_
#define COMITY_CLIENT_IMPORT_ROW_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace comity::client {

struct Row {
  int64_t line = 0;  // of the file, from 1, on which the row begins
  std::vector<std::string> cells;
  std::string broken = {};  // why it cannot be read: a reason; then it has no cells
  // By cell: whether its format says how it is written, as JSON does of its numbers. Empty: none.
  std::vector<bool> plain = {};
};

// Without the blanks around it.
inline std::string Trimmed(absl::string_view text) {
  return std::string(absl::StripAsciiWhitespace(text));
}

class RowReader {
 public:
  virtual ~RowReader() = default;
  // The names of the columns, as they stand in the file.
  virtual const std::vector<std::string>& header() const = 0;
  // Fills `row`; false at the end. An error ends the reading: what follows cannot be told.
  virtual absl::StatusOr<bool> Next(Row* row) = 0;
  // Bytes read so far, for progress.
  virtual int64_t bytes_read() const = 0;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_ROW_H_
