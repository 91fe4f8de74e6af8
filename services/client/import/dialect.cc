#include "services/client/import/dialect.h"

#include <algorithm>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/client/import/csv_reader.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

// How well a delimiter fits: rows of the sample that are as wide as the header.
struct Fit {
  char delimiter = ',';
  size_t width = 1;  // of the header
  size_t rows = 0;
  size_t fitting = 0;
  bool IsBetterThan(const Fit& other) const {
    if ((width > 1) != (other.width > 1)) return width > 1;
    const size_t own = fitting * (other.rows + 1);
    const size_t others = other.fitting * (rows + 1);
    return own > others;
  }
};

bool IsWide(const Row& row, size_t width) {
  size_t size = row.cells.size();
  while (size > width && absl::StripAsciiWhitespace(row.cells[size - 1]).empty()) --size;
  return size == width;
}

Fit FitOf(const std::string& sample, char delimiter) {
  Fit fit{delimiter};
  std::istringstream input(sample);
  auto reader = CsvReader::Make(&input, delimiter);
  if (!reader.ok()) return fit;
  std::vector<std::string> header = (*reader)->header();
  if (header.size() == 1) {
    const std::vector<std::string> inner = Unwrapped(header[0], delimiter);
    if (!inner.empty()) header = inner;
  }
  fit.width = header.size();
  Row row;
  while (true) {
    const absl::StatusOr<bool> more = (*reader)->Next(&row);
    if (!more.ok() || !*more) return fit;
    ++fit.rows;
    if (row.cells.size() == 1 && fit.width > 1) row.cells = Unwrapped(row.cells[0], delimiter);
    if (IsWide(row, fit.width)) ++fit.fitting;
  }
}

bool LooksLikeJson(absl::string_view sample) {
  return absl::StartsWith(absl::StripLeadingAsciiWhitespace(sample), "{");
}

}  // namespace

absl::StatusOr<Dialect> TellDialect(absl::string_view sample, bool whole) {
  if (absl::StartsWith(sample, "\xFF\xFE") || absl::StartsWith(sample, "\xFE\xFF")) {
    return InvalidField("NOT_UTF8", "file", "the file is UTF-16: save it as UTF-8");
  }
  if (absl::StartsWith(sample, "PK\x03\x04")) {
    return InvalidField("NOT_UTF8", "file",
                        "the file is a workbook or an archive: save its table as CSV");
  }
  absl::ConsumePrefix(&sample, "\xEF\xBB\xBF");
  if (LooksLikeJson(sample)) return Dialect{true};
  // The last row of a part may be cut.
  const size_t end = whole ? sample.size() : sample.find_last_of("\r\n");
  const std::string rows(sample.substr(0, end));
  std::vector<Fit> fits;
  for (const char delimiter : kDelimiters) fits.push_back(FitOf(rows, delimiter));
  std::stable_sort(fits.begin(), fits.end(),
                   [](const Fit& a, const Fit& b) { return a.IsBetterThan(b); });
  if (fits[0].width > 1 && !fits[0].IsBetterThan(fits[1]) && fits[0].rows > 0) {
    return InvalidField("DIALECT_AMBIGUOUS", "file",
                        absl::StrCat("`", std::string(1, fits[0].delimiter), "` and `",
                                     std::string(1, fits[1].delimiter),
                                     "` may both stand between the cells: say which, by "
                                     "--delimiter"));
  }
  return Dialect{false, fits[0].width > 1 ? fits[0].delimiter : ','};
}

std::vector<std::string> Unwrapped(const std::string& cell, char delimiter) {
  if (cell.find(delimiter) == std::string::npos) return {};
  std::istringstream input(cell);
  auto reader = CsvReader::Make(&input, delimiter);
  if (!reader.ok()) return {};
  Row more;
  const absl::StatusOr<bool> second = (*reader)->Next(&more);
  if (!second.ok() || *second) return {};
  return (*reader)->header();
}

}  // namespace comity::client
