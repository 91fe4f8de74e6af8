// Real files of others, imported by the client into a suite of real processes with the maps that
// ship: what they hold is what the record says, and a repetition changes nothing. Without
// COMITY_WHOLE_SETS, the first rows of the long ones.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "comity/reporting/v1/report_service.grpc.pb.h"
#include "comity/support/v1/case_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/client/import/table_reader.h"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using reporting::v1::CaseFlowReport;
using reporting::v1::CaseFlowRow;

#ifdef COMITY_WHOLE_SETS
constexpr int64_t kMostRows = std::numeric_limits<int64_t>::max();
constexpr bool kIsWhole = true;
#else
constexpr int64_t kMostRows = 1'500;
constexpr bool kIsWhole = false;
#endif

std::string Source() { return Environment("COMITY_SOURCE_DIR", "."); }

std::string PathOf(const std::string& file) {
  return absl::StrCat(Environment("COMITY_SHARED", Source() + "/../shared"), "/data/", file);
}

std::string Quoted(const std::string& cell) {
  return absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
}

using RowOfCells = std::map<std::string, std::string>;  // by column

// A set, or its first rows, as a file of its own.
class Sample {
 public:
  explicit Sample(const std::string& file, int64_t most = kMostRows)
      : path_(absl::StrCat(::testing::TempDir(), "/import_sets_", getpid(), ".csv")) {
    auto reader = client::TableReader::Open(PathOf(file));
    EXPECT_TRUE(reader.ok()) << reader.status();
    std::ofstream output(path_);
    const std::vector<std::string>& header = (*reader)->header();
    WriteRow(&output, header);
    client::Row row;
    while (static_cast<int64_t>(rows_.size()) < most) {
      const auto more = (*reader)->Next(&row);
      EXPECT_TRUE(more.ok()) << more.status();
      if (!more.ok() || !*more) break;
      RowOfCells& cells = rows_.emplace_back();
      for (size_t i = 0; i < header.size(); ++i) cells[header[i]] = row.cells[i];
      WriteRow(&output, row.cells);
    }
  }
  ~Sample() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }
  const std::vector<RowOfCells>& rows() const { return rows_; }
  int64_t size() const { return static_cast<int64_t>(rows_.size()); }

 private:
  static void WriteRow(std::ofstream* output, const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      const bool nameless = absl::StartsWith(cells[i], "#");
      *output << (i == 0 ? "" : ",") << Quoted(nameless ? "" : cells[i]);
    }
    *output << "\n";
  }

  const std::string path_;
  std::vector<RowOfCells> rows_;
};

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
  ExpectHolders(report.total(), HoldersOf(log, "case", "org:resource"));
  if (kIsWhole) {
    EXPECT_EQ(log.size(), 21'348);
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
  const RowOfCells& row = leads.rows()[0];
  const auto found = ComityJson<lead::v1::ListLeadsResponse>(absl::StrCat(
      "lead list --filter 'external_id.source = \"xeducation\" AND external_id.id = \"",
      row.at("Prospect ID"), "\"' --as mia@marketing"));
  ASSERT_EQ(found.leads_size(), 1);
  std::set<std::string> kept;
  for (const auto& [key, value] : found.leads(0).attributes()) kept.insert(value);
  for (const auto& [column, cell] : row) {
    if (column == "Prospect ID" || cell.empty()) continue;
    EXPECT_EQ(kept.contains(cell), cell != "Select") << column;
  }
  EXPECT_EQ(import(), (Counts{0, leads.size(), 0, 0}));
}

TEST_F(ImportSetsTest, Olist) {
  const Sample leads("olist_funnel/olist_mql_asof_2018-04-30.csv", kIsWhole ? kMostRows : 7'000);
  EXPECT_EQ(Import(leads.path(), "leads", "olist-leads", "mia@marketing"),
            (Counts{leads.size(), 0, 0, 0}));
  const Sample deals("olist_funnel/olist_deals_asof_2018-04-30.csv", kIsWhole ? kMostRows : 100);
  EXPECT_EQ(Import(deals.path(), "opportunities", "olist-deals", "sam@sales"),
            (Counts{deals.size(), 0, 0, 0}));
  EXPECT_EQ(Import(deals.path(), "opportunities", "olist-deals", "sam@sales"),
            (Counts{0, deals.size(), 0, 0}));
  const Sample sellers("olist_funnel/olist_sellers_dataset.csv", kIsWhole ? kMostRows : 300);
  EXPECT_EQ(Import(sellers.path(), "accounts", "olist-sellers", "ana@sales"),
            (Counts{sellers.size(), 0, 0, 0}));
  const RowOfCells& deal = deals.rows()[0];
  const auto found = ComityJson<lead::v1::ListOpportunitiesResponse>(absl::StrCat(
      "opportunity list --show-all --filter 'external_id.source = \"olist\" AND external_id.id = "
      "\"",
      deal.at("mql_id"), "\"' --as ana@sales"));
  ASSERT_EQ(found.opportunities_size(), 1);
  EXPECT_EQ(found.opportunities(0).owner(), "persons/olist-" + deal.at("sr_id"));
  EXPECT_EQ(found.opportunities(0).attributes().at("sdr"), deal.at("sdr_id"));
  EXPECT_TRUE(found.opportunities(0).has_sign_time());
  EXPECT_FALSE(found.opportunities(0).lead().empty());
  for (const char* kind : {"opportunities", "leads", "accounts"}) ExpectExportImportsAgain(kind);
}

TEST_F(ImportSetsTest, PathData) {
  const Sample paths("attribution/PathData.csv");
  const auto import = [&] {
    return Import(paths.path(), "touches", "pathdata-touches", "mia@marketing");
  };
  EXPECT_EQ(import(), (Counts{paths.size(), 0, 0, 0}));
  EXPECT_EQ(import(), (Counts{0, paths.size(), 0, 0}));
}

}  // namespace
}  // namespace comity::integration
