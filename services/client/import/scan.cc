#include "services/client/import/scan.h"

#include <set>
#include <vector>

#include "absl/hash/hash.h"
#include "services/client/import/date_source.h"
#include "services/client/import/identities.h"
#include "services/client/import/row_planner.h"

namespace comity::client {
namespace {

// Every text that is to be read as a date, by the name of its source.
ColumnDates::Cells DatesOf(const std::vector<DateSource>& sources, const Planner& planner,
                           const Row& row) {
  ColumnDates::Cells cells;
  const RowContext alone;
  RowPlanner reader(planner, row, alone);
  for (const DateSource& source : sources) {
    std::set<std::string> texts = reader.TextsOf(source);
    if (!texts.empty()) cells[source.name].merge(texts);
  }
  return cells;
}

}  // namespace

uint64_t HashOfKey(const std::string& key) { return absl::HashOf(key); }

Scan ScanRows(const ImportMap& map, const Planner& planner, RowReader* reader) {
  Scan scan;
  const DateColumns dates = DateColumnsOf(map);
  ColumnDates orders(dates.names, dates.rules, map.zone);
  Identities identities;
  Row row;
  while (true) {
    const absl::StatusOr<bool> more = reader->Next(&row);
    scan.end = more.status();
    if (!more.ok() || !*more) break;
    ++scan.rows;
    if (!row.broken.empty()) continue;
    if (!dates.sources.empty()) orders.See(row.line, DatesOf(dates.sources, planner, row));
    const std::string key = planner.KeyOf(row);
    if (key.empty()) continue;
    const bool repeats = map.identity.repeats;
    identities.Add(HashOfKey(key), repeats ? planner.HashOfRead(row) : absl::HashOf(row.cells));
  }
  scan.repeated = identities.TakeRepeated();
  // Equal rows that may repeat are no exception.
  if (map.identity.repeats) {
    absl::erase_if(scan.repeated, [](const auto& identity) { return !identity.second; });
  }
  scan.dates = orders.Tell();
  return scan;
}

}  // namespace comity::client
