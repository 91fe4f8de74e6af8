#include "services/client/import/plan.h"

#include "absl/hash/hash.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/api/request_id.h"
#include "services/client/import/row_planner.h"
#include "services/client/output/text.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

constexpr size_t kMostKeyBytes = 120;  // of what stands in a fact's external id beside its kind

void AddKnown(const Conditions& conditions, Conditions* known) {
  for (const auto& [column, cells] : conditions) {
    (*known)[column].insert(cells.begin(), cells.end());
  }
}

void AddKnown(const WhenSpec& spec, Conditions* known) {
  AddKnown(spec.when, known);
  AddKnown(spec.unless, known);
  AddKnown(spec.before, known);
}

}  // namespace

std::string Problem::ToText() const {
  std::string text = absl::StrCat("line ", line);
  if (!column.empty()) absl::StrAppend(&text, ", ", column, " `", value, "`");
  return OneLine(absl::StrCat(text, ": ", reason, ": ", message));
}

std::string ShortId(const std::string& id, size_t most) {
  constexpr size_t kDigest = 37;  // a UUID and the mark before it
  if (id.size() <= most || most <= kDigest) return id;
  size_t kept = most - kDigest;
  while (kept > 0 && (static_cast<unsigned char>(id[kept]) & 0xC0) == 0x80) --kept;
  return absl::StrCat(id.substr(0, kept), "~", RequestIdFor(id));
}

std::string RowKey(const std::string& id) { return ShortId(id, kMostKeyBytes); }

absl::StatusOr<Planner> Planner::Make(const ImportMap* map,
                                      const std::vector<std::string>& header) {
  std::map<std::string, size_t> columns;
  for (size_t i = 0; i < header.size(); ++i) {
    if (!columns.emplace(header[i], i).second) {
      return InvalidField("COLUMN_TWICE", "header",
                          absl::StrCat("the column `", OneLine(header[i]), "` stands twice"));
    }
  }
  const std::set<std::string> read = map->Columns();
  std::vector<std::string> missing;
  for (const std::string& column : read) {
    if (!columns.contains(column)) missing.push_back(column);
  }
  if (!missing.empty()) {
    return InvalidField(
        "MAP_COLUMN_MISSING", "header",
        OneLine(absl::StrCat("the file has no column ", absl::StrJoin(missing, ", "), "; it has ",
                             absl::StrJoin(header, ", "))));
  }
  Planner planner(map, std::move(columns), header.size());
  planner.CollectKnown();
  for (const std::string& column : header) {
    if (read.contains(column)) planner.read_.push_back(planner.columns_.at(column));
    if (!read.contains(column) && !map->ignored.contains(column)) planner.unread_.push_back(column);
  }
  return planner;
}

void Planner::CollectKnown() {
  for (const FactSpec& spec : map_->facts) AddKnown(spec.when, &known_);
  for (const JudgementSpec& spec : map_->judgements) AddKnown(spec.when, &known_);
  for (const auto& [column, cells] : map_->known) {
    const auto known = known_.find(column);
    if (known != known_.end()) known->second.insert(cells.begin(), cells.end());
  }
}

std::string Planner::TextOf(const Row& row, const std::string& column) const {
  const std::string text = Trimmed(row.cells[columns_.at(column)]);
  return map_->blanks.contains(text) ? "" : text;
}

std::string Planner::KeyOf(const Row& row) const {
  const std::vector<std::string>& columns = map_->identity.columns;
  if (columns.empty()) return TextOf(row, map_->subject.column);
  if (columns.size() == 1) return TextOf(row, columns[0]);
  std::vector<std::string> parts;
  bool any = false;
  for (const std::string& column : columns) {
    parts.push_back(TextOf(row, column));
    any = any || !parts.back().empty();
  }
  return any ? absl::StrJoin(parts, "|") : "";
}

uint64_t Planner::HashOfRead(const Row& row) const {
  size_t hash = 0;
  for (const size_t place : read_) {
    const std::string text = Trimmed(row.cells[place]);
    hash = absl::HashOf(hash, map_->blanks.contains(text) ? "" : text);
  }
  return hash;
}

RowPlan Planner::Plan(const Row& row, const RowContext& context) const {
  return RowPlanner(*this, row, context).Run();
}

}  // namespace comity::client
