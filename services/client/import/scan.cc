#include "services/client/import/scan.h"

#include <algorithm>
#include <set>

#include "absl/hash/hash.h"

namespace comity::client {
namespace {

using google::protobuf::Descriptor;

bool IsDate(const Descriptor& type, const std::string& path) {
  const auto* field = FieldAt(type, path);
  if (field == nullptr || field->message_type() == nullptr) return false;
  const std::string& name = field->message_type()->full_name();
  return name == "google.protobuf.Timestamp" || name == "google.type.Date";
}

bool BeginsRecord(fact::v1::FactKind kind) {
  return kind == fact::v1::FACT_KIND_CREATED || kind == fact::v1::FACT_KIND_OPENED ||
         kind == fact::v1::FACT_KIND_ENGAGED;
}

// Collects the date columns of a map.
class Collector {
 public:
  void Take(const Fields& fields, const Descriptor& type, const std::set<std::string>& beginnings) {
    for (const auto& [path, spec] : fields) {
      if (!IsDate(type, path) || spec.columns.size() != 1) continue;
      const std::string& column = spec.columns[0];
      if (spec.formats.empty() && spec.split.empty()) columns_.insert(column);
      if (!spec.not_before.empty()) rules_.emplace_back(column, spec.not_before);
      (beginnings.contains(path) ? begins_ : follows_).insert(column);
    }
  }
  DateColumns Result() {
    for (const std::string& late : follows_) {
      for (const std::string& early : begins_) {
        if (!begins_.contains(late)) rules_.emplace_back(late, early);
      }
    }
    std::sort(rules_.begin(), rules_.end());
    rules_.erase(std::unique(rules_.begin(), rules_.end()), rules_.end());
    DateColumns result{{columns_.begin(), columns_.end()}, {}};
    for (const auto& [late, early] : rules_) result.rules.push_back({late, early});
    return result;
  }

 private:
  std::set<std::string> columns_;
  std::set<std::string> begins_;
  std::set<std::string> follows_;
  std::vector<std::pair<std::string, std::string>> rules_;
};

}  // namespace

DateColumns DateColumnsOf(const ImportMap& map) {
  Collector collector;
  const std::set<std::string> beginnings = {"open_time", "capture_time"};
  if (map.collection.type() != nullptr) {
    collector.Take(map.fields, *map.collection.type(), beginnings);
    collector.Take(map.subject.make_fields, *map.collection.type(), beginnings);
  }
  for (const FactSpec& spec : map.facts) {
    const std::set<std::string> begins =
        BeginsRecord(spec.kind) ? std::set<std::string>{"occur_time"} : std::set<std::string>();
    collector.Take(spec.fields, *fact::v1::Fact::descriptor(), begins);
  }
  for (const JudgementSpec& spec : map.judgements) {
    collector.Take(spec.fields, *judgement::v1::Judgement::descriptor(), {});
  }
  return collector.Result();
}

uint64_t HashOfKey(const std::string& key) { return absl::HashOf(key); }

Scan ScanRows(const ImportMap& map, const Planner& planner, RowReader* reader) {
  Scan scan;
  const DateColumns dates = DateColumnsOf(map);
  ColumnDates orders(dates.columns, dates.rules, map.zone);
  absl::flat_hash_map<uint64_t, uint64_t> seen;  // identity → content
  Row row;
  while (true) {
    const absl::StatusOr<bool> more = reader->Next(&row);
    scan.end = more.status();
    if (!more.ok() || !*more) break;
    ++scan.rows;
    if (!row.broken.empty()) continue;
    std::map<std::string, std::string> cells;
    for (const std::string& column : dates.columns) {
      std::string text = planner.TextOf(row, column);
      if (!text.empty()) cells[column] = std::move(text);
    }
    if (!cells.empty()) orders.See(row.line, cells);
    const std::string key = map.identity.repeats ? "" : planner.KeyOf(row);
    if (key.empty()) continue;
    const uint64_t content = absl::HashOf(row.cells);
    const auto [entry, is_new] = seen.try_emplace(HashOfKey(key), content);
    if (is_new) continue;
    bool& differs = scan.repeated[entry->first];
    differs = differs || entry->second != content;
  }
  scan.dates = orders.Tell();
  return scan;
}

}  // namespace comity::client
