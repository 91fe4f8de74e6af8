// An import that is cut: the client killed, a service killed under it, a service away from the
// start. A repetition completes it; no row is taken half or twice.
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "comity/support/v1/case_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using ::testing::HasSubstr;

constexpr int kRows = 2'000;
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
known: {outcome: open}
)";
    WriteRows("won");
  }
  void TearDown() override {
    for (const char* suffix : {".yaml", ".csv", ".pid", ".err"}) {
      std::filesystem::remove(path_ + suffix);
    }
  }

  void WriteRows(const std::string& outcome, int rows = kRows, const char* name = "Deal") {
    std::ofstream file(path_ + ".csv");
    file << "id,name,opened,closed,amount,outcome\n";
    for (int i = 0; i < rows; ++i) {
      file << i << "," << name << " " << i << ",2026-01-02,2026-02-03," << i << "," << outcome
           << "\n";
    }
  }

  std::string Arguments(const std::string& more = "", const char* as = "sam@sales") const {
    return absl::StrCat("import ", path_, ".csv --map ", path_, ".yaml --as ", as, " -o json ",
                        more);
  }

  nlohmann::json Import(const std::string& more = "", const char* as = "sam@sales") const {
    const Outcome outcome = TryComity(Arguments(more, as));
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

  // -1 while the service is away or too busy.
  static int64_t LeadEntries() {
    journal::v1::ReadJournalRequest request;
    request.set_page_size(1);
    const auto page = Suite::Get().Call(&journal::v1::JournalService::Stub::ReadJournal, "lead",
                                        "max@management", request);
    return page.ok() ? page->size() : -1;
  }

  // Waits until the import has written that many entries of the journal behind `start`.
  static void AwaitEntries(int64_t start, int64_t entries) {
    ASSERT_TRUE(Eventually([&] { return LeadEntries() >= start + entries; }));
  }

  // Of an import that wrote it to its file.
  int PidOfImport() const {
    std::string text;
    std::getline(std::ifstream(path_ + ".pid"), text);
    int pid = 0;
    // No process has this one; 0 would be all of this test's own.
    if (!absl::SimpleAtoi(text, &pid) || pid <= 0) pid = std::numeric_limits<int>::max();
    return pid;
  }

  // What an import has written to its file so far.
  std::string Errors() const {
    std::stringstream text;
    text << std::ifstream(path_ + ".err").rdbuf();
    return text.str();
  }

  std::string source_;
  std::string path_;
};

TEST_F(ImportOutage, ARepetitionCompletesAnImportThatWasKilled) {
  const int64_t start = LeadEntries();
  int code = 0;
  std::thread import([&] {
    code = RunShell(absl::StrCat("sh -c 'echo $$ >", path_, ".pid; exec env ",
                                 ComityCommand(Arguments()), "' >/dev/null; exit $?"))
               .code;
  });
  AwaitEntries(start, kRows * kEntriesOfARow / 4);
  // Nothing more is taken: it cannot end before it is killed.
  Suite::Get().Signal("lead", SIGSTOP);
  EXPECT_EQ(kill(PidOfImport(), SIGKILL), 0);
  import.join();
  Suite::Get().Signal("lead", SIGCONT);
  EXPECT_EQ(code, 128 + SIGKILL) << "it had ended by itself: nothing was cut";
  const auto report = Import();
  EXPECT_GT(report["unchanged"], 0);
  EXPECT_GT(report["taken"], 0);
  EXPECT_EQ(report["unchanged"].get<int>() + report["taken"].get<int>(), kRows) << report.dump();
  EXPECT_EQ(CountOf(), kRows);
  ASSERT_TRUE(Eventually([&] { return LeadEntries() == start + kRows * kEntriesOfARow; }))
      << LeadEntries() - start;
}

TEST_F(ImportOutage, CtrlCIsHeardAndTheSecondEndsItAtOnce) {
  const int64_t start = LeadEntries();
  int code = 0;
  std::thread import([&] {
    code = RunShell(absl::StrCat("echo $$ >", path_, ".pid; exec env ", ComityCommand(Arguments()),
                                 " >/dev/null 2>", path_, ".err"))
               .code;
  });
  AwaitEntries(start, kRows * kEntriesOfARow / 8);
  // What is under way stays so.
  Suite::Get().Signal("lead", SIGSTOP);
  const int pid = PidOfImport();
  kill(pid, SIGINT);
  EXPECT_TRUE(Eventually([&] {
    return absl::StrContains(Errors(), "finishing what is under way; Ctrl-C again ends at once");
  }));
  kill(pid, SIGINT);
  import.join();
  Suite::Get().Signal("lead", SIGCONT);
  EXPECT_EQ(code, 130);
  EXPECT_THAT(Errors(), HasSubstr("the same import again tells what was taken"));
  const auto report = Import();
  EXPECT_EQ(report["unchanged"].get<int>() + report["taken"].get<int>(), kRows) << report.dump();
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
  // The same of rows whose records are there: of a row whose judgement is refused, no change of a
  // field is taken either.
  WriteRows("open", 30);
  EXPECT_EQ(Import()["taken"], 30);
  EXPECT_EQ(Import()["unchanged"], 30);
  WriteRows("unsigned", 30, "Renamed");
  EXPECT_EQ(Import()["refused"], 30);
  WriteRows("open", 30);
  EXPECT_EQ(Import()["unchanged"], 30);
  WriteRows("claimed-won", 30, "Renamed");
  EXPECT_EQ(Import()["taken"], 30);
  EXPECT_EQ(Import()["unchanged"], 30);
}

// A department that may judge and not update brings rows of several judgements all the same.
TEST_F(ImportOutage, WhoMayOnlyJudgeBringsHisJudgements) {
  WriteRows("open", 30);
  EXPECT_EQ(Import()["taken"], 30);
  std::ofstream(path_ + ".yaml") << R"(
kind: judgements
source: )" << source_ << R"(
subject: {column: id, find: opportunities}
identity: id
department: management
judgements:
  - question: opportunity-stage
    answer: {constant: engaging}
  - question: forecast-category
    answer: {constant: commit}
)";
  for (const char* outcome : {"taken", "unchanged"}) {
    const auto report = Import("", "max@management");
    EXPECT_EQ(report[outcome], 30) << report.dump();
  }
}

// A case opens when its first row says, also where that row is refused at first.
TEST_F(ImportOutage, ACaseBeginsWithItsFirstRow) {
  std::ofstream(path_ + ".yaml") << R"(
kind: case-events
source: )" << source_ << R"(
subject: {column: case, find: cases, make: {title: case, open_time: at}}
identity: id
department: support
facts:
  - kind: reopened
    when: {what: reopened}
    fields: {occur_time: {column: at, required: true}}
  - kind: closed
    when: {what: closed}
    fields: {occur_time: {column: at, required: true}}
)";
  std::ofstream(path_ + ".csv") << "id,case,at,what\n1,c,2026-01-05,reopened\n"
                                   "2,c,2026-01-04,closed\n";
  const auto report = Import("", "sue@support");
  EXPECT_EQ(report["taken"], 2) << report.dump();
  const auto found = ComityJson<support::v1::ListCasesResponse>(absl::StrCat(
      "case list --show-all --filter 'external_id.source = \"", source_, "\"' --as sue@support"));
  ASSERT_EQ(found.cases_size(), 1);
  EXPECT_EQ(
      absl::FormatTime("%Y-%m-%d", absl::FromUnixSeconds(found.cases(0).open_time().seconds()),
                       absl::UTCTimeZone()),
      "2026-01-05");
}

}  // namespace
}  // namespace comity::integration
