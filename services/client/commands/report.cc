// comity report win-rate|pipeline|case-flow.
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/commands/commands.h"
#include "services/client/output/case_flow_view.h"
#include "services/client/output/report_view.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using reporting::v1::ReportQuery;

constexpr char kService[] = "comity.reporting.v1.ReportService/";

struct ReportFlags {
  std::string metric;
  std::vector<std::string> by;
  std::vector<std::string> lenses;
  std::vector<std::string> filters;
  std::vector<std::string> keys;
  std::string occurred_before;
  int64_t as_of = 0;
  bool rows = false;
  std::string holder;  // case-flow
  std::string part;    // case-flow, with rows
};

absl::StatusOr<reporting::v1::Dimension> ParseDimension(absl::string_view text) {
  reporting::v1::DimensionFilter filter;
  const absl::Status status = SetField(&filter, "dimension", text);
  if (!status.ok()) return Usage(absl::StrCat("no dimension `", text, "`: ", status.message()));
  return filter.dimension();
}

// `persons/ana` for `ana` where a dimension's values are names.
std::string FullValue(reporting::v1::Dimension dimension, absl::string_view value) {
  if (value.empty() || absl::StrContains(value, '/')) return std::string(value);
  switch (dimension) {
    case reporting::v1::DIMENSION_OWNER:
    case reporting::v1::DIMENSION_MANAGER:
      return absl::StrCat("persons/", value);
    case reporting::v1::DIMENSION_TEAM:
      return absl::StrCat("teams/", value);
    default:
      return std::string(value);
  }
}

absl::Status AddFilter(const std::string& text, ReportQuery* query) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
  if (parts.size() != 2) return Usage(absl::StrCat("`", text, "` is not of the form owner=ana"));
  COMITY_ASSIGN_OR_RETURN(const auto dimension, ParseDimension(parts[0]));
  auto* filter = query->add_filters();
  filter->set_dimension(dimension);
  for (absl::string_view value : absl::StrSplit(parts[1], ',')) {
    filter->add_values(FullValue(dimension, value));
  }
  return absl::OkStatus();
}

absl::StatusOr<ReportQuery> MakeQuery(const ReportFlags& flags) {
  ReportQuery query;
  for (const std::string& by : flags.by) {
    COMITY_ASSIGN_OR_RETURN(const auto dimension, ParseDimension(by));
    query.add_group_by(dimension);
  }
  for (const std::string& lens : flags.lenses) {
    if (lens != "all") query.add_lenses(FullLens(lens));
  }
  for (const std::string& filter : flags.filters) {
    COMITY_RETURN_IF_ERROR(AddFilter(filter, &query));
  }
  query.set_as_of(flags.as_of);
  COMITY_RETURN_IF_ERROR(SetField(&query, "occurred_before", flags.occurred_before));
  return query;
}

// The keys of one group, e.g. `persons/ana` for `ana`.
std::vector<std::string> KeysOf(const ReportFlags& flags, const ReportQuery& query) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < flags.keys.size(); ++i) {
    const auto dimension = i < static_cast<size_t>(query.group_by_size())
                               ? query.group_by(static_cast<int>(i))
                               : reporting::v1::DIMENSION_UNSPECIFIED;
    keys.push_back(FullValue(static_cast<reporting::v1::Dimension>(dimension), flags.keys[i]));
  }
  return keys;
}

// All pages of a drill-down as one.
template <typename Response, typename Request>
absl::StatusOr<Response> AskAll(Context& context, const char* method, Request request) {
  Response whole;
  request.set_page_size(500);
  do {
    COMITY_ASSIGN_OR_RETURN(
        Response page,
        context.caller().Ask<Response>(context.as(), absl::StrCat(kService, method), request));
    request.set_page_token(page.next_page_token());
    *whole.mutable_basis() = page.basis();
    page.clear_basis();
    whole.MergeFrom(page);
  } while (!request.page_token().empty());
  whole.clear_next_page_token();
  return whole;
}

absl::Status RunRows(Context& context, const ReportFlags& flags, const ReportQuery& query) {
  if (query.lenses_size() != 1) return Usage("--rows needs one --lens, e.g. --lens sales");
  COMITY_RETURN_IF_ERROR(context.Connect());
  reporting::v1::ListReportRowsRequest request;
  *request.mutable_query() = query;
  request.set_metric(absl::StrCat("metrics/", flags.metric));
  for (const std::string& key : KeysOf(flags, query)) request.add_keys(key);
  COMITY_ASSIGN_OR_RETURN(const auto whole, AskAll<reporting::v1::ListReportRowsResponse>(
                                                context, "ListReportRows", request));
  if (context.for_machines()) return context.PrintMessage(whole);
  return context.Print(RowsText(whole, TerminalWidth()));
}

absl::Status RunCaseFlowRows(Context& context, const ReportFlags& flags,
                             const reporting::v1::GetCaseFlowRequest& report) {
  reporting::v1::ListCaseFlowCasesRequest request;
  *request.mutable_query() = report.query();
  request.set_holder(report.holder());
  for (const std::string& key : KeysOf(flags, report.query())) request.add_keys(key);
  COMITY_RETURN_IF_ERROR(SetField(&request, "part", flags.part));
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const auto whole, AskAll<reporting::v1::ListCaseFlowCasesResponse>(
                                                context, "ListCaseFlowCases", request));
  if (context.for_machines()) return context.PrintMessage(whole);
  return context.Print(CaseFlowCasesText(whole, TerminalWidth()));
}

absl::Status RunCaseFlow(Context& context, const ReportFlags& flags) {
  reporting::v1::GetCaseFlowRequest request;
  COMITY_ASSIGN_OR_RETURN(*request.mutable_query(), MakeQuery(flags));
  COMITY_RETURN_IF_ERROR(SetField(&request, "holder", flags.holder));
  if (flags.rows) return RunCaseFlowRows(context, flags, request);
  return context.Run<reporting::v1::CaseFlowReport>(
      absl::StrCat(kService, "GetCaseFlow"), request,
      [](const auto& report) { return CaseFlowText(report, TerminalWidth()); });
}

absl::Status RunReport(Context& context, const ReportFlags& flags) {
  COMITY_ASSIGN_OR_RETURN(const ReportQuery query, MakeQuery(flags));
  if (flags.rows) return RunRows(context, flags, query);
  if (flags.metric == "win-rate") {
    reporting::v1::GetWinRateRequest request;
    *request.mutable_query() = query;
    return context.Run<reporting::v1::WinRateReport>(
        absl::StrCat(kService, "GetWinRate"), request,
        [](const auto& report) { return WinRateText(report, TerminalWidth()); });
  }
  reporting::v1::GetPipelineRequest request;
  *request.mutable_query() = query;
  return context.Run<reporting::v1::PipelineReport>(
      absl::StrCat(kService, "GetPipeline"), request,
      [](const auto& report) { return PipelineText(report, TerminalWidth()); });
}

// What every report takes.
CLI::App* AddQuery(CLI::App* parent, const std::string& name, const std::string& description,
                   const std::string& groups, const std::string& filters, ReportFlags* flags) {
  CLI::App* report = parent->add_subcommand(name, description);
  report->add_option("--by", flags->by, "Groups: " + groups)->delimiter(',');
  report->add_option("--filter", flags->filters, filters + "; all must hold")
      ->allow_extra_args(false);
  report->add_option("--as-of", flags->as_of,
                     "What the record held: the as-of of an earlier report");
  report->add_option("--occurred-before", flags->occurred_before,
                     "What had happened before, e.g. 2026-01-01");
  report->add_option("--keys", flags->keys, "With --rows: only this group, e.g. ana")
      ->delimiter(',');
  return report;
}

void AddCaseFlow(CLI::App* parent, Context* context) {
  const auto flags = std::make_shared<ReportFlags>();
  CLI::App* report =
      AddQuery(parent, "case-flow", "Handovers of cases, returns (A-B-A) and durations",
               "team, owner, office, manager, product, account, sector, month, source",
               "e.g. team=second-line or source=helpdesk", flags.get());
  report->add_option("--holder", flags->holder, "Who hands over: team (default) or owner");
  report->add_flag("--rows", flags->rows, "The cases behind the numbers");
  report->add_option("--part", flags->part, "With --rows: only handed-over or returned");
  report->footer(
      "Examples:\n"
      "  comity report case-flow --by team\n"
      "  comity report case-flow --holder owner --by month --filter source=helpdesk\n"
      "  comity report case-flow --rows --part returned");
  report->callback([=] { context->action = [=] { return RunCaseFlow(*context, *flags); }; });
}

void AddReport(CLI::App* parent, Context* context, const std::string& metric,
               const std::string& description, const std::string& examples) {
  const auto flags = std::make_shared<ReportFlags>();
  flags->metric = metric;
  CLI::App* report =
      AddQuery(parent, metric, description,
               "stage, owner, team, office, product, sector, month, account, manager",
               "e.g. owner=ana or outcome=won,lost", flags.get());
  report
      ->add_option("--lens", flags->lenses,
                   "Whose view, side by side: departments, settled, or all (default)")
      ->delimiter(',');
  report->add_flag("--rows", flags->rows, "The opportunities behind the numbers of one lens");
  report->footer("Examples:\n" + examples);
  report->callback([=] { context->action = [=] { return RunReport(*context, *flags); }; });
}

}  // namespace

void AddReportCommands(CLI::App* app, Context* context) {
  CLI::App* report = app->add_subcommand("report", "Reports over the whole record, for each lens");
  report->require_subcommand(1);
  AddReport(report, context, "win-rate", "Won, lost, win rate and values",
            "  comity report win-rate --by owner --lens all\n"
            "  comity report win-rate --by month --lens sales,management\n"
            "  comity report win-rate --by owner --lens sales --rows --keys ana");
  AddReport(report, context, "pipeline", "What is open, by count and amount",
            "  comity report pipeline --by stage\n"
            "  comity report pipeline --by owner --lens sales --filter office=Central");
  AddCaseFlow(report, context);
}

}  // namespace comity::client
