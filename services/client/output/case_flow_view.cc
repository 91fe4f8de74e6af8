#include "services/client/output/case_flow_view.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "services/client/output/bar.h"
#include "services/client/output/format.h"
#include "services/client/output/report_view.h"
#include "services/client/output/table.h"

namespace comity::client {
namespace {

constexpr int kBarWidth = 16;
constexpr int kShownPaths = 10;

std::string Mean(const reporting::v1::DurationSummary& summary) {
  return summary.has_mean() ? FormatDuration(summary.mean()) : "";
}

void AddRow(const reporting::v1::CaseFlowRow& row, const std::string& name, Table* table) {
  const double share = row.case_count() == 0 ? 0
                                             : static_cast<double>(row.returned_case_count()) /
                                                   static_cast<double>(row.case_count());
  table->AddRow({name, FormatCount(row.case_count()), FormatCount(row.handed_over_case_count()),
                 FormatCount(row.handover_count()), FormatCount(row.returned_case_count()),
                 FormatCount(row.return_count()), FormatPercent(share), Bar(share, kBarWidth),
                 Mean(row.duration()), Mean(row.duration_with_return()),
                 Mean(row.duration_without_return()),
                 row.disputed_case_count() > 0 ? FormatCount(row.disputed_case_count()) : ""});
}

std::string PathsText(const reporting::v1::CaseFlowReport& report, int width) {
  if (report.paths().empty()) return "";
  Table table({{"FROM"}, {"TO"}, {"HANDOVERS", true}, {""}, {"BACK AT ONCE", true}});
  const int shown = std::min(report.paths_size(), kShownPaths);
  const auto most = static_cast<double>(report.paths(0).handover_count());
  for (int i = 0; i < shown; ++i) {
    const auto& path = report.paths(i);
    table.AddRow({path.from_label(), path.to_label(), FormatCount(path.handover_count()),
                  Bar(static_cast<double>(path.handover_count()) / most, kBarWidth),
                  FormatCount(path.return_count())});
  }
  const int64_t more = report.more_path_count() + report.paths_size() - shown;
  return absl::StrCat("\n", table.Render(width),
                      more > 0 ? absl::StrCat("and ", FormatCount(more), " more ways\n") : "");
}

}  // namespace

std::string FormatDuration(const google::protobuf::Duration& duration) {
  constexpr double kMinute = 60;
  constexpr double kHour = 60 * kMinute;
  constexpr double kDay = 24 * kHour;
  const double seconds = static_cast<double>(duration.seconds()) + duration.nanos() / 1e9;
  if (seconds >= kDay) return absl::StrFormat("%.1f d", seconds / kDay);
  if (seconds >= kHour) return absl::StrFormat("%.1f h", seconds / kHour);
  if (seconds >= kMinute) return absl::StrFormat("%.0f min", seconds / kMinute);
  return absl::StrFormat("%.0f s", seconds);
}

std::string CaseFlowText(const reporting::v1::CaseFlowReport& report, int width) {
  std::vector<Column> columns = {
      {"GROUP"},           {"CASES", true},   {"HANDED OVER", true}, {"HANDOVERS", true},
      {"CAME BACK", true}, {"RETURNS", true}, {"BACK", true},        {""},
      {"MEAN", true},      {"IF BACK", true}, {"IF NOT", true}};
  if (report.total().disputed_case_count() > 0) columns.push_back({"IN DISPUTE", true});
  Table table(std::move(columns));
  for (const auto& row : report.rows()) AddRow(row, GroupName(row.keys(), row.labels()), &table);
  AddRow(report.total(), "all", &table);
  return absl::StrCat(table.Render(width), PathsText(report, width), "\n",
                      BasisText(report.basis()));
}

std::string CaseFlowCasesText(const reporting::v1::ListCaseFlowCasesResponse& response, int width) {
  std::vector<Column> columns = {
      {"CASE", false, true}, {"ID"},     {"OPENED"}, {"TOOK", true}, {"HANDOVERS", true},
      {"RETURNS", true},     {"HOLDERS"}};
  if (IsAnyDisputed(response.cases())) columns.push_back({"IN DISPUTE"});
  Table table(std::move(columns));
  for (const auto& row : response.cases()) {
    const auto short_name = [](std::string* out, const std::string& name) {
      absl::StrAppend(out, ShortName(name));
    };
    table.AddRow({row.case_(), row.external_id(), FormatTime(row.open_time()),
                  FormatDuration(row.duration()), FormatCount(row.handover_count()),
                  FormatCount(row.return_count()), absl::StrJoin(row.holders(), " > ", short_name),
                  Cell(row, "open_disputes")});
  }
  return absl::StrCat(table.Render(width), "\n", BasisText(response.basis()));
}

}  // namespace comity::client
