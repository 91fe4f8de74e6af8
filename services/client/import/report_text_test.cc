#include "services/client/import/report_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/output/error_text.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ImportReport ReportOf(const Tally& tally) {
  ImportReport report;
  report.tally = tally;
  report.rows = tally.total();
  return report;
}

TEST(ReportTextTest, OneIsNotMany) {
  Tally tally;
  tally.unchanged = 1;
  tally.kept = 1;
  EXPECT_EQ(SummaryText(ReportOf(tally), false, absl::Milliseconds(400)),
            "taken 0, unchanged 1, refused 0, conflicting 0; 1 value stays as people made it since "
            "(--report names it); 1 row in 0.4 s (2 rows/s)\n");
  tally.unchanged = 1'200;
  tally.kept = 2;
  EXPECT_THAT(SummaryText(ReportOf(tally), true, absl::Seconds(200)),
              ::testing::AllOf(HasSubstr("dry run, nothing is stored: taken 0"),
                               HasSubstr("; 2 values stay as people made them since"),
                               HasSubstr("; 1,200 rows in 3 min 20 s (6 rows/s)")));
}

TEST(ReportTextTest, AVerdictNamesWhatThereIs) {
  const auto verdict = [](int64_t refused, int64_t conflicting) {
    Tally tally;
    tally.refused = refused;
    tally.conflicting = conflicting;
    return Verdict(ReportOf(tally), true);
  };
  EXPECT_TRUE(verdict(0, 0).ok());
  EXPECT_EQ(verdict(1, 0).message(), "1 row is refused: mend it and import the file again");
  EXPECT_EQ(verdict(2, 1).message(),
            "2 rows are refused and 1 row contradicts the record: mend them and import the file "
            "again");
  EXPECT_EQ(Reason(verdict(1, 1)), "ROWS_REFUSED");
  EXPECT_EQ(Reason(verdict(0, 3)), "ROWS_CONFLICTING");
}

TEST(ReportTextTest, WhatCannotBeReadIsNotPassedOver) {
  ImportReport report;
  report.tally.taken = 2;
  report.rows = 2;
  report.is_cut = true;
  report.stopped = InvalidField("CSV_INVALID", "line 4", "a quote is not closed");
  EXPECT_THAT(SummaryText(report, false, absl::Seconds(42)),
              HasSubstr("conflicting 0; later rows cannot be read and are in no count; 2 rows"));
  EXPECT_EQ(Reason(Verdict(report, false)), "CSV_INVALID");
  EXPECT_EQ(ExitCode(Verdict(report, false)), 1);
}

TEST(ReportTextTest, ShortTimesAreNotNothing) {
  EXPECT_EQ(SpanText(absl::ZeroDuration()), "under 0.1 s");
  EXPECT_EQ(SpanText(absl::Milliseconds(107)), "0.1 s");
  EXPECT_EQ(SpanText(absl::Milliseconds(2'345)), "2.3 s");
  EXPECT_EQ(SpanText(absl::Seconds(42)), "42 s");
  EXPECT_EQ(SpanText(absl::Seconds(7'260)), "2 h 1 min");
}

TEST(ReportTextTest, WhatRowsSayAlikeIsSaidOnce) {
  std::vector<Problem> problems;
  for (int64_t line = 2; line < 32; ++line) {
    problems.push_back({line, "row", "", "ROLE_REQUIRED", "a member's role is needed"});
  }
  problems.push_back({40, "sector", "x", "VALUE_UNKNOWN", "not named"});
  const auto lines = ProblemLines(problems, 20);
  EXPECT_THAT(lines, ElementsAre(::testing::AllOf(HasSubstr("line 2"), HasSubstr("ROLE_REQUIRED"),
                                                  HasSubstr("(and 29 more like it)")),
                                 HasSubstr("line 40")));
  EXPECT_THAT(ProblemLines(problems, 1), ElementsAre(HasSubstr("line 2"), "… and 1 more"));
}

TEST(ReportTextTest, ChangesAreShownAsATable) {
  ImportReport report;
  EXPECT_EQ(ChangesText(report, 20, 0), "");
  for (int64_t line = 2; line < 32; ++line) {
    report.changes.push_back({line, absl::StrCat("A-", line), "sector", "", "retail"});
  }
  report.changes[0].before = "forge\x1b[2J\n\xC2\x9B";
  report.change_count = 1'500;
  const std::string text = ChangesText(report, 20, 0);
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  ASSERT_EQ(lines.size(), 23u);  // a title, and nothing behind the last line's end
  EXPECT_THAT(lines[0], ::testing::ContainsRegex("line +record +field +before +after"));
  EXPECT_THAT(lines[1], ::testing::ContainsRegex("2 +A-2 +sector +forge \\[2J +retail"));
  EXPECT_THAT(lines[2], ::testing::ContainsRegex("3 +A-3 +sector +- +retail"));
  EXPECT_EQ(lines[21], "… and 1,480 more changes: --report FILE names all");
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(ReportTextTest, NothingOfAFileSteersTheTerminal) {
  const Problem problem = {2, "a\x1b[31m", "b\x7f", "VALUE_UNKNOWN", "`c\xC2\x9B` \xE2\x80\xAE"};
  EXPECT_EQ(problem.ToText(), "line 2, a [31m `b `: VALUE_UNKNOWN: `c `  ");
}

}  // namespace
}  // namespace comity::client
