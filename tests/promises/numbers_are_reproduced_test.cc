// Promise 4: every number can be reproduced and explained.
#include <set>
#include <string>

#include "comity/reporting/v1/report_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "tests/integration/records.h"

namespace comity::integration {
namespace {

using ReportStub = reporting::v1::ReportService::Stub;

reporting::v1::ReportQuery QueryOf(const std::string& account, const std::string& lens,
                                   int64_t as_of) {
  reporting::v1::ReportQuery query;
  query.add_lenses(lens);
  auto* filter = query.add_filters();
  filter->set_dimension(reporting::v1::DIMENSION_ACCOUNT);
  filter->add_values(account);
  query.set_as_of(as_of);
  return query;
}

reporting::v1::WinRateReport WinRate(const std::string& account, const std::string& lens,
                                     int64_t as_of = 0) {
  reporting::v1::GetWinRateRequest request;
  *request.mutable_query() = QueryOf(account, lens, as_of);
  const auto report = Suite::Get().Call(&ReportStub::GetWinRate, "reporting", "ana@sales", request);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : reporting::v1::WinRateReport();
}

std::set<std::string> RowsBehind(const std::string& account, const std::string& lens, int64_t as_of,
                                 const std::string& outcome) {
  reporting::v1::ListReportRowsRequest request;
  *request.mutable_query() = QueryOf(account, lens, as_of);
  auto* filter = request.mutable_query()->add_filters();
  filter->set_dimension(reporting::v1::DIMENSION_OUTCOME);
  filter->add_values(outcome);
  request.set_metric("metrics/win-rate");
  const auto rows =
      Suite::Get().Call(&ReportStub::ListReportRows, "reporting", "ana@sales", request);
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::set<std::string> names;
  if (!rows.ok()) return names;
  for (const auto& row : rows->rows()) names.insert(row.opportunity());
  return names;
}

// One signed, two judged lost by sales, one undecided.
struct Case {
  std::string account = CreateAccount("ana@sales");
  std::string won = CreateOpportunity("ana@sales", account);
  std::set<std::string> lost = {CreateOpportunity("ana@sales", account),
                                CreateOpportunity("ana@sales", account)};
  std::string open = CreateOpportunity("ana@sales", account);

  Case() {
    EXPECT_TRUE(RecordFact("ana@sales", won, fact::v1::FACT_KIND_SIGNED).ok());
    for (const std::string& each : lost) {
      EXPECT_TRUE(Judge("ana@sales", each, "opportunity-outcome", "lost").ok());
    }
    EXPECT_TRUE(Eventually([&] {
      const reporting::v1::WinRateRow total = WinRate(account, "departments/sales").total();
      return total.cells_size() == 1 && total.cells(0).lost_count() == 2 &&
             total.cells(0).won_count() == 1 && total.cells(0).undecided_count() == 1;
    }));
  }
};

TEST(NumbersAreReproduced, TheSamePositionGivesTheSameNumbers) {
  const Case made;
  const auto before = WinRate(made.account, "departments/sales");
  EXPECT_TRUE(before.basis().provisional());
  EXPECT_FALSE(before.basis().definition().empty());
  ASSERT_TRUE(Judge("ana@sales", made.open, "opportunity-outcome", "lost").ok());
  EXPECT_TRUE(Eventually([&] {
    return WinRate(made.account, "departments/sales").total().cells(0).lost_count() == 3;
  }));
  const auto again = WinRate(made.account, "departments/sales", before.basis().as_of());
  EXPECT_EQ(again.total().SerializeAsString(), before.total().SerializeAsString());
  EXPECT_EQ(again.basis().as_of(), before.basis().as_of());
}

TEST(NumbersAreReproduced, EachNumberDrillsDownToItsRows) {
  const Case made;
  const int64_t as_of = WinRate(made.account, "departments/sales").basis().as_of();
  EXPECT_EQ(RowsBehind(made.account, "departments/sales", as_of, "lost"), made.lost);
  EXPECT_EQ(RowsBehind(made.account, "departments/sales", as_of, "won"),
            std::set<std::string>{made.won});
}

}  // namespace
}  // namespace comity::integration
