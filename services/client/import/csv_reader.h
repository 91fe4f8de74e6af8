// Reads a CSV file row by row: the file is never held as a whole.
#ifndef COMITY_CLIENT_IMPORT_CSV_READER_H_
#define COMITY_CLIENT_IMPORT_CSV_READER_H_

#include <deque>
#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/client/import/byte_source.h"
#include "services/client/import/row.h"

struct csv_parser;

namespace comity::client {

// Most bytes of a row: an unclosed quote must not swallow a file.
inline constexpr size_t kMostRowBytes = 1 << 20;

class CsvReader final : public RowReader {
 public:
  // Reads the header. `input` outlives the reader.
  // Errors: INVALID_ARGUMENT reasons CSV_INVALID, ROW_TOO_LONG naming the line, and those of the
  // source.
  static absl::StatusOr<std::unique_ptr<CsvReader>> Make(std::istream* input, char delimiter);
  static absl::StatusOr<std::unique_ptr<CsvReader>> Make(std::unique_ptr<ByteSource> input,
                                                         char delimiter);
  ~CsvReader() override;
  const std::vector<std::string>& header() const override { return header_; }
  // Blank lines are skipped. Errors as Make.
  absl::StatusOr<bool> Next(Row* row) override;
  int64_t bytes_read() const override { return input_->bytes_read(); }

 private:
  struct Callbacks;  // libcsv calls back
  explicit CsvReader(std::unique_ptr<ByteSource> input);
  absl::Status Fill();
  absl::Status Parse(absl::string_view text);
  absl::Status Fail() const;

  const std::unique_ptr<ByteSource> input_;
  std::unique_ptr<csv_parser> parser_;
  std::vector<std::string> header_;
  std::deque<Row> ready_;
  Row current_;
  int64_t line_ = 1;
  bool after_return_ = false;  // the last terminator was CR: a following LF is the same break
  size_t row_bytes_ = 0;       // parsed since the last row ended
  bool started_ = false;
  bool ended_ = false;
  absl::Status failure_;  // after which nothing can be read
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_CSV_READER_H_
