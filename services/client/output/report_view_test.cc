// What reports say of what is in dispute.
#include "services/client/output/report_view.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/output/case_flow_view.h"

namespace comity::client {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

template <typename Cell>
void SetDisputed(int count, int euros, Cell* cell) {
  cell->set_lens("departments/sales");
  cell->set_disputed_count(count);
  if (euros == 0) return;
  auto* money = cell->add_disputed_amounts();
  money->set_currency_code("EUR");
  money->set_units(euros);
}

template <typename Report>
Report ReportWith(int count, int euros) {
  Report report;
  auto* row = report.add_rows();
  row->add_keys("persons/ana");
  row->add_labels("Ana");
  SetDisputed(count, euros, row->add_cells());
  SetDisputed(count, euros, report.mutable_total()->add_cells());
  return report;
}

TEST(ReportView, ShowsWhatIsInDisputeWhereAnythingIs) {
  const auto win_rate = ReportWith<reporting::v1::WinRateReport>(2, 1500);
  EXPECT_THAT(WinRateText(win_rate, 0),
              AllOf(HasSubstr("IN DISPUTE"), ContainsRegex("Ana .* 2: 1,500.00 EUR\n"),
                    ContainsRegex("all .* 2: 1,500.00 EUR\n")));
  EXPECT_THAT(WinRateText(ReportWith<reporting::v1::WinRateReport>(0, 0), 0),
              Not(HasSubstr("IN DISPUTE")));
  EXPECT_THAT(PipelineText(ReportWith<reporting::v1::PipelineReport>(1, 0), 0),
              AllOf(ContainsRegex("all .* 1\n"), Not(HasSubstr("EUR"))))
      << "to who may not read opportunities";
}

TEST(ReportView, ShowsWhichRowsAreInDispute) {
  reporting::v1::ListReportRowsResponse rows;
  rows.add_rows()->set_opportunity("opportunities/1");
  EXPECT_THAT(RowsText(rows, 0), Not(HasSubstr("IN DISPUTE")));
  rows.mutable_rows(0)->add_open_disputes("disputes/7");
  EXPECT_THAT(RowsText(rows, 0),
              AllOf(HasSubstr("IN DISPUTE"), ContainsRegex("opportunities/1 .*disputes/7")));
  reporting::v1::ListCaseFlowCasesResponse cases;
  cases.add_cases()->set_case_("cases/1");
  EXPECT_THAT(CaseFlowCasesText(cases, 0), Not(HasSubstr("IN DISPUTE")));
  cases.mutable_cases(0)->add_open_disputes("disputes/7");
  EXPECT_THAT(CaseFlowCasesText(cases, 0), ContainsRegex("cases/1 .*disputes/7"));
  reporting::v1::CaseFlowReport report;
  report.mutable_total()->set_disputed_case_count(3);
  EXPECT_THAT(CaseFlowText(report, 0), AllOf(HasSubstr("IN DISPUTE"), ContainsRegex("all .* 3\n")));
}

}  // namespace
}  // namespace comity::client
