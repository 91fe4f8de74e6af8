// Files that people import, of any dialect, and the map that says what their columns are.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "services/client/import/csv_reader.h"
#include "services/client/import/date_text.h"
#include "services/client/import/map.h"
#include "services/client/import/suggest.h"
#include "services/client/import/table_reader.h"
#include "services/runtime/status/errors.h"
#include "tests/fuzz/targets.h"

namespace comity::fuzz {
namespace {

bool IsRefusal(const absl::Status& status) {
  return Reason(status) == "CSV_INVALID" || Reason(status) == "ROW_TOO_LONG";
}

// A file of those bytes, for as long as the process runs.
std::string FileOf(absl::string_view bytes) {
  static const std::string* const path = [] {
    auto* made = new std::string(std::filesystem::temp_directory_path() /
                                 absl::StrCat("comity_fuzz_table_", getpid()));
    std::atexit([] { std::filesystem::remove(FileOf("")); });
    return made;
  }();
  std::ofstream(*path, std::ios::binary | std::ios::trunc) << bytes;
  return *path;
}

// Whatever the table is, the map that is suggested for it is one.
void CheckSuggestion(const std::string& path) {
  const auto table = client::TableReader::Open(path);
  const auto sample = client::SampleRows(table->get());
  if (!sample.ok()) return;
  const auto map = client::SuggestMap(*sample, "leads", "fuzz");
  Check(map.ok(), "any table has a first map");
  const auto parsed = client::ParseMap(*map, "fuzz.yaml");
  if (!parsed.ok())
    std::fprintf(stderr, "%s\n%s\n", map->c_str(), parsed.status().message().data());
  Check(parsed.ok(), "a suggested map is a map");
}

}  // namespace

void FuzzCsv(absl::string_view bytes) {
  std::istringstream input{std::string(bytes)};
  const auto reader = client::CsvReader::Make(&input, ',');
  if (!reader.ok()) {
    Check(IsRefusal(reader.status()), "a bad file has its error");
    return;
  }
  int64_t line = 0;
  size_t cells = 0;
  client::Row row;
  absl::StatusOr<bool> next = false;
  while ((next = (*reader)->Next(&row)).ok() && *next) {
    Check(row.line > line, "rows stand one below the other");
    line = row.line;
    for (const std::string& cell : row.cells) cells += cell.size();
  }
  Check(next.ok() || IsRefusal(next.status()), "a bad row has its error");
  Check(cells <= bytes.size(), "nothing is made up");
}

void FuzzTable(absl::string_view bytes) {
  const std::string path = FileOf(bytes);
  const auto reader = client::TableReader::Open(path);
  if (!reader.ok()) {
    Check(!Reason(reader.status()).empty(), "a bad file has its error");
    return;
  }
  const size_t width = (*reader)->header().size();
  client::Row row;
  absl::StatusOr<bool> next = false;
  while ((next = (*reader)->Next(&row)).ok() && *next) {
    Check(!row.broken.empty() || row.cells.size() == width, "a row has the header's cells");
  }
  Check(next.ok() || !Reason(next.status()).empty(), "a bad end has its error");
  CheckSuggestion(path);
}

void FuzzDate(absl::string_view bytes) {
  for (const client::DateOrder order : client::kDateOrders) {
    const auto read = client::ReadDate(bytes, order, absl::UTCTimeZone());
    if (!read.has_value()) continue;
    const auto year = absl::ToCivilYear(*read, absl::UTCTimeZone()).year();
    Check(year >= 1899 && year <= 2201, "a date is one of our centuries");
    const std::string iso = absl::FormatTime(absl::RFC3339_full, *read, absl::UTCTimeZone());
    const auto again = client::ReadDate(iso, client::DateOrder::kYearFirst, absl::UTCTimeZone());
    Check(again.has_value() && *again == *read, "what was read is read again");
  }
}

void FuzzMap(absl::string_view bytes) {
  const auto map = client::ParseMap(std::string(bytes), "fuzz.yaml");
  if (map.ok()) {
    map->Columns();
    return;
  }
  Check(Reason(map.status()) == "MAP_INVALID", "a bad map has its error");
}

// The maps that are shipped.
std::vector<std::string> MapSeeds() {
  std::vector<std::string> seeds;
  for (const char* name : {"accounts", "agents", "opportunities", "products"}) {
    std::ifstream file(std::string(COMITY_MAPS) + "/maven-" + name + ".yaml");
    Check(file.good(), "the shipped maps are there");
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

}  // namespace comity::fuzz
