#include "services/client/import/scan.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/import/date_source.h"
#include "services/client/import/ledger.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ListedRows final : public RowReader {
 public:
  ListedRows(std::vector<std::string> header, std::vector<std::vector<std::string>> rows)
      : header_(std::move(header)), rows_(std::move(rows)) {}
  const std::vector<std::string>& header() const override { return header_; }
  absl::StatusOr<bool> Next(Row* row) override {
    if (next_ == rows_.size()) return false;
    *row = {static_cast<int64_t>(next_) + 2, rows_[next_], ""};
    if (row->cells.empty()) row->broken = "JSON_INVALID";
    ++next_;
    return true;
  }
  int64_t bytes_read() const override { return 0; }

 private:
  const std::vector<std::string> header_;
  const std::vector<std::vector<std::string>> rows_;
  size_t next_ = 0;
};

// A file that is read as an import reads it.
class ScanTest : public ::testing::Test {
 protected:
  void Read(const std::string& yaml, const std::vector<std::string>& header,
            const std::vector<std::vector<std::string>>& rows) {
    auto map = ParseMap(absl::StrCat("source: x\nidentity: id\n", yaml), "m.yaml");
    ASSERT_TRUE(map.ok()) << map.status();
    map_ = *std::move(map);
    auto planner = Planner::Make(&map_, header);
    ASSERT_TRUE(planner.ok()) << planner.status();
    ListedRows reader(header, rows);
    scan_ = ScanRows(map_, *planner, &reader);
    planner->SetOrders(scan_.dates.orders);
    plans_.clear();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].empty()) plans_.push_back(planner->Plan({static_cast<int64_t>(i) + 2, rows[i]}));
    }
  }
  std::vector<std::string> Reasons() const {
    std::vector<std::string> reasons;
    for (const Problem& problem : scan_.dates.problems) {
      reasons.push_back(absl::StrCat(problem.line, " ", problem.column, " ", problem.reason));
    }
    return reasons;
  }

  ImportMap map_;
  Scan scan_;
  std::vector<RowPlan> plans_;
};

std::vector<std::string> RulesOf(const DateColumns& dates) {
  std::vector<std::string> rules;
  for (const NotBefore& rule : dates.rules) {
    rules.push_back(absl::StrCat(rule.column, " after ", rule.earlier));
  }
  return rules;
}

TEST(DateColumnsTest, AreThoseWhoseFormatIsNotSaid) {
  const auto map = ParseMap(
      "kind: opportunities\nsource: x\nidentity: id\ndepartment: sales\nfields:\n"
      "  open_time: begun\n  display_name: name\n"
      "  expected_close_date: {column: close, format: \"%d/%m/%Y\"}\n"
      "facts:\n"
      "  - {kind: engaged, fields: {occur_time: {columns: [day, time]}}}\n"
      "  - {kind: signed, fields: {occur_time: {column: term, split: \" - \", part: 2}}}\n"
      "  - {kind: note, each: {column: calls, split: \",\"}, fields: {occur_time: calls}}\n"
      "judgements:\n"
      "  - {question: q, answer: a, fields: {occur_time: {column: judged, not_before: asked}}}\n",
      "m.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  const DateColumns dates = DateColumnsOf(*map);
  EXPECT_THAT(dates.names, ElementsAre("begun", "calls", "day + time", "judged", "term, part 2"));
  EXPECT_THAT(RulesOf(dates),
              ElementsAre("calls after begun", "calls after day + time", "judged after asked",
                          "judged after begun", "judged after day + time",
                          "term, part 2 after begun", "term, part 2 after day + time"));
}

TEST(DateColumnsTest, WhatIsMadeHasItsOwnBeginning) {
  const auto map = ParseMap(
      "kind: leads\nsource: x\nidentity: id\nfields: {capture_time: seen}\nfacts:\n"
      "  - {kind: touch, fields: {campaign: {column: origin, find: campaigns,\n"
      "     make: {start_date: since}}}}\n",
      "m.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_THAT(DateColumnsOf(*map).names, ElementsAre("seen", "since"));
  EXPECT_THAT(RulesOf(DateColumnsOf(*map)), IsEmpty());
}

TEST(DateColumnsTest, AFormatThatIsSaidBearsNoWitness) {
  const auto map = ParseMap(
      "kind: opportunities\nsource: x\nidentity: id\nfields:\n"
      "  open_time: {column: begun, format: \"%d/%m/%Y\"}\n  expected_close_date: close\n",
      "m.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_THAT(DateColumnsOf(*map).names, ElementsAre("close"));
  EXPECT_THAT(RulesOf(DateColumnsOf(*map)), IsEmpty());
}

TEST_F(ScanTest, CountsRowsAndKnowsThoseThatRepeat) {
  Read("kind: leads\nfields: {organization: name}\n", {"id", "name"},
       {{"1", "a"}, {"2", "b"}, {}, {"1", "a"}, {"2", "c"}, {"3", "d"}});
  EXPECT_TRUE(scan_.end.ok());
  EXPECT_EQ(scan_.rows, 6);
  ASSERT_EQ(scan_.repeated.size(), 2u);
  EXPECT_FALSE(scan_.repeated.at(HashOfKey("1")));
  EXPECT_TRUE(scan_.repeated.at(HashOfKey("2")));
}

TEST_F(ScanTest, SeveralColumnsAreReadLikeOne) {
  const std::string map = "kind: leads\nfields: {capture_time: {columns: [day, time]}}\n";
  Read(map, {"id", "day", "time"}, {{"1", "01/02/17", "10:00"}});
  EXPECT_THAT(Reasons(), ElementsAre("2 day + time DATES_AMBIGUOUS"));
  EXPECT_EQ(scan_.dates.problems[0].value, "01/02/17 10:00");
  EXPECT_THAT(scan_.dates.problems[0].message, ::testing::HasSubstr("`format`"));
  Read(map, {"id", "day", "time"}, {{"1", "01/02/17", "10:00"}, {"2", "03/13/17", ""}});
  EXPECT_THAT(Reasons(), IsEmpty());
  EXPECT_EQ(Cell(*plans_[0].record, "capture_time"), "2017-01-02 10:00");
  EXPECT_EQ(Cell(*plans_[1].record, "capture_time"), "2017-03-13 00:00");
}

TEST_F(ScanTest, APartIsReadLikeAColumn) {
  const std::string map =
      "kind: leads\nfields: {capture_time: {column: term, split: \" - \", part: 1}}\n";
  Read(map, {"id", "term"}, {{"1", "01/02/17 - 31/12/17"}});
  EXPECT_THAT(Reasons(), ElementsAre("2 term, part 1 DATES_AMBIGUOUS"));
  Read(map, {"id", "term"}, {{"1", "01/02/17 - x"}, {"2", "28/02/2017 - x"}});
  EXPECT_THAT(Reasons(), IsEmpty());
  EXPECT_EQ(Cell(*plans_[0].record, "capture_time"), "2017-02-01 00:00");
}

TEST_F(ScanTest, EachOfSeveralIsReadLikeAColumn) {
  const std::string map =
      "kind: leads\nfacts:\n  - kind: note\n    each: {column: calls, split: \";\"}\n"
      "    fields: {occur_time: calls}\n";
  Read(map, {"id", "calls"}, {{"1", "01/02/17;03/04/17"}});
  EXPECT_THAT(Reasons(), ElementsAre("2 calls DATES_AMBIGUOUS"));
  Read(map, {"id", "calls"}, {{"1", "01/02/17;03/04/17"}, {"2", "01/02/17; 13/04/2017"}});
  EXPECT_THAT(Reasons(), IsEmpty());
  ASSERT_EQ(plans_[0].facts.size(), 2u);
  EXPECT_EQ(Cell(plans_[0].facts[1], "occur_time"), "2017-04-03 00:00");
}

TEST_F(ScanTest, WhatTheMapSaysIsYearFirst) {
  Read(
      "kind: leads\nfields: {capture_time: {column: day, values: {first: 2017-03-04}}}\n"
      "facts: [{kind: note, fields: {occur_time: {constant: 2017-03-04}}}]\n",
      {"id", "day"}, {{"1", "first"}, {"2", "13/04/2017"}});
  EXPECT_THAT(Reasons(), IsEmpty());
  EXPECT_EQ(Cell(*plans_[0].record, "capture_time"), "2017-03-04 00:00");
  EXPECT_EQ(Cell(plans_[1].facts[0], "occur_time"), "2017-03-04 00:00");
}

TEST_F(ScanTest, AnEarlierColumnDecides) {
  const std::vector<std::string> header = {"id", "close", "begun"};
  const std::vector<std::vector<std::string>> rows = {{"1", "2/3/2017", "20/2/2017"}};
  const std::string close = "kind: opportunities\nfields: {expected_close_date: {column: close";
  Read(close + "}}\n", header, rows);
  EXPECT_THAT(Reasons(), ElementsAre("2 close DATES_AMBIGUOUS"));
  Read(close + ", not_before: begun}}\n", header, rows);
  EXPECT_THAT(Reasons(), IsEmpty());
  EXPECT_EQ(Cell(*plans_[0].record, "expected_close_date"), "2017-03-02");
  ASSERT_EQ(scan_.dates.notes.size(), 1u);
  EXPECT_EQ(scan_.dates.notes[0].column, "close");
}

TEST_F(ScanTest, WhatWasDecidedStandsInTheReport) {
  Read("kind: opportunities\nfields: {open_time: begun, expected_close_date: close}\n",
       {"id", "close", "begun"}, {{"1", "2/3/2017", "20/2/2017"}});
  const std::string path = absl::StrCat(::testing::TempDir(), "/scan_test_", getpid());
  Ledger ledger;
  ASSERT_TRUE(ledger.WriteReport(path).ok());
  ASSERT_TRUE(ledger.CloseReport().ok());
  ASSERT_TRUE(AppendNotes(path, scan_.dates.notes).ok());
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_THAT(text, ::testing::HasSubstr("\n2,close,2/3/2017,DATES_DECIDED,noted,"));
  std::filesystem::remove(path);
  EXPECT_EQ(Reason(AppendNotes("/nowhere/report.csv", scan_.dates.notes)), "REPORT_UNWRITABLE");
}

}  // namespace
}  // namespace comity::client
