// Files that people import: CSV and the map that says what its columns are.
#include <fstream>
#include <iterator>
#include <sstream>

#include "services/client/import/csv_reader.h"
#include "services/client/import/map.h"
#include "services/runtime/status/errors.h"
#include "tests/fuzz/targets.h"

namespace comity::fuzz {
namespace {

bool IsRefusal(const absl::Status& status) {
  return Reason(status) == "CSV_INVALID" || Reason(status) == "ROW_TOO_LONG";
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
