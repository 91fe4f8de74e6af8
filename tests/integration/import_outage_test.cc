// An import that is cut: the client killed, a service killed under it, a service away from the
// start. A repetition completes it; no row is taken half or twice.
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/integration/command.h"
#include "tests/integration/journals.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using ::testing::HasSubstr;

constexpr int kRows = 3'000;
// Facts and entries of a row: created, its fact, engaged, signed, judged.
constexpr int64_t kEntriesOfARow = 5;

class ImportOutage : public ::testing::Test {
 protected:
  void SetUp() override {
    source_ = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    path_ = absl::StrCat(::testing::TempDir(), "/import_outage_", getpid());
    std::ofstream(path_ + ".yaml") << R"(
kind: opportunities
source: )" << source_ << R"(
identity: id
department: sales
fields:
  display_name: name
  open_time: opened
  amount: {column: amount, currency: EUR}
facts:
  - kind: engaged
    fields: {occur_time: {column: opened, required: true}}
  - kind: signed
    when: {outcome: [won, claimed-won]}
    fields: {occur_time: {column: closed, required: true}}
judgements:
  - question: opportunity-outcome
    answer: won
    when: {outcome: [won, unsigned]}
)";
    WriteRows("won");
  }
  void TearDown() override {
    for (const char* suffix : {".yaml", ".csv", ".pid"}) std::filesystem::remove(path_ + suffix);
  }

  void WriteRows(const std::string& outcome, int rows = kRows) {
    std::ofstream file(path_ + ".csv");
    file << "id,name,opened,closed,amount,outcome\n";
    for (int i = 0; i < rows; ++i) {
      file << i << ",Deal " << i << ",2026-01-02,2026-02-03," << i << "," << outcome << "\n";
    }
  }

  std::string Arguments(const std::string& more = "") const {
    return absl::StrCat("import ", path_, ".csv --map ", path_, ".yaml --as sam@sales -o json ",
                        more);
  }

  nlohmann::json Import(const std::string& more = "") const {
    const Outcome outcome = TryComity(Arguments(more));
    auto json = nlohmann::json::parse(outcome.output, nullptr, false);
    EXPECT_TRUE(json.is_object()) << outcome.output << outcome.errors;
    return json;
  }

  int64_t CountOf(const std::string& id = "") const {
    const std::string filter =
        absl::StrCat("external_id.source = \"", source_, "\"",
                     id.empty() ? "" : absl::StrCat(" AND external_id.id = \"", id, "\""));
    return ComityJson<lead::v1::ListOpportunitiesResponse>(
               absl::StrCat("opportunity list --all --show-all --filter '", filter,
                            "' --as sam@sales"))
        .opportunities_size();
  }

  static int64_t LeadEntries() { return JournalSizes()["lead"]; }

  // Waits until the import has written that many entries of the journal behind `start`.
  static void AwaitEntries(int64_t start, int64_t entries) {
    ASSERT_TRUE(Eventually([&] { return LeadEntries() >= start + entries; }));
  }

  std::string source_;
  std::string path_;
};

TEST_F(ImportOutage, ARepetitionCompletesAnImportThatWasKilled) {
  const int64_t start = LeadEntries();
  std::thread import([&] {
    RunShell(absl::StrCat("sh -c 'echo $$ >", path_, ".pid; exec env ", ComityCommand(Arguments()),
                          "' >/dev/null"));
  });
  AwaitEntries(start, kRows * kEntriesOfARow / 4);
  std::string text;
  std::getline(std::ifstream(path_ + ".pid"), text);
  int pid = 0;
  ASSERT_TRUE(absl::SimpleAtoi(text, &pid));
  kill(pid, SIGKILL);
  import.join();
  const auto report = Import();
  EXPECT_GT(report["unchanged"], 0);
  EXPECT_EQ(report["unchanged"].get<int>() + report["taken"].get<int>(), kRows) << report.dump();
  EXPECT_EQ(CountOf(), kRows);
  ASSERT_TRUE(Eventually([&] { return LeadEntries() == start + kRows * kEntriesOfARow; }))
      << LeadEntries() - start;
}

TEST_F(ImportOutage, AServiceThatIsKilledHoldsItUpAndLosesNothing) {
  const int64_t start = LeadEntries();
  nlohmann::json report;
  std::thread import([&] { report = Import(); });
  AwaitEntries(start, kRows * kEntriesOfARow / 4);
  Suite::Get().Kill("lead");
  Suite::Get().StartMissing();
  import.join();
  EXPECT_EQ(report["taken"], kRows) << report.dump();
  EXPECT_EQ(CountOf(), kRows);
  ASSERT_TRUE(Eventually([&] { return LeadEntries() == start + kRows * kEntriesOfARow; }))
      << LeadEntries() - start;
}

TEST_F(ImportOutage, AServiceThatIsAwayEndsItAtOnce) {
  std::ifstream input(Suite::Get().folder() + "/profile.json");
  nlohmann::json profile;
  input >> profile;
  profile["addresses"]["lead"] = "127.0.0.1:1";
  const std::string path = absl::StrCat(Suite::Get().folder(), "/away-profile.json");
  std::ofstream(path) << profile;
  const Outcome outcome = TryComity(Arguments(), path);
  EXPECT_NE(outcome.code, 0);
  EXPECT_THAT(outcome.errors, HasSubstr("SERVICE_AWAY"));
  EXPECT_EQ(outcome.output, "");  // no row was refused: none was tried
  EXPECT_EQ(CountOf(), 0);
}

TEST_F(ImportOutage, ARowIsTakenWholeOrNotAtAll) {
  WriteRows("unsigned", 30);
  for (const char* mode : {"--dry-run", ""}) {
    const auto report = Import(mode);
    EXPECT_EQ(report["refused"], 30) << report.dump();
    EXPECT_EQ(report["problems"][0]["reason"], "FACT_MISSING") << report.dump();
    EXPECT_EQ(report["problems"][0]["column"], "questions/opportunity-outcome");
  }
  EXPECT_EQ(CountOf(), 0);
  // The same of rows whose records are there: no judgement without its signature, and no fact of a
  // row of which anything is refused.
  WriteRows("claimed-won", 30);
  EXPECT_EQ(Import()["taken"], 30);
  EXPECT_EQ(Import()["unchanged"], 30);
}

}  // namespace
}  // namespace comity::integration
