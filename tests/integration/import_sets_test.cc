// Real files of others, imported by the client into a suite of real processes with the maps that
// ship: what they hold is what the record says, and a repetition changes nothing. Without
// COMITY_WHOLE_SETS, the first rows of the long ones.
#include "tests/integration/import_sets.h"

#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "comity/lead/v1/campaign_service.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "comity/reporting/v1/report_service.grpc.pb.h"
#include "comity/support/v1/case_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/client/api/request_id.h"
#include "services/client/import/table_reader.h"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using reporting::v1::CaseFlowReport;
using reporting::v1::CaseFlowRow;

constexpr size_t kAskedFor = 8;  // records of which the facts are read, one by one

struct Counts {
  int64_t taken = 0;
  int64_t unchanged = 0;
  int64_t refused = 0;
  int64_t conflicting = 0;
  friend bool operator==(const Counts& a, const Counts& b) = default;
};

std::ostream& operator<<(std::ostream& out, const Counts& counts) {
  return out << "taken " << counts.taken << ", unchanged " << counts.unchanged << ", refused "
             << counts.refused << ", conflicting " << counts.conflicting;
}

Counts Import(const std::string& path, const std::string& kind, const std::string& map,
              const std::string& as) {
  const Outcome outcome =
      TryComity(absl::StrCat("import ", path, " --kind ", kind, " --map ", Source(),
                             "/services/client/maps/", map, ".yaml --as ", as, " -o json"));
  const auto json = nlohmann::json::parse(outcome.output, nullptr, false);
  if (!json.is_object()) {
    ADD_FAILURE() << outcome.output << outcome.errors;
    return {};
  }
  if (!json["problems"].empty()) std::fprintf(stderr, "%s\n", json["problems"][0].dump().c_str());
  return {json["taken"], json["unchanged"], json["refused"], json["conflicting"]};
}

// Until reporting has taken in what the journals of `services` hold.
void WaitUntilFresh(const std::vector<std::string>& services) {
  using Journal = journal::v1::JournalService::Stub;
  using Report = reporting::v1::ReportService::Stub;
  std::map<std::string, int64_t> wanted;
  for (const std::string& service : services) {
    auto page =
        Suite::Get()
            .Call<Journal, journal::v1::ReadJournalRequest, journal::v1::ReadJournalResponse>(
                &Journal::ReadJournal, service, "max@management", {});
    ASSERT_TRUE(page.ok()) << page.status();
    wanted[service] = page->size();
  }
  ASSERT_TRUE(Eventually(
      [&] {
        auto freshness =
            Suite::Get().Call<Report, reporting::v1::GetFreshnessRequest, reporting::v1::Freshness>(
                &Report::GetFreshness, "reporting", "max@management", {});
        if (!freshness.ok()) return false;
        for (const auto& source : freshness->basis().sources()) {
          const auto found = wanted.find(source.service());
          if (found != wanted.end() && source.position() >= found->second) wanted.erase(found);
        }
        return wanted.empty();
      },
      absl::Minutes(10)));
}

// What a log says of its holders, by hand.
struct Holders {
  int64_t cases = 0;
  int64_t handovers = 0;
  int64_t cases_with_handover = 0;
  int64_t returns = 0;
  int64_t cases_with_return = 0;
};

Holders HoldersOf(const Sample& log, const std::string& case_column, const std::string& column) {
  std::map<std::string, std::vector<std::string>> sequences;
  for (const RowOfCells& row : log.rows()) {
    std::vector<std::string>& sequence = sequences[row.at(case_column)];
    if (sequence.empty() || sequence.back() != row.at(column)) sequence.push_back(row.at(column));
  }
  Holders holders;
  for (const auto& [name, sequence] : sequences) {
    int64_t returns = 0;
    for (size_t i = 2; i < sequence.size(); ++i) returns += sequence[i] == sequence[i - 2];
    ++holders.cases;
    holders.handovers += static_cast<int64_t>(sequence.size()) - 1;
    holders.cases_with_handover += sequence.size() > 1;
    holders.returns += returns;
    holders.cases_with_return += returns > 0;
  }
  return holders;
}

void ExpectHolders(const CaseFlowRow& total, const Holders& holders) {
  EXPECT_EQ(total.handover_count(), holders.handovers);
  EXPECT_EQ(total.handed_over_case_count(), holders.cases_with_handover);
  EXPECT_EQ(total.return_count(), holders.returns);
  EXPECT_EQ(total.returned_case_count(), holders.cases_with_return);
}

// What an export holds is what the record says, in either format.
void ExpectExportImportsAgain(const std::string& kind) {
  const std::string file = absl::StrCat(::testing::TempDir(), "/import_sets_export_", getpid());
  for (const char* format : {"csv", "jsonl"}) {
    Comity(absl::StrCat("export ", kind, " --lens sales --format ", format, " --out ", file,
                        " --map ", file, ".yaml --as ana@sales"));
    const Outcome outcome =
        TryComity(absl::StrCat("import ", file, " --map ", file, ".yaml --as ana@sales -o json"));
    const auto json = nlohmann::json::parse(outcome.output, nullptr, false);
    ASSERT_TRUE(json.is_object()) << outcome.output << outcome.errors;
    EXPECT_GT(json["unchanged"], 0) << kind << " " << format;
    EXPECT_EQ(json["unchanged"], json["rows"]) << kind << " " << format << json["problems"].dump();
  }
  std::filesystem::remove(file);
  std::filesystem::remove(file + ".yaml");
}

class ImportSetsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(PathOf("README.md"))) {
      GTEST_SKIP() << "the data sets are not in " << PathOf("");
    }
  }
};

TEST_F(ImportSetsTest, Volvo) {
  const Sample log("volvo_incidents/incidents.csv.gz");
  const auto import = [&] {
    return Import(log.path(), "case-events", "volvo-incidents", "sue@support");
  };
  EXPECT_EQ(import(), (Counts{log.size(), 0, 0, 0}));
  WaitUntilFresh({"support", "gateway"});
  const Holders holders = HoldersOf(log, "SR Number", "Involved ST");
  const auto report =
      ComityJson<CaseFlowReport>("report case-flow --holder team --as max@management");
  ExpectHolders(report.total(), holders);
  if (kIsWhole) {
    EXPECT_EQ(log.size(), 65'533);
    EXPECT_EQ(holders.cases, 7'554);
    EXPECT_EQ(report.total().handover_count(), 9'454);
    EXPECT_EQ(report.total().handed_over_case_count(), 3'820);
    EXPECT_EQ(report.total().return_count(), 2'394);
    EXPECT_EQ(report.total().returned_case_count(), 1'177);
    EXPECT_NEAR(
        static_cast<double>(report.total().duration_with_return().mean().seconds()) / 86'400, 28.52,
        0.01);
  }
  EXPECT_EQ(import(), (Counts{0, log.size(), 0, 0}));
}

TEST_F(ImportSetsTest, Helpdesk) {
  const Sample log("helpdesk/Helpdesk.csv");
  const auto import = [&] { return Import(log.path(), "case-events", "helpdesk", "sue@support"); };
  EXPECT_EQ(import(), (Counts{log.size(), 0, 0, 0}));
  WaitUntilFresh({"support", "gateway"});
  const auto report =
      ComityJson<CaseFlowReport>("report case-flow --holder owner --as max@management");
  const Holders holders = HoldersOf(log, "case", "org:resource");
  ExpectHolders(report.total(), holders);
  const auto cases = HeldOf<support::v1::ListCasesResponse>("case", "helpdesk", "sue@support");
  EXPECT_EQ(static_cast<int64_t>(cases.size()), holders.cases);
  for (const RowOfCells& row : log.rows()) {
    ASSERT_TRUE(cases.contains(row.at("case"))) << row.at("case");
    ASSERT_EQ(cases.at(row.at("case")).attributes().at("variant"), row.at("variant"));
  }
  if (kIsWhole) {
    EXPECT_EQ(log.size(), 21'348);
    EXPECT_EQ(holders.cases, 4'580);
    EXPECT_EQ(report.total().handover_count(), 8'648);
    EXPECT_EQ(report.total().returned_case_count(), 269);
  }
  EXPECT_EQ(import(), (Counts{0, log.size(), 0, 0}));
}

TEST_F(ImportSetsTest, XEducation) {
  const Sample leads("xeducation_leads/leads_oldest_70.csv");
  const auto import = [&] {
    return Import(leads.path(), "leads", "xeducation-leads", "mia@marketing");
  };
  EXPECT_EQ(import(), (Counts{leads.size(), 0, 0, 0}));
  if (kIsWhole) EXPECT_EQ(leads.size(), 6'468);
  const auto held = HeldOf<lead::v1::ListLeadsResponse>("lead", "xeducation", "mia@marketing");
  EXPECT_EQ(static_cast<int64_t>(held.size()), leads.size());
  std::set<std::string> filled;  // columns that some row fills
  for (const RowOfCells& row : leads.rows()) {
    ASSERT_TRUE(held.contains(row.at("Prospect ID")));
    const auto& attributes = held.at(row.at("Prospect ID")).attributes();
    for (const auto& [column, text] : row) {
      const std::string cell = client::Trimmed(text);
      if (column == "Prospect ID" || column == "#38") continue;
      const auto kept = attributes.find(AttributeOf(column));
      if (cell.empty() || cell == "Select") {
        ASSERT_TRUE(kept == attributes.end()) << column;
        continue;
      }
      ASSERT_TRUE(kept != attributes.end()) << column;
      ASSERT_EQ(kept->second, cell) << column;
      filled.insert(column);
    }
  }
  EXPECT_EQ(leads.rows()[0].size(), 38u);  // the last has no name
  EXPECT_EQ(filled.size(), 36u);           // and one is the identity
  EXPECT_EQ(import(), (Counts{0, leads.size(), 0, 0}));
}

// Where a lead came from is a touch of that campaign; who had the first deals is asked for in full.
void ExpectOlistLeads(const Sample& leads, const Sample& deals) {
  const auto held = HeldOf<lead::v1::ListLeadsResponse>("lead", "olist", "mia@marketing");
  const auto campaigns =
      HeldOf<lead::v1::ListCampaignsResponse>("campaign", "olist", "mia@marketing");
  EXPECT_EQ(static_cast<int64_t>(held.size()), leads.size());
  std::map<std::string, std::string> origins;
  std::map<std::string, int> sources;
  for (const RowOfCells& row : leads.rows()) {
    const std::string origin = row.at("origin") == "unknown" ? "" : row.at("origin");
    origins[row.at("mql_id")] = origin;
    ASSERT_EQ(held.at(row.at("mql_id")).source(), origin);
    ASSERT_EQ(held.at(row.at("mql_id")).attributes().at("landing_page"), row.at("landing_page_id"));
    ++sources[origin];
  }
  EXPECT_EQ(campaigns.size(), sources.size() - 1);  // without `unknown`
  if (kIsWhole) {
    EXPECT_EQ(campaigns.size(), 9u);
    EXPECT_EQ(sources["organic_search"], 1'952);
    EXPECT_EQ(sources["paid_search"], 1'320);
    EXPECT_EQ(sources[""], 945 + 46);
  }
  for (size_t i = 0; i < kAskedFor; ++i) {
    const std::string& id = deals.rows()[i].at("mql_id");
    const auto touches = FactsOf(held.at(id).name(), fact::v1::FACT_KIND_TOUCH, "mia@marketing");
    ASSERT_EQ(touches.size(), origins[id].empty() ? 0u : 1u) << id;
    if (touches.empty()) continue;
    EXPECT_EQ(touches[0].channel(), origins[id]);
    EXPECT_EQ(touches[0].campaign(), campaigns.at(origins[id]).name());
  }
}

void ExpectOlistDeals(const Sample& deals) {
  const auto held =
      HeldOf<lead::v1::ListOpportunitiesResponse>("opportunity", "olist", "ana@sales");
  EXPECT_EQ(static_cast<int64_t>(held.size()), deals.size());
  const auto person = [](const std::string& id) { return "persons/olist-" + id; };
  for (const RowOfCells& row : deals.rows()) {
    const auto& deal = held.at(row.at("mql_id"));
    ASSERT_EQ(deal.owner(), person(row.at("sr_id"))) << row.at("mql_id");
    ASSERT_EQ(deal.attributes().at("sdr"), row.at("sdr_id"));
    ASSERT_EQ(deal.attributes().at("sr"), row.at("sr_id"));
    ASSERT_TRUE(deal.has_sign_time());
    ASSERT_FALSE(deal.lead().empty());
  }
  for (size_t i = 0; i < kAskedFor; ++i) {
    const RowOfCells& row = deals.rows()[i];
    const auto owners =
        FactsOf(held.at(row.at("mql_id")).name(), fact::v1::FACT_KIND_OWNER_CHANGED, "ana@sales");
    ASSERT_EQ(owners.size(), 2u) << row.at("mql_id");
    EXPECT_EQ(owners[0].owner(), person(row.at("sdr_id")));
    EXPECT_EQ(owners[0].reason(), "developed the lead");
    EXPECT_EQ(owners[1].owner(), person(row.at("sr_id")));
    EXPECT_EQ(owners[1].reason(), "signed the seller");
  }
}

TEST_F(ImportSetsTest, Olist) {
  const Sample deals("olist_funnel/olist_deals_asof_2018-04-30.csv", kIsWhole ? kMostRows : 100);
  std::set<std::string> sold;
  for (const RowOfCells& row : deals.rows()) sold.insert(row.at("mql_id"));
  const Sample leads("olist_funnel/olist_mql_asof_2018-04-30.csv", kMostRows,
                     [&](const RowOfCells& row) { return sold.contains(row.at("mql_id")); });
  EXPECT_EQ(Import(leads.path(), "leads", "olist-leads", "mia@marketing"),
            (Counts{leads.size(), 0, 0, 0}));
  EXPECT_EQ(Import(deals.path(), "opportunities", "olist-deals", "sam@sales"),
            (Counts{deals.size(), 0, 0, 0}));
  EXPECT_EQ(Import(deals.path(), "opportunities", "olist-deals", "sam@sales"),
            (Counts{0, deals.size(), 0, 0}));
  const Sample sellers("olist_funnel/olist_sellers_dataset.csv", kIsWhole ? kMostRows : 300);
  EXPECT_EQ(Import(sellers.path(), "accounts", "olist-sellers", "ana@sales"),
            (Counts{sellers.size(), 0, 0, 0}));
  if (kIsWhole) {
    EXPECT_EQ(leads.size(), 6'697);
    EXPECT_EQ(deals.size(), 543);
  }
  ExpectOlistLeads(leads, deals);
  ExpectOlistDeals(deals);
  for (const char* kind : {"opportunities", "leads", "accounts"}) ExpectExportImportsAgain(kind);
}

// Equal rows are paths of their own, numbered.
std::vector<std::string> IdsOf(const Sample& paths) {
  std::map<std::string, int> seen;
  std::vector<std::string> ids;
  for (const RowOfCells& row : paths.rows()) {
    const std::string key =
        absl::StrCat(row.at("path"), "|", row.at("total_conversions"), "|",
                     row.at("total_conversion_value"), "|", row.at("total_null"));
    ids.push_back(absl::StrCat(client::RequestIdFor(key), "-", ++seen[key]));
  }
  return ids;
}

TEST_F(ImportSetsTest, PathData) {
  const Sample paths("attribution/PathData.csv");
  const auto import = [&] {
    return Import(paths.path(), "touches", "pathdata-touches", "mia@marketing");
  };
  EXPECT_EQ(import(), (Counts{paths.size(), 0, 0, 0}));
  if (kIsWhole) EXPECT_EQ(paths.size(), 10'000);
  const auto held = HeldOf<lead::v1::ListLeadsResponse>("lead", "pathdata", "mia@marketing");
  EXPECT_EQ(static_cast<int64_t>(held.size()), paths.size());
  const std::vector<std::string> ids = IdsOf(paths);
  for (size_t i = 0; i < ids.size(); ++i) {
    ASSERT_TRUE(held.contains(ids[i])) << i;
    const auto& attributes = held.at(ids[i]).attributes();
    for (const char* column : {"total_conversions", "total_conversion_value", "total_null"}) {
      ASSERT_EQ(attributes.at(column), paths.rows()[i].at(column)) << i;
    }
    const bool is_again = !absl::EndsWith(ids[i], "-1");
    if (i >= kAskedFor && i + 1 < ids.size() && !(is_again && i < 10 * kAskedFor)) continue;
    std::vector<std::string> channels;
    for (const auto& touch :
         FactsOf(held.at(ids[i]).name(), fact::v1::FACT_KIND_TOUCH, "mia@marketing")) {
      channels.push_back(touch.channel());
    }
    EXPECT_EQ(absl::StrJoin(channels, " > "), paths.rows()[i].at("path")) << i;
  }
  EXPECT_EQ(import(), (Counts{0, paths.size(), 0, 0}));
}

}  // namespace
}  // namespace comity::integration
