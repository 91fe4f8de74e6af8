#include "services/client/output/table.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/output/bar.h"
#include "services/client/output/text.h"

namespace comity::client {
namespace {

TEST(TextTest, CountsCellsNotBytes) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("Müßig"), 5);
  EXPECT_EQ(DisplayWidth("日本"), 4);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1);  // e and a combining accent
}

TEST(TextTest, TruncatesWithEllipsisWithinTheWidth) {
  EXPECT_EQ(Truncate("Müßiggang", 5), "Müßi…");
  EXPECT_EQ(Truncate("日本語", 4), "日…");  // a wide character is never halved
  EXPECT_EQ(Truncate("abc", 3), "abc");
  EXPECT_EQ(Truncate("abc", 0), "");
}

TEST(TextTest, NothingSteersTheTerminal) {
  EXPECT_EQ(OneLine("a\x1b[31mb\nc\x7f"), "a [31mb c ");
  EXPECT_EQ(OneLine("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(OneLine("\xC2\x9B"), " ");  // C1 control sequence introducer
  EXPECT_EQ(OneLine("\xE2\x80\xAE"
                    "x"),
            " x");  // right-to-left override
}

TEST(TextTest, EscapesStayReadable) {
  EXPECT_EQ(Escaped("\"Müßig\\n\x7f\xC2\x9B\xE2\x80\xAE\""), R"("Müßig\n\u007f\u009b\u202e")");
}

TEST(TableTest, AlignsAndEndsLinesWithoutBlanks) {
  Table table({{"NAME"}, {"COUNT", true}});
  table.AddRow({"Zoë", "5"});
  table.AddRow({"Bob", "1,000"});
  EXPECT_EQ(table.Render(0),
            "NAME  COUNT\n"
            "Zoë       5\n"
            "Bob   1,000\n");
}

TEST(TableTest, CutsTheWidestColumnFirst) {
  Table table({{"A"}, {"B"}});
  table.AddRow({"short", "a very long text that cannot stay"});
  EXPECT_EQ(table.Render(20),
            "A      B\n"
            "short  a very long …\n");
}

TEST(TableTest, KeepsWholeColumns) {
  Table table({{"NAME", false, true}, {"TEXT"}});
  table.AddRow({"leads/0190c0de", "something"});
  EXPECT_EQ(table.Render(10),
            "NAME            TEXT\n"
            "leads/0190c0de  som…\n");
}

TEST(TableTest, CompletesShortRows) {
  Table table({{"A"}, {"B"}});
  table.AddRow({"x"});
  EXPECT_EQ(table.Render(0), "A  B\nx\n");
}

TEST(BarTest, ShowsEighthsAndNeverHidesAValue) {
  EXPECT_EQ(Bar(0.5, 4), "██");
  EXPECT_EQ(Bar(1.7, 2), "██");
  EXPECT_EQ(Bar(0.0001, 10), "▏");
  EXPECT_EQ(Bar(0, 10), "");
  EXPECT_EQ(Progress("leads", 1, 2, 4), "leads  ▕██  ▏ 1 of 2");
}

}  // namespace
}  // namespace comity::client
