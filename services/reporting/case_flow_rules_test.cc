#include "services/reporting/case_flow_rules.h"

#include <zlib.h>

#include <cstdlib>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/testing.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::reporting {
namespace {

using ::testing::ElementsAre;

constexpr auto kOpened = fact::v1::FACT_KIND_OPENED;
constexpr auto kHanded = fact::v1::FACT_KIND_HANDED_TO_TEAM;
constexpr auto kNote = fact::v1::FACT_KIND_NOTE;
constexpr auto kTeam = v1::CASE_HOLDER_TEAM;

// Builds one intake of cases; facts get numbers from 1.
class Cases {
 public:
  int Add(int number, fact::v1::FactKind kind, int64_t time, const std::string& team = "",
          const std::string& owner = "", int supersedes = 0) {
    CaseEvent event;
    event.fact = testing::Id(++facts_);
    event.subject = testing::Id(number);
    event.kind = kind;
    event.occur_time = time;
    event.team = team.empty() ? "" : "teams/" + team;
    event.owner = owner.empty() ? "" : "persons/" + owner;
    if (supersedes != 0) event.supersedes = testing::Id(supersedes);
    effects_.case_events.push_back(std::move(event));
    return facts_;
  }
  void Put(int number, const std::string& product, const std::string& source) {
    effects_.cases.push_back({0, testing::Id(number), "", product, source, "x"});
  }
  void Dispute(int number, bool open) {
    effects_.disputes.push_back(
        {0, testing::Id(70), resource::MakeName("cases", testing::Id(number)), open, 0});
  }
  State AsState(int64_t occurred_before = kNever) const {
    State state(testing::StartingBook(), occurred_before);
    state.Apply(effects_);
    state.Finish();
    return state;
  }

 private:
  int facts_ = 0;
  Effects effects_ = testing::Intake(1, "support");
};

v1::CaseFlowReport Flow(const State& state, v1::CaseHolder holder = kTeam,
                        const v1::ReportQuery& query = {}) {
  const auto canonical = CanonicalOfCases(query);
  EXPECT_TRUE(canonical.ok()) << canonical.status();
  const auto report = ComputeCaseFlow(state, *canonical, holder);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : v1::CaseFlowReport();
}

std::vector<std::string> Holders(const State& state, v1::CaseHolder holder) {
  CasesQuery query;
  query.holder = holder;
  const CasesPage page = ComputeCases(state, query);
  if (page.cases.empty()) return {"no case"};
  return {page.cases[0].holders().begin(), page.cases[0].holders().end()};
}

TEST(CaseFlow, MergesRepeatsAndCountsReturns) {
  Cases cases;
  cases.Add(1, kOpened, 10, "a");
  cases.Add(1, kHanded, 20, "a");
  cases.Add(1, kHanded, 30, "b");
  cases.Add(1, kNote, 35);
  cases.Add(1, kHanded, 40, "a");
  cases.Add(1, kHanded, 50, "b");
  cases.Add(1, kHanded, 60, "c");
  const State state = cases.AsState();
  EXPECT_THAT(Holders(state, kTeam),
              ElementsAre("teams/a", "teams/b", "teams/a", "teams/b", "teams/c"));
  const v1::CaseFlowReport report = Flow(state);
  EXPECT_EQ(report.total().case_count(), 1);
  EXPECT_EQ(report.total().handover_count(), 4);
  EXPECT_EQ(report.total().return_count(), 2);
  EXPECT_EQ(report.total().returned_case_count(), 1);
  EXPECT_EQ(report.total().duration().mean().nanos(), 50'000);
  ASSERT_EQ(report.paths_size(), 3);
  EXPECT_EQ(report.paths(0).from() + ">" + report.paths(0).to(), "teams/a>teams/b");
  EXPECT_EQ(report.paths(0).handover_count(), 2);
  EXPECT_EQ(report.paths(0).return_count(), 1);  // b, a, b
}

TEST(CaseFlow, ByTheHourOfOccurrenceWithTheOpeningFirst) {
  Cases cases;
  cases.Add(1, kHanded, 5, "b");  // dated before the opening
  cases.Add(1, kHanded, 30, "d");
  cases.Add(1, kOpened, 10, "a");
  cases.Add(1, kHanded, 20, "c");
  EXPECT_THAT(Holders(cases.AsState(), kTeam),
              ElementsAre("teams/a", "teams/b", "teams/c", "teams/d"));
  EXPECT_THAT(Holders(cases.AsState(30), kTeam), ElementsAre("teams/a", "teams/b", "teams/c"));
  EXPECT_EQ(Flow(cases.AsState(10)).total().case_count(), 0) << "it was not opened yet";
  EXPECT_EQ(Flow(cases.AsState(11)).total().duration().longest().nanos(), 0);
}

TEST(CaseFlow, WhatWasVoidedOrCorrectedDidNotHappen) {
  Cases cases;
  cases.Add(1, kOpened, 10, "a");
  const int wrong = cases.Add(1, kHanded, 20, "b");
  cases.Add(1, kHanded, 30, "a");
  const int corrected = cases.Add(1, kHanded, 40, "c");
  cases.Add(1, fact::v1::FACT_KIND_VOIDED, 50, "", "", wrong);
  cases.Add(1, kHanded, 40, "d", "", corrected);
  EXPECT_THAT(Holders(cases.AsState(), kTeam), ElementsAre("teams/a", "teams/d"));
  EXPECT_EQ(Flow(cases.AsState()).total().return_count(), 0);
  EXPECT_EQ(Flow(cases.AsState()).total().duration().longest().nanos(), 30'000)
      << "a voiding is no event of the case";
}

TEST(CaseFlow, CountsAndFlagsWhatIsDisputed) {
  Cases cases;
  for (const int number : {1, 2}) cases.Add(number, kOpened, testing::Day(2017, 1, number), "a");
  cases.Dispute(2, true);
  EXPECT_EQ(Flow(cases.AsState()).total().disputed_case_count(), 1);
  const CasesPage page = ComputeCases(cases.AsState(), {});
  ASSERT_EQ(page.cases.size(), 2);
  EXPECT_TRUE(page.cases[0].open_disputes().empty());
  ASSERT_EQ(page.cases[1].open_disputes_size(), 1);
  EXPECT_EQ(page.cases[1].open_disputes(0), resource::MakeName("disputes", testing::Id(70)));
  cases.Dispute(2, false);
  EXPECT_EQ(Flow(cases.AsState()).total().disputed_case_count(), 0);
}

TEST(CaseFlow, OwnersAreHoldersOfTheirOwn) {
  Cases cases;
  cases.Add(1, kOpened, 10, "a", "sue");
  cases.Add(1, kHanded, 20, "b");
  cases.Add(1, kHanded, 30, "c", "tom");
  cases.Add(1, fact::v1::FACT_KIND_OWNER_CHANGED, 40, "", "sue");
  EXPECT_THAT(Holders(cases.AsState(), v1::CASE_HOLDER_OWNER),
              ElementsAre("persons/sue", "persons/tom", "persons/sue"));
  EXPECT_EQ(Flow(cases.AsState(), v1::CASE_HOLDER_OWNER).total().return_count(), 1);
  EXPECT_EQ(Flow(cases.AsState()).total().return_count(), 0);
}

TEST(CaseFlow, ACaseWithoutHoldersCountsWithoutHandovers) {
  Cases cases;
  cases.Add(1, kOpened, 10);
  cases.Add(2, kOpened, 10);
  cases.Add(2, kHanded, 20, "a");  // the first holder is no handover
  const v1::CaseFlowReport report = Flow(cases.AsState());
  EXPECT_EQ(report.total().case_count(), 2);
  EXPECT_EQ(report.total().handover_count(), 0);
}

TEST(CaseFlow, GroupsAndTheirCasesAddUp) {
  Cases cases;
  for (int i = 1; i <= 20; ++i) {
    cases.Put(i, i % 2 == 0 ? "products/even" : "", i % 5 == 0 ? "desk" : "mail");
    cases.Add(i, kOpened, i, "a");
    if (i % 3 == 0) cases.Add(i, kHanded, 100 + i, "b");
    if (i % 6 == 0) cases.Add(i, kHanded, 200 + i, "a");
  }
  const State state = cases.AsState();
  v1::ReportQuery query;
  query.add_group_by(v1::DIMENSION_PRODUCT);
  query.add_group_by(v1::DIMENSION_TEAM);
  const v1::CaseFlowReport report = Flow(state, kTeam, query);
  int64_t handovers = 0;
  for (const v1::CaseFlowRow& row : report.rows()) {
    handovers += row.handover_count();
    for (const auto part : {v1::CASE_FLOW_PART_UNSPECIFIED, v1::CASE_FLOW_PART_HANDED_OVER,
                            v1::CASE_FLOW_PART_RETURNED}) {
      CasesQuery rows;
      rows.query = query;
      rows.part = part;
      rows.keys.assign(row.keys().begin(), row.keys().end());
      rows.limit = 3;
      int64_t seen = 0;
      for (bool more = true; more;) {
        const CasesPage page = ComputeCases(state, rows);
        seen += static_cast<int64_t>(page.cases.size());
        rows.after = page.last;
        more = page.more;
      }
      const int64_t wanted = part == v1::CASE_FLOW_PART_RETURNED      ? row.returned_case_count()
                             : part == v1::CASE_FLOW_PART_HANDED_OVER ? row.handed_over_case_count()
                                                                      : row.case_count();
      EXPECT_EQ(seen, wanted) << row.ShortDebugString();
    }
  }
  EXPECT_EQ(handovers, report.total().handover_count());
  auto* filter = query.add_filters();
  filter->set_dimension(v1::DIMENSION_SOURCE);
  filter->add_values("desk");
  EXPECT_EQ(Flow(state, kTeam, query).total().case_count(), 4);
}

TEST(CaseFlow, RefusesWhatACaseHasNot) {
  v1::ReportQuery query;
  query.add_lenses("settled");
  EXPECT_EQ(Reason(CanonicalOfCases(query).status()), "LENS_NOT_TAKEN");
  query.clear_lenses();
  query.add_group_by(v1::DIMENSION_STAGE);
  EXPECT_EQ(Reason(CanonicalOfCases(query).status()), "DIMENSION_INVALID");
  query.set_group_by(0, v1::DIMENSION_SOURCE);
  EXPECT_TRUE(CanonicalOfCases(query).ok());
  EXPECT_EQ(Reason(Canonical(query).status()), "DIMENSION_INVALID");
}

// Lines of a file, packed by gzip or not, split at commas: neither log quotes anything.
std::vector<std::vector<std::string>> ReadTable(const std::string& name) {
  const char* shared = std::getenv("COMITY_SHARED");
  const char* source = std::getenv("COMITY_SOURCE_DIR");
  const std::string folder =
      shared != nullptr ? shared : absl::StrCat(source == nullptr ? "." : source, "/../shared");
  std::vector<std::vector<std::string>> rows;
  gzFile file = gzopen(absl::StrCat(folder, "/data/", name).c_str(), "rb");
  if (file == nullptr) return rows;
  std::string line(1 << 16, '\0');
  while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
    absl::string_view text = line.c_str();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    rows.emplace_back(absl::StrSplit(text, ','));
  }
  gzclose(file);
  return rows;
}

// Each event of a log as a fact: the first opens the case.
template <typename ParseTime>
Cases FromLog(const std::vector<std::vector<std::string>>& rows, size_t subject, size_t time,
              size_t holder, bool is_owner, ParseTime parse) {
  Cases cases;
  std::map<std::string, int> numbers;
  for (size_t i = 1; i < rows.size(); ++i) {
    const auto [at, first] =
        numbers.try_emplace(rows[i][subject], static_cast<int>(numbers.size()) + 1);
    cases.Add(at->second, first ? kOpened : kHanded, parse(rows[i][time]),
              is_owner ? "" : rows[i][holder], is_owner ? rows[i][holder] : "");
  }
  return cases;
}

int64_t FromRfc3339(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << error;
  return absl::ToUnixMicros(time);
}

double Days(const google::protobuf::Duration& duration) {
  return static_cast<double>(duration.seconds()) / 86400;
}

// Reference results of shared/data/README.md.
TEST(CaseFlow, VolvoIncidents) {
  const auto rows = ReadTable("volvo_incidents/incidents.csv.gz");
  if (rows.empty()) GTEST_SKIP() << "no volvo_incidents under COMITY_SHARED";
  ASSERT_EQ(rows.size(), 65'534);
  const Cases log = FromLog(rows, 0, 1, 8, /*is_owner=*/false, FromRfc3339);
  const v1::CaseFlowRow total = Flow(log.AsState()).total();
  EXPECT_EQ(total.case_count(), 7'554);
  EXPECT_EQ(total.handover_count(), 9'454);
  EXPECT_EQ(total.handed_over_case_count(), 3'820);
  EXPECT_EQ(total.return_count(), 2'394);
  EXPECT_EQ(total.returned_case_count(), 1'177);
  EXPECT_NEAR(Days(total.duration_with_return().mean()), 28.52436, 1e-5);
  EXPECT_NEAR(Days(total.duration_without_return().mean()), 9.04409, 1e-5);
}

TEST(CaseFlow, Helpdesk) {
  const auto rows = ReadTable("helpdesk/Helpdesk.csv");
  if (rows.empty()) GTEST_SKIP() << "no helpdesk under COMITY_SHARED";
  const Cases log = FromLog(rows, 1, 3, 8, /*is_owner=*/true, [](const std::string& text) {
    absl::Time time;
    std::string error;
    EXPECT_TRUE(absl::ParseTime("%Y/%m/%d %H:%M:%E*S", text, &time, &error)) << text << error;
    return absl::ToUnixMicros(time);
  });
  const v1::CaseFlowRow total = Flow(log.AsState(), v1::CASE_HOLDER_OWNER).total();
  EXPECT_EQ(total.case_count(), 4'580);
  EXPECT_EQ(total.handover_count(), 8'648);
  EXPECT_EQ(total.returned_case_count(), 269);
}

}  // namespace
}  // namespace comity::reporting
