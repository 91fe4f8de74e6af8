#include "services/client/import/csv_reader.h"

#include <csv.h>

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {

struct CsvReader::Callbacks {
  static void OnCell(void* data, size_t size, void* context) {
    auto* reader = static_cast<CsvReader*>(context);
    if (reader->current_.cells.empty()) reader->current_.line = reader->line_;
    reader->after_return_ = false;
    reader->current_.cells.emplace_back(static_cast<const char*>(data), size);
    const std::string& cell = reader->current_.cells.back();
    reader->line_ += std::count(cell.begin(), cell.end(), '\n');
  }
  // `terminator`: CR, LF, or -1 at the end of the file.
  static void OnRow(int terminator, void* context) {
    auto* reader = static_cast<CsvReader*>(context);
    const bool same_break = terminator == CSV_LF && reader->after_return_;
    if (!same_break) ++reader->line_;
    reader->after_return_ = terminator == CSV_CR;
    if (reader->current_.cells.empty()) return;
    reader->ready_.push_back(std::move(reader->current_));
    reader->current_ = Row();
  }
};

CsvReader::CsvReader(std::istream* input) : input_(input), parser_(new csv_parser) {}

CsvReader::~CsvReader() { csv_free(parser_.get()); }

absl::StatusOr<std::unique_ptr<CsvReader>> CsvReader::Make(std::istream* input, char delimiter) {
  std::unique_ptr<CsvReader> reader(new CsvReader(input));
  if (csv_init(reader->parser_.get(), CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) {
    return Internal("csv_init failed");
  }
  csv_set_delim(reader->parser_.get(), static_cast<unsigned char>(delimiter));
  Row header;
  COMITY_ASSIGN_OR_RETURN(const bool found, reader->Next(&header));
  if (!found) return InvalidField("CSV_INVALID", "line 1", "the file is empty: it needs a header");
  reader->header_ = std::move(header.cells);
  return reader;
}

absl::Status CsvReader::Fail() const {
  return InvalidField("CSV_INVALID", absl::StrCat("line ", line_),
                      "a quote is not closed, or stands inside a cell without quotes");
}

absl::Status CsvReader::Fill() {
  std::array<char, 64 * 1024> buffer;
  input_->read(buffer.data(), buffer.size());
  const auto count = static_cast<size_t>(input_->gcount());
  absl::string_view text(buffer.data(), count);
  if (bytes_read_ == 0) absl::ConsumePrefix(&text, "\xEF\xBB\xBF");  // byte order mark
  bytes_read_ += static_cast<int64_t>(count);
  if (count > 0) {
    const size_t parsed = csv_parse(parser_.get(), text.data(), text.size(), Callbacks::OnCell,
                                    Callbacks::OnRow, this);
    return parsed == text.size() ? absl::OkStatus() : Fail();
  }
  ended_ = true;
  const int done = csv_fini(parser_.get(), Callbacks::OnCell, Callbacks::OnRow, this);
  return done == 0 ? absl::OkStatus() : Fail();
}

absl::StatusOr<bool> CsvReader::Next(Row* row) {
  while (ready_.empty() && !ended_) COMITY_RETURN_IF_ERROR(Fill());
  if (ready_.empty()) return false;
  *row = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

}  // namespace comity::client
