#include "services/client/import/file_sample.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/client/import/number_text.h"
#include "services/client/import/plan.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr int64_t kMostRows = 5'000;
constexpr size_t kMostCells = 5'000;
constexpr size_t kMostCellBytes = 256;  // of a longer cell, a digest tells it from others

const std::set<std::string>& BlankWords() {
  static const auto* words = new std::set<std::string>{
      "select", "null", "none", "n/a", "na", "nan", "?", "-", "--", "00/00/0000", "0000-00-00",
      "unknown", "undefined", "(blank)",
      // German, French, Spanish, Dutch.
      "k.a.", "k. a.", "keine angabe", "unbekannt", "n.d.", "n/d", "inconnu", "inconnue",
      "desconocido", "desconocida", "s/d", "n.v.t.", "onbekend"};
  return *words;
}

// `%d.%m.%Y %H:%M` of `24.11.2025 14:05`; empty: not of digits alone, or too long.
std::string FormatOf(absl::string_view cell) {
  static constexpr absl::string_view kParts[] = {"%d", "%m", "%Y", "%H", "%M", "%S"};
  constexpr size_t kYear = 2;
  std::string format;
  size_t part = 0;
  for (size_t i = 0; i < cell.size(); ++i) {
    if (!absl::ascii_isdigit(cell[i])) {
      if (absl::ascii_isalpha(cell[i]) || cell[i] == '%') return "";
      format.push_back(cell[i]);
      continue;
    }
    const size_t begin = i;
    while (i + 1 < cell.size() && absl::ascii_isdigit(cell[i + 1])) ++i;
    if (part == std::size(kParts)) return "";
    const bool is_short = part == kYear && i + 1 - begin == 2;
    absl::StrAppend(&format, is_short ? "%y" : kParts[part]);
    ++part;
  }
  return part > kYear ? format : "";
}

// Whether it is a date.
bool SeeDate(const std::string& text, DateSample* sample) {
  std::array<std::optional<absl::Time>, kDateOrders.size()> readings;
  bool is_date = false;
  for (const DateOrder order : kDateOrders) {
    auto& reading = readings[IndexOf(order)];
    reading = ReadDate(text, order, absl::UTCTimeZone());
    is_date = is_date || reading.has_value();
  }
  for (size_t i = 0; i < readings.size(); ++i) {
    sample->orders[i] = sample->orders[i] && readings[i].has_value();
    for (size_t j = 0; j < i; ++j) {
      const bool differ = readings[i].has_value() && readings[j].has_value();
      sample->differing[j][i] = sample->differing[j][i] || (differ && readings[i] != readings[j]);
    }
  }
  constexpr size_t kMostFormats = 3;
  if (is_date && sample->formats.size() < kMostFormats) sample->formats.insert(FormatOf(text));
  return is_date;
}

void SeeNumber(const std::string& text, ColumnSample* column) {
  if (!column->amounts) return;
  const PricedText priced = SplitCurrency(text);
  double number = 0;
  const bool is_plain = absl::SimpleAtod(priced.number, &number);
  const bool with_point = PlainNumber(priced.number, '.').has_value() || is_plain;
  const bool with_comma = PlainNumber(priced.number, ',').has_value();
  column->point_numbers = column->point_numbers && with_point;
  column->comma_numbers = column->comma_numbers && with_comma;
  column->amounts = column->point_numbers || column->comma_numbers;
  column->point_only += with_point && !with_comma ? 1 : 0;
  column->comma_only += with_comma && !with_point ? 1 : 0;
  column->groups = column->groups || !is_plain || IsGroupedOrNot(priced.number);
  if (!priced.currency.empty()) column->currencies.insert(priced.currency);
}

void SeeCell(const std::string& text, std::set<std::string>* blanks, ColumnSample* column) {
  if (text.empty()) return;
  if (BlankWords().contains(absl::AsciiStrToLower(text))) {
    ++column->blank_words;
    blanks->insert(text);
    return;
  }
  ++column->filled;
  column->dates = column->dates && SeeDate(text, &column->date);
  SeeNumber(text, column);
  const std::string kept = ShortId(text, kMostCellBytes);
  const auto known = column->cells.find(kept);
  if (known != column->cells.end()) {
    ++known->second;
    column->unique = false;
  } else if (column->cells.size() < kMostCells) {
    column->cells[kept] = 1;
  } else {
    column->many = true;
  }
}

}  // namespace

bool DateSample::IsAmbiguous() const {
  for (size_t i = 0; i < orders.size(); ++i) {
    for (size_t j = i + 1; j < orders.size(); ++j) {
      if (orders[i] && orders[j] && differing[i][j]) return true;
    }
  }
  return false;
}

absl::StatusOr<FileSample> SampleRows(RowReader* reader) {
  FileSample sample;
  for (const std::string& name : reader->header()) sample.columns.emplace_back().name = name;
  std::set<std::string> blanks;
  Row row;
  while (sample.rows < kMostRows) {
    COMITY_ASSIGN_OR_RETURN(const bool more, reader->Next(&row));
    if (!more) break;
    if (!row.broken.empty()) continue;
    ++sample.rows;
    for (size_t i = 0; i < row.cells.size(); ++i) {
      SeeCell(Trimmed(row.cells[i]), &blanks, &sample.columns[i]);
    }
  }
  sample.blank_words.assign(blanks.begin(), blanks.end());
  return sample;
}

}  // namespace comity::client
