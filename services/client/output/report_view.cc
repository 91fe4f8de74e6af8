#include "services/client/output/report_view.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "services/client/output/bar.h"
#include "services/client/output/format.h"
#include "services/client/output/table.h"

namespace comity::client {
namespace {

constexpr int kBarWidth = 10;

template <typename Amounts>
std::string Money(const Amounts& amounts, int i) {
  return i < amounts.size() ? FormatMoney(amounts[i]) : "";
}

template <typename Row>
std::string Group(const Row& row, bool first_cell, absl::string_view fallback) {
  if (!first_cell) return "";
  return row.keys().empty() ? std::string(fallback) : GroupName(row.keys(), row.labels());
}

// `2: 1,000.00 EUR`.
template <typename Cells>
std::string DisputedText(const Cells& cell) {
  if (cell.disputed_count() == 0) return "";
  std::vector<std::string> amounts;
  for (const auto& amount : cell.disputed_amounts()) amounts.push_back(FormatMoney(amount));
  return absl::StrCat(FormatCount(cell.disputed_count()), amounts.empty() ? "" : ": ",
                      absl::StrJoin(amounts, " + "));
}

// What is in dispute has a column where anything is.
template <typename Report>
void AddDisputedColumn(const Report& report, std::vector<Column>* columns) {
  const auto& cells = report.total().cells();
  const bool is_any = std::any_of(cells.begin(), cells.end(),
                                  [](const auto& cell) { return cell.disputed_count() > 0; });
  if (is_any) columns->push_back({"IN DISPUTE", true});
}

void AddWinRateRow(const reporting::v1::WinRateRow& row, absl::string_view name, Table* table) {
  for (int i = 0; i < row.cells_size(); ++i) {
    const auto& cell = row.cells(i);
    table->AddRow({Group(row, i == 0, name), ShortName(cell.lens()), FormatCount(cell.won_count()),
                   FormatCount(cell.lost_count()), FormatCount(cell.undecided_count()),
                   cell.has_win_rate() ? FormatPercent(cell.win_rate()) : "",
                   cell.has_win_rate() ? Bar(cell.win_rate(), kBarWidth) : "",
                   cell.has_loss_ratio() ? absl::StrFormat("%.3f", cell.loss_ratio()) : "",
                   Money(cell.won_amounts(), 0), Money(cell.lost_amounts(), 0),
                   DisputedText(cell)});
    // Each further currency has a line of its own.
    for (int k = 1; k < std::max(cell.won_amounts_size(), cell.lost_amounts_size()); ++k) {
      table->AddRow({"", "", "", "", "", "", "", "", Money(cell.won_amounts(), k),
                     Money(cell.lost_amounts(), k)});
    }
  }
}

int64_t LargestCount(const reporting::v1::PipelineReport& report) {
  int64_t largest = 1;
  for (const auto& row : report.rows()) {
    for (const auto& cell : row.cells()) largest = std::max<int64_t>(largest, cell.count());
  }
  return largest;
}

void AddPipelineRow(const reporting::v1::PipelineRow& row, absl::string_view name, int64_t largest,
                    Table* table) {
  for (int i = 0; i < row.cells_size(); ++i) {
    const auto& cell = row.cells(i);
    const double share = static_cast<double>(cell.count()) / static_cast<double>(largest);
    table->AddRow({Group(row, i == 0, name), ShortName(cell.lens()), FormatCount(cell.count()),
                   largest > 0 ? Bar(share, kBarWidth) : "", Money(cell.amounts(), 0),
                   DisputedText(cell)});
    for (int k = 1; k < cell.amounts_size(); ++k) {
      table->AddRow({"", "", "", "", Money(cell.amounts(), k)});
    }
  }
}

// A source that is this much behind the freshest is named.
constexpr int64_t kWorthNaming = 60;  // seconds

// Up to when nothing is missing, and whose journal it is that goes no further.
std::string FreshText(const reporting::v1::ReportBasis& basis) {
  std::vector<std::string> unread;
  std::vector<std::string> last;
  int64_t newest = 0;
  for (const auto& source : basis.sources()) {
    if (!source.has_complete_time()) unread.push_back(source.service());
    newest = std::max<int64_t>(newest, source.complete_time().seconds());
  }
  if (!unread.empty()) {
    return absl::StrCat(", not known how fresh: nothing was read yet of ",
                        absl::StrJoin(unread, ", "));
  }
  if (!basis.has_fresh_time()) return "";
  for (const auto& source : basis.sources()) {
    if (source.complete_time().seconds() + kWorthNaming < newest) last.push_back(source.service());
  }
  return absl::StrCat(
      ", fresh to ", FormatTime(basis.fresh_time()), " UTC",
      last.empty() ? "" : absl::StrCat(" (", absl::StrJoin(last, ", "), "; others later)"));
}

}  // namespace

std::string GroupName(const google::protobuf::RepeatedPtrField<std::string>& keys,
                      const google::protobuf::RepeatedPtrField<std::string>& labels) {
  std::vector<std::string> names;
  for (int i = 0; i < keys.size(); ++i) {
    const bool labelled = i < labels.size() && !labels[i].empty();
    const std::string& name = labelled ? labels[i] : keys[i];
    names.push_back(name.empty() ? "(none)" : name);
  }
  return absl::StrJoin(names, " / ");
}

std::string BasisText(const reporting::v1::ReportBasis& basis) {
  std::vector<std::string> sources;
  for (const auto& source : basis.sources()) {
    sources.push_back(absl::StrCat(source.service(), " ", FormatCount(source.position())));
  }
  std::string text;
  if (!basis.definition().empty()) {
    absl::StrAppend(&text, basis.metric(), ", charter revision ", basis.charter_revision(),
                    basis.provisional() ? ", provisional: " : ", ", basis.agreement(), ". ",
                    basis.definition(), "\n");
  }
  absl::StrAppend(&text, "as of ", basis.as_of());
  if (!sources.empty()) absl::StrAppend(&text, " (", absl::StrJoin(sources, ", "), ")");
  return absl::StrCat(text, FreshText(basis), "\n");
}

std::string WinRateText(const reporting::v1::WinRateReport& report, int width) {
  std::vector<Column> columns = {
      {"GROUP"},          {"LENS"}, {"WON", true},      {"LOST", true},      {"UNDECIDED", true},
      {"WIN RATE", true}, {""},     {"LOST/WON", true}, {"VALUE WON", true}, {"VALUE LOST", true}};
  AddDisputedColumn(report, &columns);
  Table table(std::move(columns));
  for (const auto& row : report.rows()) {
    // A report without groups has its one row as the total as well.
    if (!row.keys().empty()) AddWinRateRow(row, "", &table);
  }
  AddWinRateRow(report.total(), "all", &table);
  return absl::StrCat(table.Render(width), "\n", BasisText(report.basis()));
}

std::string PipelineText(const reporting::v1::PipelineReport& report, int width) {
  std::vector<Column> columns = {{"GROUP"}, {"LENS"}, {"COUNT", true}, {""}, {"AMOUNT", true}};
  AddDisputedColumn(report, &columns);
  Table table(std::move(columns));
  for (const auto& row : report.rows()) {
    if (!row.keys().empty()) AddPipelineRow(row, "", LargestCount(report), &table);
  }
  AddPipelineRow(report.total(), "all", 0, &table);
  return absl::StrCat(table.Render(width), "\n", BasisText(report.basis()));
}

std::string RowsText(const reporting::v1::ListReportRowsResponse& response, int width) {
  std::vector<Column> columns = {{"OPPORTUNITY", false, true},
                                 {"EXTERNAL ID"},
                                 {"OWNER"},
                                 {"AMOUNT", true},
                                 {"OUTCOME"},
                                 {"STAGE"},
                                 {"SINCE"}};
  if (IsAnyDisputed(response.rows())) columns.push_back({"IN DISPUTE"});
  Table table(std::move(columns));
  for (const auto& row : response.rows()) {
    table.AddRow({row.opportunity(), row.external_id(), row.owner(), Cell(row, "amount"),
                  row.outcome(), row.stage(), Cell(row, "outcome_time"),
                  Cell(row, "open_disputes")});
  }
  return absl::StrCat(table.Render(width), FormatCount(response.rows_size()),
                      response.rows_size() == 1 ? " row\n\n" : " rows\n\n",
                      BasisText(response.basis()));
}

}  // namespace comity::client
