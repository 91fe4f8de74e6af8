#include "services/client/import/csv_reader.h"

#include <csv.h>

#include <algorithm>
#include <array>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr size_t kBufferBytes = 64 * 1024;
constexpr size_t kCellGrowth = 16 * 1024;
constexpr size_t kMarkBytes = 3;
constexpr char kMark[] = "\xEF\xBB\xBF";  // of UTF-8, as some systems begin their files

}  // namespace

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
    reader->row_bytes_ = 0;
    if (reader->current_.cells.empty()) return;
    reader->ready_.push_back(std::move(reader->current_));
    reader->current_ = Row();
  }
};

CsvReader::CsvReader(std::unique_ptr<ByteSource> input)
    : input_(std::move(input)), parser_(std::make_unique<csv_parser>()) {}

CsvReader::~CsvReader() { csv_free(parser_.get()); }

absl::StatusOr<std::unique_ptr<CsvReader>> CsvReader::Make(std::istream* input, char delimiter) {
  return Make(FromStream(input), delimiter);
}

absl::StatusOr<std::unique_ptr<CsvReader>> CsvReader::Make(std::unique_ptr<ByteSource> input,
                                                           char delimiter) {
  auto reader = absl::WrapUnique(new CsvReader(std::move(input)));
  if (csv_init(reader->parser_.get(), CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) {
    return Internal("csv_init failed");
  }
  // A long cell grows by so much at a time: by libcsv's own 128 bytes it would be copied thousands
  // of times.
  csv_set_blk_size(reader->parser_.get(), kCellGrowth);
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

absl::Status CsvReader::Parse(absl::string_view text) {
  row_bytes_ += text.size();
  const size_t parsed =
      csv_parse(parser_.get(), text.data(), text.size(), Callbacks::OnCell, Callbacks::OnRow, this);
  if (parsed != text.size()) return Fail();
  if (row_bytes_ <= kMostRowBytes) return absl::OkStatus();
  return InvalidField("ROW_TOO_LONG", absl::StrCat("line ", line_),
                      "the row is longer than 1 MiB: is a quote not closed?");
}

absl::Status CsvReader::Fill() {
  std::array<char, kBufferBytes> buffer;
  size_t count = 0;
  do {  // a mark must not fall between two reads
    COMITY_ASSIGN_OR_RETURN(const size_t more,
                            input_->Read(buffer.data() + count, buffer.size() - count));
    if (more == 0) break;
    count += more;
  } while (!started_ && count < kMarkBytes);
  absl::string_view text(buffer.data(), count);
  if (!started_) absl::ConsumePrefix(&text, kMark);
  started_ = true;
  if (count > 0) return Parse(text);
  ended_ = true;
  const int done = csv_fini(parser_.get(), Callbacks::OnCell, Callbacks::OnRow, this);
  return done == 0 ? absl::OkStatus() : Fail();
}

absl::StatusOr<bool> CsvReader::Next(Row* row) {
  while (ready_.empty() && !ended_) {
    failure_ = Fill();
    if (!failure_.ok()) ended_ = true;
  }
  // Rows before a failure are whole.
  if (ready_.empty() && !failure_.ok()) return failure_;
  if (ready_.empty()) return false;
  *row = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

}  // namespace comity::client
