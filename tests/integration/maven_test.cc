// The Maven sales pipeline, imported by the client into a suite of real processes: numbers,
// repetition, and a department that judges 500 opportunities lost.
#include <fstream>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "comity/judgement/v1/judgement_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "comity/reporting/v1/report_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/import/csv_reader.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using reporting::v1::Dimension;
using reporting::v1::WinRateCell;
using ReportStub = reporting::v1::ReportService::Stub;
using OpportunityStub = lead::v1::OpportunityService::Stub;

constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";
constexpr int kJudgedLost = 500;

std::string Source() { return Environment("COMITY_SOURCE_DIR", "."); }

std::string Folder() {
  return absl::StrCat(Environment("COMITY_SHARED", Source() + "/../shared"), "/data/maven_crm/");
}

std::string Import(const std::string& file, const std::string& kind, const std::string& map,
                   const std::string& as) {
  return Comity(absl::StrCat("import ", Folder(), file, " --kind ", kind, " --map ", Source(),
                             "/services/client/maps/", map, " --as ", as));
}

using RowOfCells = std::map<std::string, std::string>;  // by column

std::vector<RowOfCells> ReadCsv(const std::string& file) {
  std::ifstream input(Folder() + file);
  auto reader = client::CsvReader::Make(&input, ',');
  EXPECT_TRUE(reader.ok()) << reader.status();
  std::vector<RowOfCells> rows;
  client::Row row;
  while (*(*reader)->Next(&row)) {
    RowOfCells& cells = rows.emplace_back();
    for (size_t i = 0; i < (*reader)->header().size(); ++i) {
      cells[(*reader)->header()[i]] = row.cells[i];
    }
  }
  return rows;
}

reporting::v1::Freshness Freshness() {
  auto freshness =
      Suite::Get().Call<ReportStub, reporting::v1::GetFreshnessRequest, reporting::v1::Freshness>(
          &ReportStub::GetFreshness, "reporting", "ana@sales", {});
  EXPECT_TRUE(freshness.ok()) << freshness.status();
  return *freshness;
}

int64_t JournalSize(const std::string& service) {
  using Stub = journal::v1::JournalService::Stub;
  auto page =
      Suite::Get().Call<Stub, journal::v1::ReadJournalRequest, journal::v1::ReadJournalResponse>(
          &Stub::ReadJournal, service, "ana@sales", {});
  EXPECT_TRUE(page.ok()) << page.status();
  return page->size();
}

// Waits until reporting has taken in what the lead, account and gateway journals hold.
void WaitUntilFresh() {
  std::map<std::string, int64_t> wanted;
  for (const char* service : {"lead", "account", "gateway"}) wanted[service] = JournalSize(service);
  ASSERT_TRUE(Eventually([&] {
    const reporting::v1::Freshness freshness = Freshness();
    for (const auto& source : freshness.basis().sources()) {
      const auto found = wanted.find(source.service());
      if (found != wanted.end() && source.position() >= found->second) wanted.erase(found);
    }
    return wanted.empty();
  }));
}

reporting::v1::WinRateReport WinRate(const std::vector<Dimension>& by,
                                     const std::vector<std::string>& lenses = {kSales}) {
  reporting::v1::GetWinRateRequest request;
  for (const Dimension dimension : by) request.mutable_query()->add_group_by(dimension);
  for (const std::string& lens : lenses) request.mutable_query()->add_lenses(lens);
  auto report =
      Suite::Get().Call<ReportStub, reporting::v1::GetWinRateRequest, reporting::v1::WinRateReport>(
          &ReportStub::GetWinRate, "reporting", "ana@sales", request);
  EXPECT_TRUE(report.ok()) << report.status();
  return *report;
}

// Won value by key, of the sales lens; keys as a person reads them.
std::map<std::string, int64_t> WonValue(Dimension by) {
  std::map<std::string, int64_t> values;
  const reporting::v1::WinRateReport report = WinRate({by});
  for (const auto& row : report.rows()) {
    const std::string key =
        row.labels_size() > 0 && !row.labels(0).empty() ? row.labels(0) : row.keys(0);
    for (const auto& money : row.cells(0).won_amounts()) {
      EXPECT_EQ(money.currency_code(), "USD");
      EXPECT_EQ(money.nanos(), 0);
      values[key] += money.units();
    }
  }
  return values;
}

// The same from the file, by hand.
template <typename KeyOf>
std::map<std::string, int64_t> WonValueInFile(KeyOf key_of) {
  std::map<std::string, int64_t> values;
  for (const RowOfCells& row : ReadCsv("sales_pipeline_asof_2017-09-30.csv")) {
    int64_t value = 0;
    if (row.at("deal_stage") != "Won") continue;
    EXPECT_TRUE(absl::SimpleAtoi(row.at("close_value"), &value));
    values[key_of(row)] += value;
  }
  return values;
}

// All rows of a drill-down.
std::vector<reporting::v1::ReportRow> Rows(const std::string& lens, const std::string& outcome) {
  reporting::v1::ListReportRowsRequest request;
  request.set_metric("metrics/win-rate");
  request.mutable_query()->add_lenses(lens);
  auto* filter = request.mutable_query()->add_filters();
  filter->set_dimension(reporting::v1::DIMENSION_OUTCOME);
  filter->add_values(outcome);
  request.set_page_size(500);
  std::vector<reporting::v1::ReportRow> rows;
  while (true) {
    auto page = Suite::Get()
                    .Call<ReportStub, reporting::v1::ListReportRowsRequest,
                          reporting::v1::ListReportRowsResponse>(&ReportStub::ListReportRows,
                                                                 "reporting", "ana@sales", request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return rows;
    rows.insert(rows.end(), page->rows().begin(), page->rows().end());
    if (page->next_page_token().empty()) return rows;
    request.set_page_token(page->next_page_token());
  }
}

// Names in the list of `as`, page by page.
std::set<std::string> ListOf(const std::string& as, bool show_all = false) {
  lead::v1::ListOpportunitiesRequest request;
  request.set_page_size(500);
  request.set_show_all(show_all);
  std::set<std::string> names;
  while (true) {
    auto page = Suite::Get()
                    .Call<OpportunityStub, lead::v1::ListOpportunitiesRequest,
                          lead::v1::ListOpportunitiesResponse>(&OpportunityStub::ListOpportunities,
                                                               "lead", as, request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return names;
    for (const auto& opportunity : page->opportunities()) names.insert(opportunity.name());
    if (page->next_page_token().empty()) return names;
    request.set_page_token(page->next_page_token());
  }
}

// Judges `names` lost for marketing, 100 at a time.
void JudgeLost(const std::vector<std::string>& names) {
  using Stub = judgement::v1::JudgementService::Stub;
  for (size_t from = 0; from < names.size(); from += 100) {
    judgement::v1::BatchJudgeRequest request;
    for (size_t i = from; i < std::min(from + 100, names.size()); ++i) {
      auto* item = request.add_requests();
      item->mutable_judgement()->set_subject(names[i]);
      item->mutable_judgement()->set_question("questions/opportunity-outcome");
      item->mutable_judgement()->set_answer("lost");
      item->set_request_id(NewRequestId());
    }
    auto response =
        Suite::Get()
            .Call<Stub, judgement::v1::BatchJudgeRequest, judgement::v1::BatchJudgeResponse>(
                &Stub::BatchJudge, "lead", "mia@marketing", request, absl::Seconds(60));
    ASSERT_TRUE(response.ok()) << response.status();
    for (const auto& result : response->results()) {
      ASSERT_EQ(result.status().status().code(), 0) << result.ShortDebugString();
    }
  }
}

class MavenTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!std::ifstream(Folder() + "accounts.csv")) return;
    there_ = true;
    Suite::Get();
    Import("sales_teams.csv", "persons", "maven-agents.yaml", "sam@sales");
    Import("products.csv", "products", "maven-products.yaml", "ana@sales");
    accounts_ = Import("accounts.csv", "accounts", "maven-accounts.yaml", "ana@sales");
    opportunities_ = ImportOpportunities();
    WaitUntilFresh();
  }
  void SetUp() override {
    if (!there_) GTEST_SKIP() << "the Maven data set is not in " << Folder();
  }
  static std::string ImportOpportunities() {
    return Import("sales_pipeline_asof_2017-09-30.csv", "opportunities", "maven-opportunities.yaml",
                  "ana@sales");
  }
  static bool there_;
  static std::string accounts_;
  static std::string opportunities_;
};
bool MavenTest::there_ = false;
std::string MavenTest::accounts_;
std::string MavenTest::opportunities_;

TEST_F(MavenTest, EveryRowIsTaken) {
  EXPECT_THAT(accounts_, ::testing::HasSubstr("taken 85, unchanged 0, refused 0"));
  EXPECT_THAT(opportunities_, ::testing::HasSubstr("taken 7,635, unchanged 0, refused 0"));
  EXPECT_EQ(ListOf("max@management").size(), 7635u);
}

TEST_F(MavenTest, TheWinRateIsThatOfTheFile) {
  const reporting::v1::WinRateReport report = WinRate({});
  const WinRateCell& sales = report.total().cells(0);
  EXPECT_EQ(sales.won_count(), 3042);
  EXPECT_EQ(sales.lost_count(), 1684);
  EXPECT_EQ(sales.undecided_count(), 2909);
  EXPECT_NEAR(sales.win_rate(), 0.643673, 5e-7);
  EXPECT_TRUE(report.basis().provisional());
  EXPECT_FALSE(report.basis().definition().empty());
}

TEST_F(MavenTest, TheClientPrintsTheSameWinRate) {
  const auto report = ComityJson<reporting::v1::WinRateReport>("report win-rate --lens sales");
  ASSERT_EQ(report.total().cells_size(), 1);
  EXPECT_EQ(report.total().cells(0).won_count(), 3042);
  EXPECT_EQ(report.total().cells(0).lost_count(), 1684);
  EXPECT_NEAR(report.total().cells(0).win_rate(), 0.643673, 5e-7);
  // all  sales  3,042  1,684  2,909  64.4 % …
  const std::string table = Comity("report win-rate --lens sales");
  EXPECT_THAT(table, ::testing::ContainsRegex("all +sales +3,042 +1,684 +2,909 +64\\.4 %"));
}

TEST_F(MavenTest, WonValueEqualsTheSumOverTheFile) {
  std::map<std::string, std::string> office;
  for (const RowOfCells& row : ReadCsv("sales_teams.csv")) {
    office[row.at("sales_agent")] = row.at("regional_office");
  }
  EXPECT_EQ(WonValue(reporting::v1::DIMENSION_OWNER),
            WonValueInFile([](const RowOfCells& row) { return row.at("sales_agent"); }));
  EXPECT_EQ(WonValue(reporting::v1::DIMENSION_OFFICE),
            WonValueInFile([&](const RowOfCells& row) { return office[row.at("sales_agent")]; }));
  EXPECT_EQ(WonValue(reporting::v1::DIMENSION_MONTH), WonValueInFile([](const RowOfCells& row) {
              return row.at("close_date").substr(0, 7);
            }));
  EXPECT_EQ(WonValue(reporting::v1::DIMENSION_PRODUCT), WonValueInFile([](const RowOfCells& row) {
              return row.at("product") == "GTXPro" ? "GTX Pro" : row.at("product");
            }));
}

TEST_F(MavenTest, ARepeatedImportChangesNothing) {
  const int64_t before = JournalSize("lead");
  EXPECT_THAT(ImportOpportunities(), ::testing::HasSubstr("taken 0, unchanged 7,635, refused 0"));
  EXPECT_EQ(JournalSize("lead"), before);
}

// What two others exported from the same table: dates as m/d/yyyy and as dd-mm-yyyy.
TEST_F(MavenTest, OtherExportsSayTheSame) {
  const int64_t before = JournalSize("lead");
  for (const char* file : {"sales_pipeline_closed_us_dates_zero_for_blank.csv",
                           "sales_pipeline_closed_day_first_dates.csv"}) {
    EXPECT_THAT(Import(file, "opportunities", "maven-opportunities.yaml", "ana@sales"),
                ::testing::HasSubstr("taken 0, unchanged 4,726, refused 0, conflicting 0"))
        << file;
  }
  EXPECT_EQ(JournalSize("lead"), before);
}

// Last, for it changes what the lens of marketing says.
TEST_F(MavenTest, WhatADepartmentJudgesLostLeavesItsListAndNothingElse) {
  std::vector<std::string> judged;
  for (const reporting::v1::ReportRow& row : Rows(kMarketing, "")) {
    if (judged.size() < kJudgedLost) judged.push_back(row.opportunity());
  }
  ASSERT_EQ(judged.size(), static_cast<size_t>(kJudgedLost));
  const std::set<std::string> before = ListOf("mia@marketing");
  JudgeLost(judged);
  WaitUntilFresh();

  const std::set<std::string> after = ListOf("mia@marketing");
  EXPECT_EQ(after.size(), before.size() - kJudgedLost);
  for (const std::string& name : judged) EXPECT_FALSE(after.contains(name)) << name;
  EXPECT_EQ(ListOf("mia@marketing", /*show_all=*/true).size(), 7635u);
  EXPECT_EQ(ListOf("max@management").size(), 7635u);

  const reporting::v1::WinRateReport report = WinRate({}, {kSales, kMarketing});
  const WinRateCell& sales = report.total().cells(0);
  const WinRateCell& marketing = report.total().cells(1);
  EXPECT_EQ(sales.lost_count(), 1684);
  EXPECT_EQ(marketing.lost_count(), 1684 + kJudgedLost);
  EXPECT_EQ(marketing.won_count(), 3042);
  EXPECT_LT(marketing.win_rate(), sales.win_rate());
  EXPECT_EQ(Rows(kSales, "lost").size(), 1684u);
  EXPECT_EQ(Rows(kMarketing, "lost").size(), 1684u + kJudgedLost);
  EXPECT_EQ(Rows(kMarketing, "won").size(), 3042u);
}

}  // namespace
}  // namespace comity::integration
