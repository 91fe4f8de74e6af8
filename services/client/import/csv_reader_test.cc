#include "services/client/import/csv_reader.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using ::testing::ElementsAre;

absl::StatusOr<std::vector<Row>> ReadAll(const std::string& text, char delimiter = ',') {
  std::istringstream input(text);
  auto reader = CsvReader::Make(&input, delimiter);
  if (!reader.ok()) return reader.status();
  std::vector<Row> rows(1);
  rows[0].cells = (*reader)->header();
  Row row;
  while (true) {
    const auto more = (*reader)->Next(&row);
    if (!more.ok()) return more.status();
    if (!*more) return rows;
    rows.push_back(row);
  }
}

TEST(CsvReaderTest, ReadsQuotesAndNamesLines) {
  const auto rows = ReadAll("a,b\r\n1,\"x, \"\"y\"\"\"\r\n\r\n2,\"two\nlines\"\n3,z");
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 4u);
  EXPECT_THAT((*rows)[1].cells, ElementsAre("1", "x, \"y\""));
  EXPECT_EQ((*rows)[1].line, 2);
  EXPECT_THAT((*rows)[2].cells, ElementsAre("2", "two\nlines"));
  EXPECT_EQ((*rows)[2].line, 4);
  EXPECT_THAT((*rows)[3].cells, ElementsAre("3", "z"));
  EXPECT_EQ((*rows)[3].line, 6);
}

TEST(CsvReaderTest, DropsTheByteOrderMark) {
  const auto rows = ReadAll(
      "\xEF\xBB\xBF"
      "\"a\";b\n1;\n",
      ';');
  ASSERT_TRUE(rows.ok());
  EXPECT_THAT((*rows)[0].cells, ElementsAre("a", "b"));
  EXPECT_THAT((*rows)[1].cells, ElementsAre("1", ""));
}

TEST(CsvReaderTest, RefusesBrokenQuotes) {
  EXPECT_EQ(Reason(ReadAll("a,b\n1,\"open\n").status()), "CSV_INVALID");
  EXPECT_EQ(Reason(ReadAll("a,b\n1,x\"y\n").status()), "CSV_INVALID");
  EXPECT_EQ(Reason(ReadAll("").status()), "CSV_INVALID");
}

TEST(CsvReaderTest, RowsMayCrossBuffers) {
  std::string text = "a,b\n";
  for (int i = 0; i < 20000; ++i) text += std::to_string(i) + ",\"some \"\"quoted\"\" text\"\n";
  const auto rows = ReadAll(text);
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 20001u);
  EXPECT_EQ(rows->back().line, 20001);
  EXPECT_THAT(rows->back().cells, ElementsAre("19999", "some \"quoted\" text"));
}

}  // namespace
}  // namespace comity::client
