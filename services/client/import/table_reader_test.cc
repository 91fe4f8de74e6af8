// Files as others write them: known traps by hand, thousands of random tables by generation.
#include "services/client/import/table_reader.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/client/import/csv_reader.h"
#include "services/client/import/dialect.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using ::testing::ElementsAre;
using Table = std::vector<std::vector<std::string>>;

class TableReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = absl::StrCat(::testing::TempDir(), "/table_reader_test_", getpid());
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void Write(const std::string& bytes, bool packed = false) {
    if (!packed) {
      std::ofstream(path_, std::ios::binary) << bytes;
      return;
    }
    gzFile file = gzopen(path_.c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
  }
  // Header and rows; a broken row is one cell: its reason.
  absl::StatusOr<Table> Read(char delimiter = 0) {
    auto reader = TableReader::Open(path_, delimiter);
    if (!reader.ok()) return reader.status();
    Table table = {(*reader)->header()};
    lines_.clear();
    Row row;
    while (true) {
      const auto more = (*reader)->Next(&row);
      if (!more.ok()) return more.status();
      if (!*more) return table;
      lines_.push_back(row.line);
      table.push_back(row.broken.empty() ? row.cells : std::vector<std::string>{row.broken});
    }
  }
  absl::StatusOr<Table> ReadText(const std::string& text) {
    Write(text);
    return Read();
  }

  std::string path_;
  std::vector<int64_t> lines_;
};

TEST_F(TableReaderTest, TellsTheDelimiter) {
  for (const char delimiter : kDelimiters) {
    const std::string d(1, delimiter);
    const auto table = ReadText(absl::StrCat("id", d, "name", d, "note\n1", d, "x", d, "\n2", d,
                                             "y", d, "\"a", d, "b\"\n"));
    ASSERT_TRUE(table.ok()) << table.status();
    EXPECT_THAT((*table)[0], ElementsAre("id", "name", "note"));
    EXPECT_THAT((*table)[2], ElementsAre("2", "y", absl::StrCat("a", d, "b")));
  }
}

TEST_F(TableReaderTest, ReadsWhatOthersLeaveBehind) {
  // A mark, CRLF, a nameless column, trailing commas, no final line end.
  auto table = ReadText("\xEF\xBB\xBF,name,note,\r\n0,a,\"two\r\nlines\",\r\n1,b,c,,,\r\n2,d,e");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT((*table)[0], ElementsAre("#1", "name", "note", "#4"));
  EXPECT_THAT((*table)[1], ElementsAre("0", "a", "two\r\nlines", ""));
  EXPECT_THAT((*table)[2], ElementsAre("1", "b", "c", ""));
  EXPECT_THAT((*table)[3], ElementsAre("2", "d", "e", ""));
  EXPECT_THAT(lines_, ElementsAre(2, 4, 5));
  table = ReadText("a,b\n1,2,3\n1\n");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT((*table)[1], ElementsAre("CELL_COUNT"));
  EXPECT_THAT((*table)[2], ElementsAre("CELL_COUNT"));
}

TEST_F(TableReaderTest, UnwrapsLinesInOnePairOfQuotes) {
  auto table = ReadText("\"a,b,c\"\n\"1,\"\"x, y\"\",3\"\n4,5,6\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT((*table)[0], ElementsAre("a", "b", "c"));
  EXPECT_THAT((*table)[1], ElementsAre("1", "x, y", "3"));
  EXPECT_THAT((*table)[2], ElementsAre("4", "5", "6"));
}

TEST_F(TableReaderTest, NamesWhatItCannotRead) {
  EXPECT_EQ(Reason(ReadText("\xFF\xFEx").status()), "NOT_UTF8");
  EXPECT_EQ(Reason(ReadText("PK\x03\x04 xlsx").status()), "NOT_UTF8");
  const std::string pipe = absl::StrCat(::testing::TempDir(), "/table_reader_pipe_", getpid());
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(Reason(TableReader::Open(pipe).status()), "FILE_UNREADABLE");
  std::filesystem::remove(pipe);
  EXPECT_EQ(Reason(ReadText("a,\xE4\n1,2\n").status()), "NOT_UTF8");
  EXPECT_EQ(Reason(ReadText("a,b,a\n1,2,3\n").status()), "COLUMN_TWICE");
  EXPECT_EQ(Reason(ReadText("").status()), "CSV_INVALID");
  EXPECT_EQ(Reason(ReadText("a;b,c\n1;2,3\n4;5,6\n").status()), "DIALECT_AMBIGUOUS");
  EXPECT_EQ(Reason(ReadText("a,b\n1,\"open\n").status()), "CSV_INVALID");
  EXPECT_EQ(Reason(ReadText("a,b\n1,\"open" + std::string(3 << 20, 'x')).status()), "ROW_TOO_LONG");
  std::filesystem::remove(path_);
  EXPECT_EQ(Reason(Read().status()), "FILE_UNREADABLE");
  std::filesystem::create_directory(path_);
  EXPECT_EQ(Reason(Read().status()), "FILE_UNREADABLE");
}

TEST_F(TableReaderTest, RowsBeforeABrokenOneAreRead) {
  Write("a,b\n1,2\n3,x\"y\n");
  auto reader = TableReader::Open(path_, ',');
  ASSERT_TRUE(reader.ok());
  Row row;
  const auto first = (*reader)->Next(&row);
  ASSERT_TRUE(first.ok() && *first);
  EXPECT_THAT(row.cells, ElementsAre("1", "2"));
  EXPECT_EQ(Reason((*reader)->Next(&row).status()), "CSV_INVALID");
}

TEST_F(TableReaderTest, UnpacksGzipAndNamesADamagedOne) {
  const std::string text = "a,b\n1,2\n";
  Write(text, /*packed=*/true);
  auto table = Read();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT((*table)[1], ElementsAre("1", "2"));
  // Two packed files, one after the other, are one.
  std::ifstream packed(path_, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(packed)), std::istreambuf_iterator<char>());
  Write(bytes + bytes);
  table = Read();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->size(), 4u);
  Write(bytes.substr(0, bytes.size() - 6));
  EXPECT_EQ(Reason(Read().status()), "GZIP_INVALID");
}

TEST_F(TableReaderTest, ReadsJsonLines) {
  const auto table = ReadText(
      "{\"id\":1,\"who\":{\"name\":\"Ana\",\"age\":1e3},\"tags\":[\"x\",{\"y\":[1,2]}]}\n\n"
      "{\"id\":12345678901234567890,\"more\":null,\"ok\":true}\nno json\n{\"id\":1,\"id\":2}\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT((*table)[0], ElementsAre("id", "who.name", "who.age", "tags", "more", "ok"));
  EXPECT_THAT((*table)[1], ElementsAre("1", "Ana", "1e3", R"(["x",{"y":[1,2]}])", "", ""));
  EXPECT_THAT((*table)[2], ElementsAre("12345678901234567890", "", "", "", "", "true"));
  EXPECT_THAT((*table)[3], ElementsAre("JSON_INVALID"));
  EXPECT_THAT((*table)[4], ElementsAre("KEY_TWICE"));
  EXPECT_THAT(lines_, ElementsAre(1, 3, 4, 5));
}

// `{"a":{"a":…1…}}`, so many objects or lists in each other.
std::string Nested(const std::string& open, const std::string& close, size_t levels) {
  std::string text;
  for (size_t i = 0; i < levels; ++i) text += open;
  text += "1";
  for (size_t i = 0; i < levels; ++i) text += close;
  return text;
}

TEST_F(TableReaderTest, JsonIsRefusedBeyondSixtyFourLevels) {
  const std::string good = "{\"id\":1}\n";
  const auto read =
      ReadText(absl::StrCat(good, Nested("{\"a\":", "}", 64), "\n", Nested("{\"a\":", "}", 65),
                            "\n{\"b\":", Nested("[", "]", 63), "}\n{\"b\":", Nested("[", "]", 64),
                            "}\n{\"b\":", Nested("[{\"c\":", "}]", 32), "}\n"));
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 7u);
  EXPECT_EQ((*read)[2].size(), 3u);
  EXPECT_THAT((*read)[3], ElementsAre("JSON_TOO_DEEP"));
  EXPECT_EQ((*read)[4][2], Nested("[", "]", 63));
  EXPECT_THAT((*read)[5], ElementsAre("JSON_TOO_DEEP"));
  EXPECT_THAT((*read)[6], ElementsAre("JSON_TOO_DEEP"));
}

// Lines of nearly 1 MiB: what is held of one must not grow with its square.
TEST_F(TableReaderTest, JsonTakesMemoryByItsSizeAlone) {
  const std::string good = "{\"id\":1}\n";
  const std::string deep = Nested("{\"a\":", "}", 170'000);
  std::string wide = absl::StrCat("{\"", std::string(400'000, 'k'), "\":{\"x\":1");
  while (wide.size() < 1'000'000) absl::StrAppend(&wide, ",\"x\":1");
  const auto read = ReadText(absl::StrCat(good, deep, "\n", wide, "}}\n"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT((*read)[0], ElementsAre("id"));
  EXPECT_THAT((*read)[2], ElementsAre("JSON_TOO_DEEP"));
  EXPECT_THAT((*read)[3], ElementsAre("KEY_TOO_LONG"));
}

// How a random writer writes.
struct Style {
  char delimiter = ',';
  std::string end = "\n";
  bool mark = false;
  bool final_end = true;
  bool packed = false;
  bool all_quoted = false;
  bool wrapped = false;  // each line in one pair of quotes
  int trailing = 0;      // delimiters behind each line
};

class Random {
 public:
  explicit Random(uint32_t seed) : random_(seed) {}
  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint32_t>(limit)); }
  bool OneIn(int count) { return Below(count) == 0; }

  std::string Cell() {
    static const char* const kPieces[] = {"a", "Bb", "7",  "ä",  "日本", " ",   ",",  ";",
                                          "|", "\t", "\"", "\n", "\r\n", "x y", "''", "é",
                                          "{", "}",  "#",  "\\", "-",    "€",   "😀",  "0.5"};
    std::string cell;
    for (int i = Below(6); i > 0; --i) cell += kPieces[Below(static_cast<int>(std::size(kPieces)))];
    return cell;
  }
  Table MakeTable() {
    const int width = 2 + Below(8);
    Table table(1);
    for (int i = 0; i < width; ++i) table[0].push_back(absl::StrCat("c", i));
    for (int rows = 3 + Below(20); rows > 0; --rows) {
      auto& row = table.emplace_back();
      row.push_back(absl::StrCat(table.size()));
      while (static_cast<int>(row.size()) < width) row.push_back(Cell());
    }
    return table;
  }
  Style MakeStyle() {
    Style style;
    style.delimiter = kDelimiters[static_cast<size_t>(Below(4))];
    style.end = OneIn(2) ? "\n" : OneIn(2) ? "\r\n" : "\r";
    style.mark = OneIn(3);
    style.final_end = !OneIn(3);
    style.packed = OneIn(4);
    style.all_quoted = OneIn(3);
    style.wrapped = OneIn(5);
    style.trailing = OneIn(5) ? 1 : 0;
    return style;
  }

 private:
  std::mt19937 random_;
};

std::string Quoted(const std::string& cell) {
  return absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
}

// Quotes only where a plain cell would not be read back.
std::string Written(const std::string& cell, const Style& style) {
  const bool edge = !cell.empty() && (cell.front() == ' ' || cell.back() == ' ' ||
                                      cell.front() == '\t' || cell.back() == '\t');
  const bool needs = edge || cell.find_first_of(absl::StrCat(
                                 "\"\r\n", std::string(1, style.delimiter))) != std::string::npos;
  return needs || style.all_quoted ? Quoted(cell) : cell;
}

std::string Written(const Table& table, const Style& style) {
  std::string text = style.mark ? "\xEF\xBB\xBF" : "";
  for (size_t i = 0; i < table.size(); ++i) {
    std::vector<std::string> cells;
    for (const std::string& cell : table[i]) cells.push_back(Written(cell, style));
    std::string line = absl::StrJoin(cells, std::string(1, style.delimiter));
    line.append(static_cast<size_t>(style.trailing), style.delimiter);
    text += style.wrapped ? Quoted(line) : line;
    if (i + 1 < table.size() || style.final_end) text += style.end;
  }
  return text;
}

TEST_F(TableReaderTest, RandomTablesAreReadBackEqual) {
  constexpr uint32_t kTables = 2000;
  for (uint32_t seed = 0; seed < kTables; ++seed) {
    Random random(seed);
    const Table table = random.MakeTable();
    const Style style = random.MakeStyle();
    const std::string text = Written(table, style);
    Write(text, style.packed);
    // The delimiter itself is told too, but where cells hold enough others to look like one.
    const auto told = Read();
    const auto read = told.ok() ? told : Read(style.delimiter);
    ASSERT_TRUE(read.ok()) << seed << ": " << read.status() << "\n" << text;
    Table expected = table;
    for (size_t i = 0; i < expected.size() && style.trailing > 0; ++i) {
      expected[i].push_back(i == 0 ? absl::StrCat("#", table[0].size() + 1) : "");
    }
    ASSERT_EQ(*read, expected) << seed << "\n" << text;
  }
}

TEST_F(TableReaderTest, RandomObjectsAreReadBackEqual) {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    const Table table = random.MakeTable();
    std::string text;
    for (size_t i = 1; i < table.size(); ++i) {
      nlohmann::ordered_json object;
      for (size_t j = 0; j < table[i].size(); ++j) object[table[0][j]] = table[i][j];
      text += object.dump() + "\n";
    }
    Write(text, random.OneIn(3));
    const auto read = Read();
    ASSERT_TRUE(read.ok()) << seed << ": " << read.status();
    ASSERT_EQ(*read, table) << seed << "\n" << text;
  }
}

// Whatever the bytes: an answer, no crash, and no row of another width.
TEST_F(TableReaderTest, AnyBytesAreReadOrNamed) {
  for (uint32_t seed = 0; seed < 1000; ++seed) {
    Random random(seed);
    std::string text = Written(random.MakeTable(), random.MakeStyle());
    for (int flips = 1 + random.Below(8); flips > 0; --flips) {
      text[static_cast<size_t>(random.Below(static_cast<int>(text.size())))] =
          static_cast<char>(random.Below(256));
    }
    Write(text);
    const auto read = Read();
    if (!read.ok()) {
      EXPECT_NE(Reason(read.status()), "") << read.status();
      continue;
    }
    for (const auto& row : *read) {
      EXPECT_TRUE(row.size() == (*read)[0].size() || row.size() == 1) << seed;
    }
  }
}

}  // namespace
}  // namespace comity::client
