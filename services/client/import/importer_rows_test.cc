// What is wrong with one row is said of that row, and every row ends in exactly one count.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/import/importer_fixture.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ImporterRowsTest : public ImporterTest {};

// What no service looks for is said by row, and the others are taken.
TEST_F(ImporterRowsTest, AnIdThatNoRecordCanHaveRefusesItsRowAlone) {
  const std::string bad_ids[] = {"a\x01z", "\"a\rz\"", "a\xC2\x85z", "accounts/42",
                                 std::string(192, 'x')};
  for (const std::string& id : bad_ids) {
    services_.accounts.clear();
    const ImportReport report =
        Run(absl::StrCat("A,medical,1,1,1,,\n", id, ",medical,1,1,1,,\n", "B,medical,1,1,1,,", id,
                         "\nC,medical,1,1,1,,A\n"));
    EXPECT_TRUE(report.stopped.ok()) << report.stopped;
    EXPECT_EQ(report.tally.taken, 2) << id;
    ASSERT_THAT(Reasons(report), ElementsAre("IDENTITY_INVALID", "IDENTITY_INVALID"));
    EXPECT_EQ(report.problems[0].column, "account");
    EXPECT_EQ(report.problems[1].column, "subsidiary_of");
    EXPECT_EQ(report.problems[1].value, report.problems[0].value);
    EXPECT_GT(report.problems[1].line, report.problems[0].line);
  }
}

// Dates and identities are told from the whole file before its first row is taken.
TEST_F(ImporterRowsTest, AFileThatChangesMeanwhileIsNotPassedOver) {
  // More than is read at once.
  std::string rows;
  const std::string office(1'000, 'x');
  for (int i = 0; i < 200; ++i) absl::StrAppend(&rows, "A", i, ",medical,1,1,1,", office, ",\n");
  on_row_ = [this](int64_t row) {
    if (row == 1) std::filesystem::resize_file(path_, 150'000);
  };
  const ImportReport report = Run(rows);
  EXPECT_EQ(Reason(report.stopped), "FILE_CHANGED");
  EXPECT_EQ(report.rows, 200);
  EXPECT_EQ(report.tally.total() + report.not_reached, 200);
  EXPECT_GT(report.tally.taken, 0);
}

TEST_F(ImporterRowsTest, ASubjectThatNoServiceLooksForRefusesItsRowsAlone) {
  UseMap(
      "kind: touches\nsource: x\nidentity: id\nsubject: {column: about, find: accounts}\n"
      "facts:\n  - kind: touch\n    fields: {channel: channel}\n");
  const ImportReport report =
      Run("1,accounts/42,web\n2,a\x02,web\nz\x03,a,web\n", /*dry_run=*/false, "id,about,channel\n");
  EXPECT_THAT(Reasons(report),
              ElementsAre("IDENTITY_INVALID", "IDENTITY_INVALID", "IDENTITY_INVALID"));
  EXPECT_EQ(report.problems[0].column, "about");
  EXPECT_EQ(report.problems[0].value, "accounts/42");
  EXPECT_EQ(report.problems[2].column, "id");
}

TEST_F(ImporterRowsTest, ARefusedLookUpOfSubjectsIsAskedAgainOneByOne) {
  UseMap(
      "kind: touches\nsource: x\nidentity: id\nsubject: {column: about, find: accounts}\n"
      "facts:\n  - kind: touch\n    fields: {channel: channel}\n");
  services_.unlisted = "\"odd";
  std::string rows = "1,odd,web\n2,odd,web\n";
  for (int i = 3; i < 40; ++i) absl::StrAppend(&rows, i, ",gone", i, ",web\n");
  const ImportReport report = Run(rows, /*dry_run=*/false, "id,about,channel\n");
  EXPECT_TRUE(report.stopped.ok()) << report.stopped;
  EXPECT_EQ(report.tally.refused, 39);
  ASSERT_EQ(report.problems.size(), 39u);
  for (const Problem& problem : report.problems) {
    EXPECT_EQ(problem.reason, problem.line < 4 ? "FILTER_INVALID" : "REFERENCE_NOT_FOUND");
    EXPECT_EQ(problem.column, "about");
  }
}

TEST_F(ImporterRowsTest, FiltersAreCutByTheirBytes) {
  std::string rows;
  for (int i = 0; i < 60; ++i) {
    absl::StrAppend(&rows, std::string(180, '\\'), i, ",medical,1,1,1,,\n");
  }
  EXPECT_EQ(Run(rows).tally.taken, 60);
  EXPECT_GT(services_.longest_filter, 0u);
  EXPECT_LE(services_.longest_filter, 1'000u);
  EXPECT_EQ(Run(rows).tally.unchanged, 60);
}

TEST_F(ImporterRowsTest, ARefusedLookUpIsAskedAgainRowByRow) {
  services_.unlisted = "\"odd";
  std::string rows;
  for (int i = 0; i < 300; ++i) absl::StrAppend(&rows, "A", i, ",medical,1,1,1,,\n");
  const ImportReport report =
      Run(absl::StrCat(rows, "odd,medical,1,1,1,,\nB,medical,1,1,1,,odd\n"));
  EXPECT_TRUE(report.stopped.ok()) << report.stopped;
  EXPECT_EQ(report.tally.taken, 300);
  EXPECT_THAT(Reasons(report), ElementsAre("FILTER_INVALID", "FILTER_INVALID"));
  EXPECT_EQ(report.problems[0].line, 302);
  EXPECT_EQ(report.problems[0].value, "odd");
  EXPECT_EQ(report.problems[1].column, "subsidiary_of");
}

TEST_F(ImporterRowsTest, ABatchThatOneRowSpoilsIsSentRowByRow) {
  services_.too_large = "Large";
  std::string rows = "Large,medical,1,1,1,,\n";
  for (int i = 0; i < 300; ++i) absl::StrAppend(&rows, "A", i, ",medical,1,1,1,,\n");
  const ImportReport report = Run(rows);
  EXPECT_TRUE(report.stopped.ok()) << report.stopped;
  EXPECT_EQ(report.tally.taken, 300);
  ASSERT_THAT(Reasons(report), ElementsAre("MESSAGE_TOO_LARGE"));
  EXPECT_EQ(report.problems[0].line, 2);
}

// What became of the first row of several alike is what became of them.
TEST_F(ImporterRowsTest, ACopyEndsAsItsFirstRowDid) {
  services_.refused.insert("Bad");
  const ImportReport report =
      Run("Bad,medical,1,1,1,,\nGood,medical,1,1,1,,\nBad,medical,1,1,1,,\nGood,medical,1,1,1,,\n"
          "Lost,medical,1,1,1,,Nobody\nLost,medical,1,1,1,,Nobody\n");
  EXPECT_EQ(report.tally.taken, 1);
  EXPECT_EQ(report.tally.unchanged, 1);
  EXPECT_EQ(report.tally.refused, 4);
  EXPECT_THAT(Reasons(report), ElementsAre("FIELD_TOO_LONG", "FIELD_TOO_LONG",
                                           "REFERENCE_NOT_FOUND", "REFERENCE_NOT_FOUND"));
  EXPECT_EQ(report.problems[1].line, 4);
  EXPECT_THAT(report.problems[1].message, HasSubstr("the same as line 2"));

  services_.accounts["Good"].set_sector("energy");
  const std::string other = "Good,technology,1,1,1,,\n";
  const ImportReport conflict = Run(other + other);
  EXPECT_EQ(conflict.tally.conflicting, 2);
  EXPECT_THAT(Reasons(conflict), ElementsAre("EDITED_SINCE", "EDITED_SINCE"));
}

TEST_F(ImporterRowsTest, ACopyOfWhatWasNotReachedIsNotReached) {
  std::string rows;
  for (int i = 0; i < 10; ++i) absl::StrAppend(&rows, "A", i % 5, ",medical,1,1,1,,\n");
  services_.calls_left = 0;
  const ImportReport report = Run(rows);
  EXPECT_EQ(report.tally.total(), 0);
  EXPECT_EQ(report.not_reached, 10);
}

TEST_F(ImporterRowsTest, RowsInFlightAreBoundByTheirBytes) {
  most_bytes_ = 1 << 20;
  std::string rows;
  const std::string cell(10'000, 'x');
  for (int i = 0; i < 250; ++i) absl::StrAppend(&rows, "A", i, ",medical,1,1,1,", cell, ",\n");
  EXPECT_EQ(Run(rows).tally.taken, 250);
  EXPECT_GT(services_.most_unwritten, 8);
  EXPECT_LE(services_.most_unwritten, (1 << 20) / 10'000 + 1);
  // A row that is longer than the bound goes by itself.
  most_bytes_ = 1'000;
  EXPECT_EQ(Run(rows).tally.unchanged, 250);
  // Who waits for room is told when there will be none.
  services_.calls_left = 0;
  EXPECT_EQ(Run(rows).tally.unchanged, 0);
}

TEST_F(ImporterRowsTest, RowsThatWaitForLaterOnesAreBound) {
  most_waiting_bytes_ = 100'000;
  std::string rows;
  for (int i = 0; i < 1'000; ++i) absl::StrAppend(&rows, "C", i, ",medical,1,1,1,,Mother\n");
  rows += "Mother,medical,1,1,1,,\n";
  const ImportReport report = Run(rows);
  EXPECT_GT(report.tally.taken, 20);
  EXPECT_GT(report.tally.refused, 500);
  EXPECT_EQ(report.problems[0].reason, "TOO_MANY_WAIT");
  EXPECT_THAT(report.problems[0].message, HasSubstr("sort the file"));
  EXPECT_EQ(Run(rows).tally.refused, 0);
  EXPECT_EQ(services_.accounts.size(), 1'001u);
}

// A row is looked at again when what it names has come, not once for each generation.
TEST_F(ImporterRowsTest, AChainThatStandsUpsideDownTakesCallsByItsLength) {
  constexpr int kRows = 1'000;
  std::string rows;
  for (int i = 0; i < kRows; ++i) {
    absl::StrAppend(&rows, "C", i, ",medical,1,1,1,,",
                    i + 1 < kRows ? absl::StrCat("C", i + 1) : "", "\n");
  }
  EXPECT_EQ(Run(rows).tally.taken, kRows);
  EXPECT_LE(services_.calls, 4 * kRows);
  EXPECT_EQ(services_.accounts["C0"].parent_account(), services_.accounts["C1"].name());
}

}  // namespace
}  // namespace comity::client
