#include "services/runtime/resource/filter.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::resource {
namespace {

const std::vector<std::string>& Declared() {
  static const auto* const declared =
      new std::vector<std::string>{"a", "b", "c", "external_id.source"};
  return *declared;
}

// "a=1&b=2|c=3": alternatives of conjunctions; the reason where it is refused.
std::string Parsed(absl::string_view text) {
  const absl::StatusOr<std::vector<Conjunction>> filter = ParseFilter(text, Declared());
  if (!filter.ok()) {
    EXPECT_EQ(filter.status().code(), absl::StatusCode::kInvalidArgument);
    return Reason(filter.status());
  }
  return absl::StrJoin(*filter, "|", [](std::string* out, const Conjunction& conjunction) {
    absl::StrAppend(out, absl::StrJoin(conjunction, "&", [](std::string* o, const Restriction& r) {
                      absl::StrAppend(o, r.field, "=", r.value);
                    }));
  });
}

TEST(Filter, EmptyIsEverything) {
  const auto filter = ParseFilter(" \n", Declared());
  ASSERT_TRUE(filter.ok());
  ASSERT_EQ(filter->size(), 1u);
  EXPECT_TRUE(filter->front().empty());
}

TEST(Filter, ReadsValues) {
  EXPECT_EQ(Parsed("a = 1"), "a=1");
  EXPECT_EQ(Parsed("a=persons/ana-2"), "a=persons/ana-2");
  EXPECT_EQ(Parsed(R"(a = "x y")"), "a=x y");
  EXPECT_EQ(Parsed(R"(a = 'x "y"')"), "a=x \"y\"");
  EXPECT_EQ(Parsed(R"(a = "x \"y\" \\ z")"), "a=x \"y\" \\ z");
  EXPECT_EQ(Parsed(R"(a = "")"), "a=");
  EXPECT_EQ(Parsed(R"(a = "AND")"), "a=AND");
  EXPECT_EQ(Parsed("external_id.source = maven"), "external_id.source=maven");
  EXPECT_EQ(Parsed("a = caf\xc3\xa9"), "a=caf\xc3\xa9");
  EXPECT_EQ(Parsed("a = 2024-01-01T12:30:00Z"), "a=2024-01-01T12:30:00Z");
}

TEST(Filter, OrBindsTighterThanAnd) {
  EXPECT_EQ(Parsed("a=1 AND b=2"), "a=1&b=2");
  EXPECT_EQ(Parsed("a=1 OR a=2"), "a=1|a=2");
  EXPECT_EQ(Parsed("a=1 AND b=2 OR b=3"), "a=1&b=2|a=1&b=3");
  EXPECT_EQ(Parsed("(a=1 AND b=2) OR b=3"), "a=1&b=2|b=3");
  EXPECT_EQ(Parsed("a=1 OR b=1 AND c=1"), "a=1&c=1|b=1&c=1");
}

TEST(Filter, LeavesOutWhatNothingCanMeetAndRepetitions) {
  EXPECT_EQ(Parsed("a=1 AND a=1"), "a=1");
  EXPECT_EQ(Parsed("a=1 AND (a=1 OR a=2)"), "a=1");
  const auto nothing = ParseFilter("a=1 AND a=2", Declared());
  ASSERT_TRUE(nothing.ok());
  EXPECT_TRUE(nothing->empty());
  EXPECT_EQ(Parsed("a=1 OR a=1"), "a=1");
}

TEST(Filter, RefusesOtherOperatorsByName) {
  for (const char* text : {"NOT a=1", "-a=1", "a != 1", "a < 1", "a >= 1", "a : 1", "a:b",
                           "b=1 AND NOT a=1", "a ~ 1"}) {
    EXPECT_EQ(Parsed(text), "FILTER_OPERATOR_NOT_SUPPORTED") << text;
  }
  EXPECT_NE(ParseFilter("NOT a=1", Declared()).status().message().find("NOT"),
            absl::string_view::npos);
}

TEST(Filter, NamesTheDeclaredFields) {
  const absl::Status status = ParseFilter("given_name = Ana", Declared()).status();
  EXPECT_EQ(Reason(status), "FILTER_FIELD_NOT_SUPPORTED");
  EXPECT_NE(status.message().find("a, b, c, external_id.source"), absl::string_view::npos)
      << status.message();
  EXPECT_EQ(Parsed("external_id = 1"), "FILTER_FIELD_NOT_SUPPORTED");
}

TEST(Filter, RefusesWhatDoesNotParse) {
  for (const char* text :
       {"a", "a =", "= 1", "a = 1 b = 2", "a = 1 AND", "(a = 1", "a = 1)", "()", "a = \"1",
        "a = \"1\\", "a = 1 OR", "a = = 1", "a = 1 and b = 2", "\"a\"", "a (b = 1)"}) {
    EXPECT_EQ(Parsed(text), "FILTER_INVALID") << text;
  }
}

TEST(Filter, IsBounded) {
  std::string many = "a=0";
  for (int i = 1; i < 20; ++i) absl::StrAppend(&many, " OR a=", i);
  EXPECT_NE(Parsed(many), "FILTER_TOO_COMPLEX");
  EXPECT_EQ(Parsed(many + " OR a=20"), "FILTER_TOO_COMPLEX");
  EXPECT_EQ(Parsed("(a=1 OR a=2 OR a=3 OR a=4 OR a=5) AND (b=1 OR b=2 OR b=3 OR b=4 OR b=5)"),
            "FILTER_TOO_COMPLEX");
  EXPECT_EQ(Parsed(std::string(9, '(') + "a=1" + std::string(9, ')')), "FILTER_TOO_COMPLEX");
  EXPECT_EQ(Parsed(std::string(8, '(') + "a=1" + std::string(8, ')')), "a=1");
}

TEST(OrderBy, TakesOneDeclaredField) {
  EXPECT_EQ(ParseOrderBy("", Declared())->field, "a");
  EXPECT_EQ(ParseOrderBy("b", Declared())->field, "b");
  EXPECT_FALSE(ParseOrderBy(" b  asc ", Declared())->descending);
  EXPECT_TRUE(ParseOrderBy("b desc", Declared())->descending);
  for (const char* text : {"d", "a, b", "a down", "a desc b", "desc", "a; DROP TABLE leads"}) {
    EXPECT_EQ(Reason(ParseOrderBy(text, Declared()).status()), "ORDER_NOT_SUPPORTED") << text;
  }
}

}  // namespace
}  // namespace comity::resource
