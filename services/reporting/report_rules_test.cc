#include "services/reporting/report_rules.h"

#include "gmock/gmock.h"
#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"
#include "services/reporting/testing.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::reporting {
namespace {

using testing::Day;
using ::testing::ElementsAre;
using testing::Id;
using testing::Judged;
using testing::Opportunity;

constexpr char kSales[] = "departments/sales";
constexpr char kManagement[] = "departments/management";
constexpr char kOutcome[] = "opportunity-outcome";

// Seven opportunities of two owners, two products and two months.
Effects SmallCompany() {
  Effects effects = testing::Intake(1);
  effects.named = {{0, "persons/ana", "Ana", "teams/east", "Central", "persons/max"},
                   {0, "persons/sam", "Sam", "teams/west", "West", "persons/max"},
                   {0, "products/p", "GTX"},
                   {0, resource::MakeName("accounts", Id(900)), "", "", "", "", "medical"}};
  for (int i = 1; i <= 7; ++i) {
    effects.opportunities.push_back(
        Opportunity(i, i * 1000, i % 2 == 1 ? "persons/ana" : "persons/sam"));
  }
  auto& rows = effects.opportunities;
  rows[0].sign_time = Day(2017, 3, 31);
  rows[1].sign_time = Day(2017, 4, 1);
  rows[2].sign_time = Day(2017, 4, 30);
  rows[2].lines = {{"products/p", 200}, {"products/q", 100}};
  rows[0].account = Id(900);
  // Sales calls 4 and 5 lost; management judges 4 otherwise, by withdrawing nothing: it holds `won`
  // on paper, which without a signature is no answer. Management alone calls 6 lost.
  effects.judgements = {Judged(4, kOutcome, "sales", "lost", Day(2017, 3, 5)),
                        Judged(5, kOutcome, "sales", "lost", Day(2017, 4, 5)),
                        Judged(4, kOutcome, "management", "won", Day(2017, 3, 6)),
                        Judged(6, kOutcome, "management", "lost", Day(2017, 4, 7)),
                        Judged(1, kOutcome, "sales", "lost", Day(2017, 3, 8)),
                        Judged(7, "opportunity-stage", "sales", "proposal", Day(2017, 3, 9))};
  return effects;
}

State SmallState() {
  State state(testing::StartingBook());
  state.Apply(SmallCompany());
  return state;
}

v1::ReportQuery Query(std::vector<v1::Dimension> groups, std::vector<std::string> lenses) {
  v1::ReportQuery query;
  for (const v1::Dimension group : groups) query.add_group_by(group);
  for (const std::string& lens : lenses) query.add_lenses(lens);
  return Canonical(query).value();
}

void AddFilter(v1::Dimension dimension, const std::string& value, v1::ReportQuery* query) {
  auto* filter = query->add_filters();
  filter->set_dimension(dimension);
  filter->add_values(value);
}

std::vector<int64_t> Counts(const v1::WinRateCell& cell) {
  return {cell.won_count(), cell.lost_count(), cell.undecided_count()};
}

int64_t Euros(const google::protobuf::RepeatedPtrField<google::type::Money>& money) {
  EXPECT_LE(money.size(), 1);
  return money.empty() ? 0 : money[0].units();
}

TEST(WinRate, LensesSideBySide) {
  const auto report =
      ComputeWinRate(SmallState(), Query({}, {kSales, kManagement, "departments/it", "settled"}))
          .value();
  EXPECT_TRUE(report.rows().empty());
  const auto& cells = report.total().cells();
  ASSERT_EQ(cells.size(), 4);
  EXPECT_THAT(Counts(cells[0]), ElementsAre(3, 2, 2));
  EXPECT_THAT(Counts(cells[1]), ElementsAre(3, 3, 1));  // 6 of its own, 4 and 5 settled
  EXPECT_THAT(Counts(cells[2]), ElementsAre(3, 2, 2));  // no voice: settled
  EXPECT_THAT(Counts(cells[3]), ElementsAre(3, 2, 2));
  EXPECT_EQ(Euros(cells[0].won_amounts()), 10 + 20 + 30);
  EXPECT_EQ(Euros(cells[0].lost_amounts()), 40 + 50);
  EXPECT_EQ(Euros(cells[1].lost_amounts()), 40 + 50 + 60);
  EXPECT_DOUBLE_EQ(cells[0].win_rate(), 0.6);
  EXPECT_DOUBLE_EQ(cells[0].loss_ratio(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(cells[1].win_rate(), 0.5);
}

TEST(WinRate, NothingClosedHasNoRate) {
  State state(testing::StartingBook());
  const auto report = ComputeWinRate(state, Query({}, {kSales})).value();
  EXPECT_FALSE(report.total().cells(0).has_win_rate());
  EXPECT_FALSE(report.total().cells(0).has_loss_ratio());
}

TEST(WinRate, ByOwnerWithLabels) {
  const auto report = ComputeWinRate(SmallState(), Query({v1::DIMENSION_OWNER}, {kSales})).value();
  ASSERT_EQ(report.rows_size(), 2);
  EXPECT_THAT(report.rows(0).keys(), ElementsAre("persons/ana"));
  EXPECT_THAT(report.rows(0).labels(), ElementsAre("Ana"));
  EXPECT_THAT(Counts(report.rows(0).cells(0)), ElementsAre(2, 1, 1));
  EXPECT_THAT(Counts(report.rows(1).cells(0)), ElementsAre(1, 1, 1));
}

TEST(WinRate, ByDimensionsOfTheOwner) {
  const auto report =
      ComputeWinRate(
          SmallState(),
          Query({v1::DIMENSION_OFFICE, v1::DIMENSION_TEAM, v1::DIMENSION_MANAGER}, {kSales}))
          .value();
  ASSERT_EQ(report.rows_size(), 2);
  EXPECT_THAT(report.rows(0).keys(), ElementsAre("Central", "teams/east", "persons/max"));
  EXPECT_THAT(report.rows(1).keys(), ElementsAre("West", "teams/west", "persons/max"));
}

TEST(WinRate, ByMonthOfSignatureOrJudgement) {
  const auto report =
      ComputeWinRate(SmallState(), Query({v1::DIMENSION_MONTH}, {kSales, kManagement})).value();
  ASSERT_EQ(report.rows_size(), 3);
  EXPECT_THAT(report.rows(0).keys(), ElementsAre(""));
  EXPECT_THAT(report.rows(1).keys(), ElementsAre("2017-03"));
  EXPECT_THAT(report.rows(2).keys(), ElementsAre("2017-04"));
  EXPECT_THAT(Counts(report.rows(0).cells(0)), ElementsAre(0, 0, 2));
  EXPECT_THAT(Counts(report.rows(1).cells(0)), ElementsAre(1, 1, 0));
  EXPECT_THAT(Counts(report.rows(2).cells(0)), ElementsAre(2, 1, 0));
  EXPECT_THAT(Counts(report.rows(2).cells(1)), ElementsAre(2, 2, 0));
}

TEST(WinRate, ProductsSplitTheAmountExactly) {
  const auto report =
      ComputeWinRate(SmallState(), Query({v1::DIMENSION_PRODUCT}, {kSales})).value();
  ASSERT_EQ(report.rows_size(), 3);
  EXPECT_THAT(report.rows(1).keys(), ElementsAre("products/p"));
  EXPECT_THAT(report.rows(1).labels(), ElementsAre("GTX"));
  EXPECT_EQ(Euros(report.rows(1).cells(0).won_amounts()), 20);  // 30.00 by 2 : 1
  EXPECT_EQ(Euros(report.rows(2).cells(0).won_amounts()), 10);
  EXPECT_EQ(report.total().cells(0).won_count(), 3);  // each once
}

TEST(WinRate, FilterByProductKeepsItsShare) {
  v1::ReportQuery query = Query({}, {kSales});
  AddFilter(v1::DIMENSION_PRODUCT, "products/q", &query);
  const auto report = ComputeWinRate(SmallState(), query).value();
  EXPECT_THAT(Counts(report.total().cells(0)), ElementsAre(1, 0, 0));
  EXPECT_EQ(Euros(report.total().cells(0).won_amounts()), 10);
}

TEST(WinRate, FiltersAllHold) {
  v1::ReportQuery query = Query({}, {kSales, kManagement});
  AddFilter(v1::DIMENSION_OWNER, "persons/sam", &query);
  AddFilter(v1::DIMENSION_OUTCOME, "lost", &query);
  const auto report = ComputeWinRate(SmallState(), query).value();
  EXPECT_THAT(Counts(report.total().cells(0)), ElementsAre(0, 1, 0));  // 4
  EXPECT_THAT(Counts(report.total().cells(1)), ElementsAre(0, 2, 0));  // 4 and 6
}

TEST(WinRate, FilterByAccountAndSector) {
  for (const auto& [dimension, value] :
       {std::pair(v1::DIMENSION_ACCOUNT, resource::MakeName("accounts", Id(900))),
        std::pair(v1::DIMENSION_SECTOR, std::string("medical"))}) {
    v1::ReportQuery query = Query({}, {kSales});
    AddFilter(dimension, value, &query);
    const auto report = ComputeWinRate(SmallState(), query).value();
    EXPECT_THAT(Counts(report.total().cells(0)), ElementsAre(1, 0, 0));
  }
  v1::ReportQuery none = Query({}, {kSales});
  AddFilter(v1::DIMENSION_ACCOUNT, resource::MakeName("accounts", Id(901)), &none);
  EXPECT_THAT(Counts(ComputeWinRate(SmallState(), none).value().total().cells(0)),
              ElementsAre(0, 0, 0));
}

TEST(WinRate, AnOpportunityThatMovedCountsForItsAccountOnly) {
  State state = SmallState();
  Effects moved = testing::Intake(2);
  moved.opportunities = {SmallCompany().opportunities[0]};
  moved.opportunities[0].account = Id(901);
  state.Apply(moved);
  moved.intake.set_number(3);
  moved.opportunities[0].account = Id(900);
  state.Apply(moved);
  v1::ReportQuery query = Query({}, {kSales});
  AddFilter(v1::DIMENSION_ACCOUNT, resource::MakeName("accounts", Id(900)), &query);
  EXPECT_EQ(ComputeWinRate(state, query).value().total().cells(0).won_count(), 1);
  query = Query({}, {kSales});
  AddFilter(v1::DIMENSION_ACCOUNT, resource::MakeName("accounts", Id(901)), &query);
  EXPECT_EQ(ComputeWinRate(state, query).value().total().cells(0).won_count(), 0);
}

TEST(WinRate, CurrenciesStayApart) {
  State state(testing::StartingBook());
  Effects effects = testing::Intake(1);
  effects.opportunities = {Opportunity(1, 150, "persons/ana"), Opportunity(2, 150, "persons/ana")};
  effects.opportunities[1].amount = {150, "JPY"};
  for (auto& version : effects.opportunities) version.sign_time = Day(2017, 3, 1);
  state.Apply(effects);
  const auto report = ComputeWinRate(state, Query({}, {"settled"})).value();
  const auto& amounts = report.total().cells(0).won_amounts();
  ASSERT_EQ(amounts.size(), 2);
  EXPECT_EQ(amounts[0].currency_code(), "EUR");
  EXPECT_EQ(amounts[0].nanos(), 500'000'000);
  EXPECT_EQ(amounts[1].units(), 150);
}

TEST(WinRate, SumsBeyond64BitsOfMinorUnitsAreExact) {
  constexpr int64_t kMost = 100'000'000'000'000'000;  // 10^15 units
  State state(testing::StartingBook());
  Effects effects = testing::Intake(1);
  for (int i = 1; i <= 99; ++i) {
    effects.opportunities.push_back(Opportunity(i, kMost + 1, "persons/ana"));
    effects.opportunities.back().sign_time = Day(2017, 3, 1);
  }
  state.Apply(effects);
  const auto report = ComputeWinRate(state, Query({v1::DIMENSION_OWNER}, {"settled"})).value();
  for (const auto* row : {&report.total(), &report.rows(0)}) {
    ASSERT_EQ(row->cells(0).won_amounts_size(), 1);
    EXPECT_EQ(row->cells(0).won_amounts(0).units(), 99'000'000'000'000'000);
    EXPECT_EQ(row->cells(0).won_amounts(0).nanos(), 990'000'000);
  }
}

TEST(WinRate, VoidedSignatureIsUndecided) {
  State state = SmallState();
  Effects voided = testing::Intake(2);
  voided.opportunities = {SmallCompany().opportunities[1]};
  voided.opportunities[0].sign_time = kNever;
  state.Apply(voided);
  const auto report = ComputeWinRate(state, Query({}, {"settled"})).value();
  EXPECT_THAT(Counts(report.total().cells(0)), ElementsAre(2, 2, 3));
}

TEST(WinRate, WithdrawnJudgementIsNoAnswer) {
  State state = SmallState();
  Effects withdrawn = testing::Intake(2);
  withdrawn.judgements = {Judged(6, kOutcome, "management", "", Day(2017, 5, 1))};
  state.Apply(withdrawn);
  const auto report = ComputeWinRate(state, Query({}, {kManagement})).value();
  EXPECT_THAT(Counts(report.total().cells(0)), ElementsAre(3, 2, 2));
}

TEST(Pipeline, CountsWhatIsNeitherWonNorLost) {
  const auto report =
      ComputePipeline(SmallState(), Query({v1::DIMENSION_STAGE}, {kSales, kManagement})).value();
  ASSERT_EQ(report.rows_size(), 2);
  EXPECT_THAT(report.rows(0).keys(), ElementsAre(""));
  EXPECT_EQ(report.rows(0).cells(0).count(), 1);
  EXPECT_EQ(Euros(report.rows(0).cells(0).amounts()), 60);
  EXPECT_EQ(report.rows(0).cells(1).count(), 0);
  EXPECT_THAT(report.rows(1).keys(), ElementsAre("proposal"));
  EXPECT_EQ(report.rows(1).cells(1).count(), 1);
  EXPECT_EQ(report.total().cells(0).count(), 2);
}

TEST(Pipeline, ByMonthOfTheExpectedCloseDate) {
  State state(testing::StartingBook());
  Effects effects = testing::Intake(1);
  effects.opportunities = {Opportunity(1, 100, "persons/ana"), Opportunity(2, 200, "persons/ana")};
  effects.opportunities[0].close_date = 20171231;
  state.Apply(effects);
  v1::ReportQuery query = Query({v1::DIMENSION_MONTH}, {kSales});
  const auto report = ComputePipeline(state, query).value();
  ASSERT_EQ(report.rows_size(), 2);
  EXPECT_THAT(report.rows(1).keys(), ElementsAre("2017-12"));
  AddFilter(v1::DIMENSION_MONTH, "2017-12", &query);
  EXPECT_EQ(ComputePipeline(state, query).value().total().cells(0).count(), 1);
}

// Each of so many accounts has a signed opportunity in each of the currencies.
State ManyAccounts(int accounts, const std::vector<std::string>& currencies) {
  State state(testing::StartingBook());
  Effects effects = testing::Intake(1);
  for (int i = 1; i <= accounts; ++i) {
    for (size_t j = 0; j < currencies.size(); ++j) {
      const int number = i + 100'000 * static_cast<int>(j);
      effects.opportunities.push_back(Opportunity(number, 100, "persons/ana"));
      effects.opportunities.back().account = Id(i);
      effects.opportunities.back().amount.currency = currencies[j];
      effects.opportunities.back().sign_time = Day(2017, 3, 1);
    }
  }
  state.Apply(effects);
  return state;
}

TEST(WinRate, RefusesMoreGroupsThanFit) {
  const v1::ReportQuery query = Query({v1::DIMENSION_ACCOUNT}, {kSales});
  EXPECT_EQ(ComputeWinRate(ManyAccounts(5000, {"EUR"}), query).value().rows_size(), 5000);
  const State more = ManyAccounts(5001, {"EUR"});
  EXPECT_EQ(Reason(ComputeWinRate(more, query).status()), "TOO_MANY_GROUPS");
  EXPECT_EQ(Reason(ComputePipeline(ManyAccounts(5001, {"EUR"}), query).status()), "");
  EXPECT_EQ(ComputeWinRate(more, Query({}, {kSales})).value().total().cells(0).won_count(), 5001);
}

TEST(WinRate, RefusesWhatFitsNoMessage) {
  const State state = ManyAccounts(5000, {"EUR", "GBP", "JPY", "KWD", "USD"});
  const v1::ReportQuery query = Query(
      {v1::DIMENSION_ACCOUNT}, {kSales, kManagement, "departments/it", "departments/support",
                                "departments/marketing", "departments/membership", "settled"});
  EXPECT_EQ(Reason(ComputeWinRate(state, query).status()), "TOO_MANY_GROUPS");
}

DisputeRow Disputed(int dispute, const std::string& subject, bool open, int64_t time = 0) {
  return {0, Id(dispute), subject, open, time};
}
std::string NameOf(int opportunity) { return resource::MakeName("opportunities", Id(opportunity)); }

// Two about the first, of which one has ended; one about the fourth; that about the second is over,
// and one is about a case.
Effects SomeDisputes() {
  Effects effects = testing::Intake(2, "gateway");
  effects.disputes = {Disputed(1, NameOf(1), true),
                      Disputed(2, NameOf(1), true),
                      Disputed(3, NameOf(2), true),
                      Disputed(4, NameOf(4), true, Day(2017, 3, 1)),
                      Disputed(5, resource::MakeName("cases", Id(1)), true),
                      Disputed(2, NameOf(1), false),
                      Disputed(3, NameOf(2), false),
                      Disputed(3, NameOf(2), false)};
  return effects;
}

TEST(Disputes, AreCountedAmongWhatEachNumberCounts) {
  State state = SmallState();
  state.Apply(SomeDisputes());
  const auto report =
      ComputeWinRate(state, Query({v1::DIMENSION_OWNER}, {kSales, "settled"})).value();
  for (const auto& cell : report.total().cells()) {
    EXPECT_EQ(cell.disputed_count(), 2);
    EXPECT_EQ(Euros(cell.disputed_amounts()), 10 + 40);
  }
  EXPECT_EQ(report.rows(0).cells(0).disputed_count(), 1);
  EXPECT_EQ(Euros(report.rows(0).cells(0).disputed_amounts()), 10);
  EXPECT_EQ(Euros(report.rows(1).cells(0).disputed_amounts()), 40);
  const auto pipeline = ComputePipeline(state, Query({}, {kSales, kManagement})).value();
  EXPECT_EQ(pipeline.total().cells(0).disputed_count(), 0) << "1 is won, 4 is lost";
  // Of a product, its share; of the pipeline, what is open through the lens.
  State third = SmallState();
  Effects about = testing::Intake(2, "gateway");
  about.disputes = {Disputed(1, NameOf(3), true), Disputed(2, NameOf(6), true)};
  third.Apply(about);
  v1::ReportQuery share = Query({}, {kSales});
  AddFilter(v1::DIMENSION_PRODUCT, "products/q", &share);
  EXPECT_EQ(Euros(ComputeWinRate(third, share).value().total().cells(0).disputed_amounts()), 10);
  const auto open = ComputePipeline(third, Query({}, {kSales, kManagement})).value();
  EXPECT_EQ(open.total().cells(0).disputed_count(), 1) << "sales has not decided 6";
  EXPECT_EQ(Euros(open.total().cells(0).disputed_amounts()), 60);
  EXPECT_EQ(open.total().cells(1).disputed_count(), 0) << "management holds it lost";
}

TEST(Disputes, FlagTheRowsBehindANumber) {
  State state = SmallState();
  state.Apply(SomeDisputes());
  RowsQuery query;
  query.query = Query({}, {kSales});
  const RowsPage page = ComputeRows(state, query).value();
  ASSERT_EQ(page.rows.size(), 7);
  EXPECT_THAT(page.rows[0].open_disputes(), ElementsAre(resource::MakeName("disputes", Id(1))));
  EXPECT_TRUE(page.rows[1].open_disputes().empty());
  EXPECT_THAT(page.rows[3].open_disputes(), ElementsAre(resource::MakeName("disputes", Id(4))));
}

TEST(Disputes, OfThePastCountWhatHadBeenOpened) {
  const int64_t before = Day(2017, 2, 1);
  State state(testing::StartingBook(), before);
  state.Apply(SmallCompany());
  state.Apply(SomeDisputes());
  state.Finish();
  const auto report = ComputeWinRate(state, Query({}, {kSales})).value();
  EXPECT_EQ(report.total().cells(0).disputed_count(), 1) << "4 was disputed in March";
}

TEST(Disputes, APreviewTellsNoneOfThem) {
  State state = SmallState();
  state.Apply(SomeDisputes());
  const auto totals = ComputeTotals(state, state.charter(), {"settled"}).value();
  EXPECT_EQ(totals[0].win_rate.disputed_count(), 0);
  EXPECT_TRUE(totals[0].win_rate.disputed_amounts().empty());
  EXPECT_EQ(totals[0].win_rate.won_count(), 3);
}

TEST(Rows, PagesInOrderWithWhatTheNumberCounts) {
  RowsQuery query;
  query.query = Query({v1::DIMENSION_PRODUCT}, {kSales});
  query.keys = {""};
  query.limit = 4;
  const RowsPage first = ComputeRows(SmallState(), query).value();
  EXPECT_TRUE(first.more);
  ASSERT_EQ(first.rows.size(), 4);
  EXPECT_EQ(first.rows[0].opportunity(), resource::MakeName("opportunities", Id(1)));
  EXPECT_EQ(first.rows[0].outcome(), "won");
  EXPECT_EQ(first.rows[2].outcome(), "lost");
  query.after = first.last;
  const RowsPage second = ComputeRows(SmallState(), query).value();
  EXPECT_FALSE(second.more);
  ASSERT_EQ(second.rows.size(), 2);
  EXPECT_EQ(second.rows[1].stage(), "proposal");
  query.keys = {"products/q"};
  query.after = "";
  const RowsPage share = ComputeRows(SmallState(), query).value();
  ASSERT_EQ(share.rows.size(), 1);
  EXPECT_EQ(share.rows[0].amount().units(), 10);
  query.keys = {"products/unknown"};
  EXPECT_TRUE(ComputeRows(SmallState(), query).value().rows.empty());
}

TEST(Canonical, Refuses) {
  const auto reason = [&](const v1::ReportQuery& query) {
    return Reason(Canonical(query).status());
  };
  v1::ReportQuery query;
  query.add_lenses("settled");
  query.add_lenses("settled");
  EXPECT_EQ(reason(query), "LENS_TWICE");
  query.Clear();
  query.add_group_by(v1::DIMENSION_OUTCOME);
  EXPECT_EQ(reason(query), "DIMENSION_INVALID");
  query.set_group_by(0, v1::DIMENSION_OWNER);
  query.add_group_by(v1::DIMENSION_OWNER);
  EXPECT_EQ(reason(query), "DIMENSION_INVALID");
  query.Clear();
  query.add_filters();
  EXPECT_EQ(reason(query), "DIMENSION_INVALID");
  query.Clear();
  query.set_as_of(-1);
  EXPECT_EQ(reason(query), "AS_OF_INVALID");
}

TEST(Canonical, MergesFilters) {
  v1::ReportQuery query;
  AddFilter(v1::DIMENSION_OWNER, "persons/b", &query);
  query.mutable_filters(0)->add_values("persons/a");
  AddFilter(v1::DIMENSION_OWNER, "persons/a", &query);
  const auto canonical = Canonical(query).value();
  ASSERT_EQ(canonical.filters_size(), 1);
  EXPECT_THAT(canonical.filters(0).values(), ElementsAre("persons/a"));
}

TEST(Lenses, AreThoseNamedOrAllVoices) {
  const charter::Charter charter = testing::StartingCharter();
  v1::ReportQuery query;
  EXPECT_THAT(LensesOf(charter, query).value(),
              ElementsAre(kSales, "departments/marketing", "departments/membership", kManagement,
                          "settled"));
  query.add_lenses("departments/it");
  EXPECT_THAT(LensesOf(charter, query).value(), ElementsAre("departments/it"));
  query.add_lenses("departments/nowhere");
  EXPECT_EQ(Reason(LensesOf(charter, query).status()), "UNKNOWN_LENS");
  EXPECT_EQ(Reason(ComputeWinRate(SmallState(), query).status()), "UNKNOWN_LENS");
  EXPECT_EQ(Reason(ComputeRows(SmallState(), {Metric::kWinRate, query}).status()), "UNKNOWN_LENS");
}

}  // namespace
}  // namespace comity::reporting
