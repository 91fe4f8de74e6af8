#include "services/client/import/table_reader.h"

#include <set>

#include "absl/memory/memory.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/client/import/csv_reader.h"
#include "services/client/import/dialect.h"
#include "services/client/import/json_lines_reader.h"
#include "services/client/output/text.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr size_t kSampleBytes = 64 * 1024;

absl::StatusOr<Dialect> DialectOf(const std::string& path) {
  COMITY_ASSIGN_OR_RETURN(const auto source, OpenFile(path));
  std::string sample(kSampleBytes, '\0');
  size_t size = 0;
  while (size < kSampleBytes) {
    COMITY_ASSIGN_OR_RETURN(const size_t count, source->Read(&sample[size], kSampleBytes - size));
    if (count == 0) break;
    size += count;
  }
  sample.resize(size);
  return TellDialect(sample, size < kSampleBytes);
}

absl::StatusOr<std::unique_ptr<RowReader>> OpenRows(const std::string& path,
                                                    const Dialect& dialect) {
  COMITY_ASSIGN_OR_RETURN(auto source, OpenFile(path));
  if (!dialect.json_lines) return CsvReader::Make(std::move(source), dialect.delimiter);
  COMITY_ASSIGN_OR_RETURN(auto columns, JsonLinesReader::ReadColumns(std::move(source)));
  COMITY_ASSIGN_OR_RETURN(source, OpenFile(path));
  return std::unique_ptr<RowReader>(
      std::make_unique<JsonLinesReader>(std::move(source), std::move(columns)));
}

bool IsBlank(const std::string& cell) { return absl::StripAsciiWhitespace(cell).empty(); }

}  // namespace

absl::StatusOr<std::unique_ptr<TableReader>> TableReader::Open(const std::string& path,
                                                               char delimiter) {
  Dialect dialect{false, delimiter};
  if (delimiter == 0) {
    COMITY_ASSIGN_OR_RETURN(dialect, DialectOf(path));
  }
  COMITY_ASSIGN_OR_RETURN(auto rows, OpenRows(path, dialect));
  auto table = absl::WrapUnique(
      new TableReader(std::move(rows), dialect.json_lines ? '\0' : dialect.delimiter));
  COMITY_RETURN_IF_ERROR(table->NameColumns());
  return table;
}

absl::Status TableReader::NameColumns() {
  header_ = rows_->header();
  if (header_.size() == 1 && delimiter_ != 0) {
    std::vector<std::string> inner = Unwrapped(header_[0], delimiter_);
    if (!inner.empty()) header_ = std::move(inner);
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < header_.size(); ++i) {
    std::string& name = header_[i];
    if (!IsUtf8(name)) {
      return InvalidField("NOT_UTF8", "header",
                          absl::StrCat("the name of column ", i + 1, " is not valid UTF-8"));
    }
    name = Trimmed(name);
    if (name.empty()) {
      name = absl::StrCat("#", i + 1);
    } else {
      named_ = i + 1;
    }
    if (seen.insert(name).second) continue;
    return InvalidField("COLUMN_TWICE", "header",
                        absl::StrCat("the column `", OneLine(name), "` stands twice"));
  }
  return absl::OkStatus();
}

void TableReader::Shape(Row* row) const {
  std::vector<std::string>& cells = row->cells;
  if (cells.size() == 1 && header_.size() > 1 && delimiter_ != 0) {
    std::vector<std::string> inner = Unwrapped(cells[0], delimiter_);
    if (!inner.empty()) cells = std::move(inner);
  }
  while (cells.size() > header_.size() && IsBlank(cells.back())) cells.pop_back();
  if (cells.size() >= named_ && cells.size() < header_.size()) cells.resize(header_.size());
  if (cells.size() != header_.size()) row->broken = "CELL_COUNT";
}

absl::StatusOr<bool> TableReader::Next(Row* row) {
  COMITY_ASSIGN_OR_RETURN(const bool more, rows_->Next(row));
  if (!more) return false;
  if (row->broken.empty()) Shape(row);
  return true;
}

}  // namespace comity::client
