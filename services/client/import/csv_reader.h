// Reads a CSV file row by row: the file is never held as a whole.
#ifndef COMITY_CLIENT_IMPORT_CSV_READER_H_
#define COMITY_CLIENT_IMPORT_CSV_READER_H_

#include <cstdint>
#include <deque>
#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

struct csv_parser;

namespace comity::client {

struct Row {
  int64_t line = 0;  // of the file, from 1, on which the row begins
  std::vector<std::string> cells;
};

class CsvReader {
 public:
  // Reads the header. `input` outlives the reader.
  // Errors: INVALID_ARGUMENT reason CSV_INVALID naming the line.
  static absl::StatusOr<std::unique_ptr<CsvReader>> Make(std::istream* input, char delimiter);
  ~CsvReader();
  const std::vector<std::string>& header() const { return header_; }
  // Fills `row`; false at the end. Blank lines are skipped. Errors as Make.
  absl::StatusOr<bool> Next(Row* row);
  // Bytes read so far, for progress.
  int64_t bytes_read() const { return bytes_read_; }

 private:
  struct Callbacks;  // libcsv calls back
  explicit CsvReader(std::istream* input);
  absl::Status Fill();
  absl::Status Fail() const;

  std::istream* const input_;
  std::unique_ptr<csv_parser> parser_;
  std::vector<std::string> header_;
  std::deque<Row> ready_;
  Row current_;
  int64_t line_ = 1;
  bool after_return_ = false;  // the last terminator was CR: a following LF is the same break
  int64_t bytes_read_ = 0;
  bool ended_ = false;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_CSV_READER_H_
