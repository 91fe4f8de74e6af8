// Reads JSON lines: one object a line. Columns are the keys of all objects, nested ones as `a.b`.
#ifndef COMITY_CLIENT_IMPORT_JSON_LINES_READER_H_
#define COMITY_CLIENT_IMPORT_JSON_LINES_READER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "services/client/import/byte_source.h"
#include "services/client/import/row.h"

namespace comity::client {

class JsonLinesReader final : public RowReader {
 public:
  JsonLinesReader(std::unique_ptr<ByteSource> input, std::vector<std::string> columns);
  // The keys in the order of their first appearance: reads `input` to its end. Errors:
  // INVALID_ARGUMENT reasons ROW_TOO_LONG, TOO_MANY_COLUMNS, CSV_INVALID (no object in it), and
  // those of the source.
  static absl::StatusOr<std::vector<std::string>> ReadColumns(std::unique_ptr<ByteSource> input);

  const std::vector<std::string>& header() const override { return columns_; }
  // A line that cannot be taken makes a row that is broken: JSON_INVALID (no object), KEY_TWICE,
  // JSON_TOO_DEEP (more than 64 levels), KEY_TOO_LONG (a column's name has more than 1,024 bytes).
  absl::StatusOr<bool> Next(Row* row) override;
  int64_t bytes_read() const override { return input_->bytes_read(); }

 private:
  // False at the end.
  absl::StatusOr<bool> NextLine(std::string* line);

  const std::unique_ptr<ByteSource> input_;
  const std::vector<std::string> columns_;
  std::map<std::string, size_t> places_;
  std::string buffer_;
  size_t begin_ = 0;
  int64_t line_ = 0;
  bool ended_ = false;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_JSON_LINES_READER_H_
