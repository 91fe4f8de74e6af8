// A file as a table, however it is written: packed or not, CSV of any dialect or JSON lines.
#ifndef COMITY_CLIENT_IMPORT_TABLE_READER_H_
#define COMITY_CLIENT_IMPORT_TABLE_READER_H_

#include <memory>
#include <string>
#include <vector>

#include "services/client/import/row.h"

namespace comity::client {

// Every row has as many cells as the header, or says why not: CELL_COUNT, NOT_UTF8, and the
// reasons of the readers. A column without a name is called by its place: `#1`. Blank cells beyond
// the header are dropped, missing ones of nameless columns at its end are blank, and a row that
// stands as a whole in one pair of quotes is unwrapped.
class TableReader final : public RowReader {
 public:
  // `delimiter` 0: told from the file.
  // Errors: INVALID_ARGUMENT reasons FILE_UNREADABLE, GZIP_INVALID, CSV_INVALID, NOT_UTF8,
  // DIALECT_AMBIGUOUS, COLUMN_TWICE, and those of the readers.
  static absl::StatusOr<std::unique_ptr<TableReader>> Open(const std::string& path,
                                                           char delimiter = 0);
  const std::vector<std::string>& header() const override { return header_; }
  absl::StatusOr<bool> Next(Row* row) override;
  int64_t bytes_read() const override { return rows_->bytes_read(); }

 private:
  TableReader(std::unique_ptr<RowReader> rows, char delimiter)
      : rows_(std::move(rows)), delimiter_(delimiter) {}
  absl::Status NameColumns();
  void Shape(Row* row) const;

  const std::unique_ptr<RowReader> rows_;
  const char delimiter_;  // 0: JSON lines
  std::vector<std::string> header_;
  size_t named_ = 0;  // columns up to the last that has a name
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_TABLE_READER_H_
