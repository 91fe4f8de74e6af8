#include "services/client/import/report_text.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "services/client/output/format.h"
#include "services/client/output/table.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

// What rows say alike, by its first row.
struct Group {
  const Problem* first;
  int64_t rows = 0;
};

std::vector<Group> Grouped(const std::vector<Problem>& problems) {
  std::vector<Group> groups;
  std::map<std::string, size_t> places;
  for (const Problem& problem : problems) {
    const std::string key =
        absl::StrCat(problem.column, "\n", problem.reason, "\n", problem.message);
    const auto [place, is_new] = places.try_emplace(key, groups.size());
    if (is_new) groups.push_back({&problem});
    ++groups[place->second].rows;
  }
  return groups;
}

std::string KeptText(int64_t kept) {
  if (kept == 0) return "";
  return absl::StrCat("; ", Counted(kept, "value stays", "values stay"), " as people made ",
                      kept == 1 ? "it" : "them", " since (--report names ",
                      kept == 1 ? "it" : "them", ")");
}

std::string WhyNotWhole(const Tally& tally) {
  std::vector<std::string> parts;
  if (tally.refused > 0) {
    parts.push_back(Counted(tally.refused, "row is refused", "rows are refused"));
  }
  if (tally.conflicting > 0) {
    parts.push_back(absl::StrCat(Counted(tally.conflicting, "row contradicts", "rows contradict"),
                                 " the record"));
  }
  return absl::StrJoin(parts, " and ");
}

}  // namespace

std::string Counted(int64_t count, const std::string& one, const std::string& many) {
  return absl::StrCat(FormatCount(count), " ", count == 1 ? one : many);
}

std::string SpanText(absl::Duration span) {
  constexpr double kFew = 10;  // of which one wants to know tenths
  constexpr double kLeast = 0.1;
  const double exact = absl::ToDoubleSeconds(span);
  const int64_t seconds = absl::ToInt64Seconds(span);
  if (exact < kLeast) return "under 0.1 s";
  if (exact < kFew) return absl::StrFormat("%.1f s", exact);
  if (seconds < 60) return absl::StrCat(seconds, " s");
  if (seconds < 3600) return absl::StrCat(seconds / 60, " min ", seconds % 60, " s");
  return absl::StrCat(seconds / 3600, " h ", seconds / 60 % 60, " min");
}

int64_t RowsPerSecond(const Tally& tally, absl::Duration took) {
  constexpr double kLeast = 0.001;
  const double seconds = std::max(absl::ToDoubleSeconds(took), kLeast);
  return static_cast<int64_t>(static_cast<double>(tally.total()) / seconds);
}

std::string SummaryText(const ImportReport& report, bool dry_run, absl::Duration took) {
  const Tally& tally = report.tally;
  return absl::StrCat(
      dry_run ? "dry run, nothing is stored: " : "", "taken ", FormatCount(tally.taken),
      ", unchanged ", FormatCount(tally.unchanged), ", refused ", FormatCount(tally.refused),
      ", conflicting ", FormatCount(tally.conflicting),
      report.not_reached == 0 ? ""
                              : absl::StrCat(", not reached ", FormatCount(report.not_reached)),
      report.is_cut ? "; later rows cannot be read and are in no count" : "", KeptText(tally.kept),
      "; ", Counted(tally.total(), "row", "rows"), " in ", SpanText(took), " (",
      Counted(RowsPerSecond(tally, took), "row/s", "rows/s"), ")\n");
}

std::vector<std::string> ProblemLines(const std::vector<Problem>& problems, size_t most) {
  std::vector<std::string> lines;
  int64_t left = static_cast<int64_t>(problems.size());
  for (const Group& group : Grouped(problems)) {
    if (lines.size() == most) break;
    const std::string others =
        group.rows == 1
            ? ""
            : absl::StrCat(" (and ", Counted(group.rows - 1, "more like it", "more like it"), ")");
    lines.push_back(absl::StrCat(group.first->ToText(), others));
    left -= group.rows;
  }
  const bool is_all = problems.size() < Ledger::kMostProblems;  // else some were not kept
  if (left > 0 || !is_all) {
    lines.push_back(absl::StrCat("… and ", is_all ? "" : "at least ", FormatCount(left), " more"));
  }
  return lines;
}

std::string ChangesText(const ImportReport& report, size_t most, int width) {
  if (report.changes.empty()) return "";
  Table table({{"line", /*right=*/true}, {"record"}, {"field"}, {"before"}, {"after"}});
  const size_t shown = std::min(most, report.changes.size());
  for (size_t i = 0; i < shown; ++i) {
    const RecordChange& change = report.changes[i];
    table.AddRow({absl::StrCat(change.line), change.record, change.field,
                  change.before.empty() ? "-" : change.before, change.after});
  }
  const int64_t more = report.change_count - static_cast<int64_t>(shown);
  return absl::StrCat(table.Render(width),
                      more == 0
                          ? ""
                          : absl::StrCat("… and ", Counted(more, "more change", "more changes"),
                                         ": --report FILE names all\n"));
}

absl::Status Verdict(const ImportReport& report, bool dry_run) {
  if (!report.stopped.ok()) return report.stopped;
  const Tally& tally = report.tally;
  const int64_t rows = tally.refused + tally.conflicting;
  if (rows == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   tally.refused > 0 ? "ROWS_REFUSED" : "ROWS_CONFLICTING",
                   absl::StrCat(WhyNotWhole(tally), ": mend ", rows == 1 ? "it" : "them",
                                " and import the file again",
                                dry_run ? "" : "; what was taken stays and counts as unchanged"));
}

}  // namespace comity::client
