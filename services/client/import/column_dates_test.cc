#include "services/client/import/column_dates.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Read(const std::string& text, DateOrder order = DateOrder::kYearFirst,
                 absl::TimeZone zone = absl::UTCTimeZone()) {
  const auto time = ReadDate(text, order, zone);
  return time.has_value() ? absl::FormatTime(absl::RFC3339_full, *time, absl::UTCTimeZone()) : "";
}

TEST(DateTextTest, ReadsDatesAndTimes) {
  const std::string day = "2017-03-01T00:00:00+00:00";
  EXPECT_EQ(Read("2017-03-01"), day);
  EXPECT_EQ(Read("2017/3/1"), day);
  EXPECT_EQ(Read("20170301"), day);
  EXPECT_EQ(Read("1.3.2017", DateOrder::kDayFirst), day);
  EXPECT_EQ(Read("01 Mar 2017", DateOrder::kDayFirst), day);
  EXPECT_EQ(Read("1-march-17", DateOrder::kDayFirst), day);
  EXPECT_EQ(Read("Mar 1, 2017", DateOrder::kMonthFirst), day);
  EXPECT_EQ(Read("3/1/2017", DateOrder::kMonthFirst), day);
  EXPECT_EQ(Read("3/1/17", DateOrder::kMonthFirst), day);
  EXPECT_EQ(Read("3/1/2017 2:05 PM", DateOrder::kMonthFirst), "2017-03-01T14:05:00+00:00");
  EXPECT_EQ(Read("2012/10/09 13:50:17.250"), "2012-10-09T13:50:17.25+00:00");
  EXPECT_EQ(Read("2010-03-31T15:59:42+01:00"), "2010-03-31T14:59:42+00:00");
  EXPECT_EQ(Read("2010-03-31 15:59:42 -0130"), "2010-03-31T17:29:42+00:00");
  EXPECT_EQ(Read("2010-03-31T15:59Z"), "2010-03-31T15:59:00+00:00");
  absl::TimeZone stockholm;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Stockholm", &stockholm));
  EXPECT_EQ(Read("2017-07-01 12:00", DateOrder::kYearFirst, stockholm),
            "2017-07-01T10:00:00+00:00");
}

TEST(DateTextTest, ADayIsTheOneThatIsWritten) {
  const auto zone = absl::UTCTimeZone();
  const absl::CivilDay day(2017, 3, 1);
  const auto read = ReadWrittenDate("2017-03-01T00:00:00+01:00", DateOrder::kYearFirst, zone);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->day, day);
  EXPECT_EQ(absl::ToCivilDay(read->time, zone), day - 1);
  const struct {
    const char* text;
    const char* format;
  } cases[] = {{"2017-03-01T00:00:00+01:00", "%Y-%m-%dT%H:%M:%S%Ez"},
               {"2017-03-01T23:30:00.5-01:00", "%Y-%m-%d%ET%H:%M:%E*S%E*z"},
               {"01.03.2017 00:10 +0200", "%d.%m.%Y %H:%M %z"},
               {"+0200 01.03.2017 00:10", "%z %d.%m.%Y %H:%M"},
               {"01.03.2017", "%d.%m.%Y"}};
  std::string problem;
  for (const auto& c : cases) {
    const auto date = ReadDateAs(c.text, c.format, zone, &problem);
    ASSERT_TRUE(date.has_value()) << c.text << ": " << problem;
    EXPECT_EQ(date->day, day) << c.text;
  }
  EXPECT_FALSE(ReadDateAs("x", "%Y", zone, &problem).has_value());
  EXPECT_FALSE(ReadDateAs("1017-03-01", "%Y-%m-%d", zone, &problem).has_value());
  EXPECT_EQ(problem, "the year would be 1017");
}

TEST(DateTextTest, KnowsTheHourThatTheClocksSkip) {
  absl::TimeZone london;
  absl::TimeZone beirut;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/London", &london));
  ASSERT_TRUE(absl::LoadTimeZone("Asia/Beirut", &beirut));
  const struct {
    const char* text;
    absl::TimeZone zone;
    bool is_skipped;
  } cases[] = {{"2024-03-31 00:59:59", london, false}, {"2024-03-31 01:30", london, true},
               {"2024-03-31 02:00", london, false},    {"2024-03-31 01:30Z", london, false},
               {"2024-10-27 01:30", london, false},  // it comes twice: the first is meant
               {"2024-03-31", beirut, false},          {"2024-03-31 00:00", beirut, false},
               {"2024-03-31 00:30", beirut, true}};
  for (const auto& c : cases) {
    const auto read = ReadWrittenDate(c.text, DateOrder::kYearFirst, c.zone);
    ASSERT_TRUE(read.has_value()) << c.text;
    EXPECT_EQ(read->is_skipped, c.is_skipped) << c.text;
  }
  std::string problem;
  const auto as = [&](const char* text, const char* format) {
    const auto read = ReadDateAs(text, format, london, &problem);
    return read.has_value() && read->is_skipped;
  };
  EXPECT_TRUE(as("31.03.2024 01:30", "%d.%m.%Y %H:%M"));
  EXPECT_FALSE(as("31.03.2024 02:30", "%d.%m.%Y %H:%M"));
  EXPECT_FALSE(as("31.03.2024 01:30 +0000", "%d.%m.%Y %H:%M %z"));
  EXPECT_EQ(*ReadDate("2024-10-27 01:30", DateOrder::kYearFirst, london),
            absl::FromCivil(absl::CivilSecond(2024, 10, 27, 0, 30), absl::UTCTimeZone()));
}

TEST(DateTextTest, RefusesWhatIsNoDate) {
  for (const char* text :
       {"", "x", "2017", "2017-03", "2017-02-29", "2017-13-01", "2017-3/1", "2017-03-01x",
        "2017-03-01T25:00", "2017-03-01T10", "2017-03-01 10:00:60", "1899-12-31", "2201-01-01",
        "00/00/0000", "2017-03-01T10:00+99:00", "123456789", "2017-03-01 13:00 PM", "42800"}) {
    for (const DateOrder order : kDateOrders) EXPECT_EQ(Read(text, order), "") << text;
  }
}

class ColumnDatesTest : public ::testing::Test {
 protected:
  void See(const std::string& close, const std::string& engage = "") {
    ColumnDates::Cells cells = {{"close", {close}}};
    if (!engage.empty()) cells["engage"] = {engage};
    dates_.See(++line_, cells);
  }
  std::vector<std::string> Reasons() {
    std::vector<std::string> reasons;
    for (const Problem& problem : dates_.Tell().problems) reasons.push_back(problem.reason);
    return reasons;
  }
  ColumnDates dates_{{"close", "engage"}, {{"close", "engage"}}, absl::UTCTimeZone()};
  int64_t line_ = 1;
};

TEST_F(ColumnDatesTest, OneCellDecidesForAll) {
  See("3/1/2017", "10/20/2016");
  See("3/13/2017", "1/2/2017");
  const auto result = dates_.Tell();
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_EQ(result.orders.at("close"), DateOrder::kMonthFirst);
  EXPECT_EQ(result.orders.at("engage"), DateOrder::kMonthFirst);
}

TEST_F(ColumnDatesTest, TwoWaysAreRefusedByNamingACell) {
  See("5/5/2017");
  EXPECT_THAT(Reasons(), IsEmpty());  // the same day in either way
  See("3/1/2017");
  const auto result = dates_.Tell();
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_EQ(result.problems[0].reason, "DATES_AMBIGUOUS");
  EXPECT_EQ(result.problems[0].line, 3);
  EXPECT_EQ(result.problems[0].column, "close");
  EXPECT_EQ(result.problems[0].value, "3/1/2017");
  EXPECT_FALSE(result.orders.contains("close"));
}

TEST_F(ColumnDatesTest, DifferentWaysInDifferentRowsAreRefused) {
  See("13/1/2017");
  See("1/13/2017");
  EXPECT_THAT(Reasons(), ElementsAre("DATES_MIXED", "DATES_MIXED", "DATES_MIXED"));
}

TEST_F(ColumnDatesTest, AnotherColumnDecides) {
  // As month-day, 2/3 would be before its beginning on 20 February.
  See("2/3/2017", "20/2/2017");
  const auto result = dates_.Tell();
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_EQ(result.orders.at("close"), DateOrder::kDayFirst);
  ASSERT_EQ(result.notes.size(), 1u);
  EXPECT_EQ(result.notes[0].reason, "DATES_DECIDED");
  EXPECT_EQ(result.notes[0].line, 2);
  EXPECT_EQ(result.notes[0].column, "close");
  EXPECT_EQ(result.notes[0].value, "2/3/2017");
}

TEST_F(ColumnDatesTest, ARuleThatTheDataBreaksDecidesNothing) {
  See("1/2/2015", "20/2/2017");
  // The column, and the cell which breaks the rule in either way.
  EXPECT_THAT(Reasons(), ElementsAre("DATES_AMBIGUOUS", "DATES_AMBIGUOUS", "DATES_AMBIGUOUS"));
}

TEST_F(ColumnDatesTest, OneWrongRowDecidesNothing) {
  for (int month = 1; month <= 9; ++month) {
    See(absl::StrCat(month + 1, "/12/2017"), absl::StrCat(month, "/20/2017"));
  }
  EXPECT_THAT(Reasons(), ElementsAre("DATES_AMBIGUOUS"));
  See("2/12/2017", "3/20/2017");  // wrong; as day-month alone it would not be
  const auto result = dates_.Tell();
  EXPECT_THAT(result.notes, IsEmpty());
  EXPECT_EQ(result.orders.at("engage"), DateOrder::kMonthFirst);
  EXPECT_FALSE(result.orders.contains("close"));
  ASSERT_EQ(result.problems.size(), 2u);
  EXPECT_EQ(result.problems[0].line, 2);
  EXPECT_EQ(result.problems[1].line, 11);
  EXPECT_EQ(result.problems[1].value, "2/12/2017");
}

TEST_F(ColumnDatesTest, BothOpenAreReadAlike) {
  See("6/5/2017", "3/4/2017");
  EXPECT_THAT(Reasons(), ElementsAre("DATES_AMBIGUOUS", "DATES_AMBIGUOUS"));
  See("2/5/2017", "3/4/2017");  // as month-day before its beginning
  const auto result = dates_.Tell();
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_EQ(result.orders.at("close"), DateOrder::kDayFirst);
  EXPECT_EQ(result.orders.at("engage"), DateOrder::kDayFirst);
}

TEST_F(ColumnDatesTest, RulesThatContradictEachOtherDecideNothing) {
  ColumnDates dates({"begun", "close", "paid"}, {{"close", "begun"}, {"paid", "begun"}},
                    absl::UTCTimeZone());
  // By `close` the day is first, by `paid` the month.
  dates.See(2, {{"begun", {"3/4/2017"}}, {"close", {"2/5/2017"}}});
  dates.See(3, {{"begun", {"4/3/2017"}}, {"paid", {"5/2/2017"}}});
  const auto result = dates.Tell();
  EXPECT_THAT(result.notes, IsEmpty());
  EXPECT_THAT(result.orders, IsEmpty());
}

TEST_F(ColumnDatesTest, OtherWaysAreDecidedWhereTheyCannotBeAlike) {
  See("2/3/2017", "2017-02-20");
  const auto result = dates_.Tell();
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_EQ(result.orders.at("close"), DateOrder::kDayFirst);
  EXPECT_EQ(result.orders.at("engage"), DateOrder::kYearFirst);
}

TEST_F(ColumnDatesTest, ADayIsNotBeforeATimeInIt) {
  See("2/3/2017", "2/3/2017 10:00");
  See("4/3/2017", "2/3/2017 10:00");
  EXPECT_THAT(dates_.Tell().notes, IsEmpty());
  EXPECT_THAT(Reasons(), ElementsAre("DATES_AMBIGUOUS", "DATES_AMBIGUOUS"));
}

TEST_F(ColumnDatesTest, AWitnessIsNotToldItself) {
  ColumnDates dates({"close"}, {{"close", "begun"}}, absl::UTCTimeZone());
  dates.See(2, {{"close", {"2/3/2017"}}, {"begun", {"3/2/2017"}}});
  dates.See(3, {{"close", {"1/5/2017"}}, {"begun", {"2/4/2017"}}});
  const auto result = dates.Tell();
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_EQ(result.orders.size(), 1u);
  EXPECT_EQ(result.orders.at("close"), DateOrder::kDayFirst);
}

TEST_F(ColumnDatesTest, OfSeveralTheFirstIsWeighed) {
  ColumnDates dates({"close", "engage"}, {{"close", "engage"}}, absl::UTCTimeZone());
  dates.See(2, {{"close", {"2/3/2017", "9/9/2017"}}, {"engage", {"20/2/2017", "25/2/2017"}}});
  EXPECT_EQ(dates.Tell().orders.at("close"), DateOrder::kDayFirst);
}

TEST_F(ColumnDatesTest, ACellThatIsNoDateDoesNotSpoilTheColumn) {
  See("2017-03-01");
  See("soon");
  EXPECT_THAT(Reasons(), IsEmpty());
  EXPECT_EQ(dates_.Tell().orders.at("close"), DateOrder::kYearFirst);
}

// How one cell is written says nothing of cells that are written in another way.
TEST_F(ColumnDatesTest, OnlyCellsThatAreWrittenAlikeDecide) {
  const std::string deciding[] = {"1 Mar 2017", "13.01.2017", "13-01-2017"};
  for (const std::string& cell : deciding) {
    ColumnDates dates({"close"}, {}, absl::UTCTimeZone());
    dates.See(2, {{"close", {cell}}});
    dates.See(3, {{"close", {"03/04/2017"}}});
    const auto result = dates.Tell();
    ASSERT_EQ(result.problems.size(), 2u) << cell;
    EXPECT_EQ(result.problems[0].reason, "DATES_MIXED");
    EXPECT_EQ(result.problems[0].value, "03/04/2017");
    EXPECT_EQ(result.problems[0].line, 3);
    EXPECT_EQ(result.problems[1].reason, "DATES_MIXED");
    EXPECT_EQ(result.problems[1].value, cell);
    EXPECT_EQ(result.problems[1].line, 2);
    EXPECT_FALSE(result.orders.contains("close"));
    // Where each way decides for itself, they may stand side by side.
    dates.See(4, {{"close", {"14/04/2017"}}});
    EXPECT_THAT(dates.Tell().problems, IsEmpty()) << cell;
    EXPECT_EQ(dates.Tell().orders.at("close"), DateOrder::kDayFirst);
  }
  See("13/1/2017 10:00");
  See("3/4/2017");
  EXPECT_THAT(Reasons(), IsEmpty());  // with a time or without
}

TEST(DateTextTest, AShapeIsASignAndWhetherAMonthHasItsName) {
  EXPECT_EQ(DateShapeOf("03/04/2017"), DateShapeOf(" 13/1/17 10:05 PM"));
  EXPECT_EQ(DateShapeOf("2017-03-01T10:00:00Z"), DateShapeOf("2017-03-01"));
  EXPECT_EQ(DateShapeOf("1 Mar 2017"), DateShapeOf("Mar 1, 2017"));
  EXPECT_NE(DateShapeOf("1-Mar-2017"), DateShapeOf("1-3-2017"));
  EXPECT_NE(DateShapeOf("1.3.2017"), DateShapeOf("1/3/2017"));
  EXPECT_EQ(DateShapeOf("20170301"), "");
}

}  // namespace
}  // namespace comity::client
