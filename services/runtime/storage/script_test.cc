#include "services/runtime/storage/script.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SplitStatementsTest, CutsAtSemicolons) {
  EXPECT_THAT(SplitStatements("CREATE TABLE a (x INT);\nCREATE TABLE b (y INT)"),
              ElementsAre("CREATE TABLE a (x INT)", "CREATE TABLE b (y INT)"));
  EXPECT_THAT(SplitStatements(" ;; \n;"), IsEmpty());
}

TEST(SplitStatementsTest, QuotesHideSemicolons) {
  EXPECT_THAT(SplitStatements(R"(INSERT INTO a VALUES ('it''s; \'so\';', "x;y", `c;d`); DO 1)"),
              ElementsAre(R"(INSERT INTO a VALUES ('it''s; \'so\';', "x;y", `c;d`))", "DO 1"));
}

TEST(SplitStatementsTest, CommentsAreDropped) {
  EXPECT_THAT(SplitStatements("-- a; b's\nDO 1; # c;\n/* d; ' */ DO 2;\n--"),
              ElementsAre("DO 1", "DO 2"));
  EXPECT_THAT(SplitStatements("DO 5--3"), ElementsAre("DO 5--3"));
  EXPECT_THAT(SplitStatements("DO 1 /*M!100301 , 2 */; DO 3 /*! , 4 */"),
              ElementsAre("DO 1 /*M!100301 , 2 */", "DO 3 /*! , 4 */"))
      << "a part of the statement for some databases";
}

TEST(SplitStatementsTest, AnUnclosedQuoteOrCommentEndsWithTheScript) {
  EXPECT_THAT(SplitStatements("DO 'a; \\"), ElementsAre("DO 'a; \\"));
  EXPECT_THAT(SplitStatements("DO 1 /* b"), ElementsAre("DO 1"));
}

}  // namespace
}  // namespace comity::storage
