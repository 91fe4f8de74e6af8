#include "services/client/import/plan.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> kHeader = {"opportunity_id", "sales_agent", "product",
                                          "account",        "deal_stage",  "engage_date",
                                          "close_date",     "close_value"};

std::string MapPath(const std::string& name) {
  return absl::StrCat(std::getenv("COMITY_SOURCE_DIR"), "/services/client/maps/", name, ".yaml");
}

class PlanTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto map = ReadMap(MapPath("maven-opportunities"));
    ASSERT_TRUE(map.ok()) << map.status();
    map_ = *std::move(map);
  }
  RowPlan Plan(std::vector<std::string> cells) {
    const auto planner = Planner::Make(&map_, kHeader);
    EXPECT_TRUE(planner.ok()) << planner.status();
    return planner->Plan({7, std::move(cells)});
  }
  ImportMap map_;
};

TEST_F(PlanTest, WonIsASignedFact) {
  const RowPlan plan = Plan(
      {"Z063OYW0", "Mei-Mei Johns", "GTXPro", "Isdom", "Won", "2016-10-25", "2017-03-11", "4514"});
  ASSERT_THAT(plan.problems, IsEmpty());
  EXPECT_EQ(Cell(*plan.record, "external_id.source"), "maven");
  EXPECT_EQ(Cell(*plan.record, "external_id.id"), "Z063OYW0");
  EXPECT_EQ(Cell(*plan.record, "open_time"), "2016-10-25 00:00");
  EXPECT_EQ(Cell(*plan.record, "lines.0.quantity"), "1");
  ASSERT_EQ(plan.references.size(), 3u);
  EXPECT_EQ(plan.references[0].id, "Isdom");
  EXPECT_EQ(plan.references[1].id, "GTX Pro");
  EXPECT_EQ(plan.references[2].id, "mei-mei-johns");
  ASSERT_EQ(plan.facts.size(), 2u);
  EXPECT_EQ(plan.facts[0].kind(), fact::v1::FACT_KIND_ENGAGED);
  EXPECT_EQ(plan.facts[1].kind(), fact::v1::FACT_KIND_SIGNED);
  EXPECT_EQ(Cell(plan.facts[1], "occur_time"), "2017-03-11 00:00");
  EXPECT_EQ(Cell(plan.facts[1], "amount"), "4,514.00 USD");
  EXPECT_EQ(plan.facts[1].external_id().id(), "opportunities/Z063OYW0/signed");
  EXPECT_THAT(plan.judgements, IsEmpty());
}

TEST_F(PlanTest, LostIsWhatSalesJudged) {
  const RowPlan plan = Plan({"KWVA7VR1", "Gladys Colclough", "GTX Basic", "Isdom", "Lost",
                             "2016-11-04", "2017-03-18", "0"});
  ASSERT_THAT(plan.problems, IsEmpty());
  ASSERT_EQ(plan.judgements.size(), 1u);
  EXPECT_EQ(plan.judgements[0].question(), "questions/opportunity-outcome");
  EXPECT_EQ(plan.judgements[0].answer(), "lost");
  EXPECT_EQ(Cell(plan.judgements[0], "occur_time"), "2017-03-18 00:00");
  EXPECT_EQ(plan.facts.size(), 1u);
}

TEST_F(PlanTest, ProspectingHasNoDates) {
  const RowPlan plan = Plan({"A", "Zane Levy", "GTX Basic", "", "Prospecting", "", "", ""});
  ASSERT_THAT(plan.problems, IsEmpty());
  EXPECT_THAT(plan.facts, IsEmpty());
  ASSERT_EQ(plan.judgements.size(), 1u);
  EXPECT_EQ(plan.judgements[0].answer(), "prospecting");
  EXPECT_FALSE(plan.judgements[0].has_occur_time());
}

TEST_F(PlanTest, NamesColumnValueAndReason) {
  const RowPlan plan = Plan({"A", "", "GTX Basic", "", "Won", "25/10/2016", "", "1,5"});
  std::vector<std::string> reasons;
  for (const Problem& problem : plan.problems) {
    reasons.push_back(absl::StrCat(problem.column, ":", problem.reason));
    EXPECT_EQ(problem.line, 7);
  }
  EXPECT_THAT(reasons, ElementsAre("engage_date:DATE_INVALID", "sales_agent:VALUE_MISSING",
                                   "engage_date:DATE_INVALID", "close_value:INVALID_VALUE",
                                   "close_date:VALUE_MISSING"));
}

TEST_F(PlanTest, WhatNoConditionNamesIsRefused) {
  const RowPlan plan = Plan({"A", "Zane Levy", "GTX Basic", "", "Pending", "", "", ""});
  ASSERT_EQ(plan.problems.size(), 1u);
  EXPECT_EQ(plan.problems[0].reason, "VALUE_UNKNOWN");
  EXPECT_EQ(plan.problems[0].column, "deal_stage");
  EXPECT_EQ(plan.problems[0].value, "Pending");
}

TEST_F(PlanTest, BlanksAroundACellDecideNothing) {
  const RowPlan plan = Plan({"A", "Zane Levy", "GTX Basic", "", " Prospecting ", "", "", ""});
  EXPECT_THAT(plan.problems, IsEmpty());
  EXPECT_EQ(plan.judgements.size(), 1u);
}

TEST_F(PlanTest, RefusesBrokenRows) {
  EXPECT_EQ(Plan({"A", "b"}).problems[0].reason, "CELL_COUNT");
  EXPECT_EQ(Plan({" ", "b", "c", "", "Won", "", "", ""}).problems[0].reason, "IDENTITY_MISSING");
  EXPECT_EQ(Plan({"A", "\xFF", "c", "", "Won", "", "", ""}).problems[0].reason, "NOT_UTF8");
}

TEST_F(PlanTest, RefusesAFileWithoutTheColumns) {
  EXPECT_EQ(Reason(Planner::Make(&map_, {"opportunity_id"}).status()), "MAP_COLUMN_MISSING");
  EXPECT_EQ(Reason(Planner::Make(&map_, {"a", "a"}).status()), "COLUMN_TWICE");
}

TEST_F(PlanTest, SaysWhichColumnsAreNotRead) {
  std::vector<std::string> header = kHeader;
  header.push_back("mood");
  const auto planner = Planner::Make(&map_, header);
  ASSERT_TRUE(planner.ok());
  EXPECT_THAT(planner->unread_columns(), ElementsAre("mood"));
}

TEST(SlugTest, MakesIds) {
  EXPECT_EQ(Slug("Moses Frase"), "moses-frase");
  EXPECT_EQ(Slug("  José  Müller-Łoś "), "jose-mueller-los");
  EXPECT_EQ(Slug("O'Neill"), "oneill");
  EXPECT_EQ(Slug("日本"), "");
  EXPECT_EQ(Slug(std::string(100, 'a')).size(), 63u);
}

TEST(MapTest, AllShippedMapsAreValid) {
  for (const char* name : {"maven-accounts", "maven-agents", "maven-products",
                           "maven-opportunities", "xeducation-leads", "olist-leads", "olist-deals",
                           "olist-sellers", "volvo-incidents", "helpdesk", "pathdata-touches"}) {
    EXPECT_TRUE(ReadMap(MapPath(name)).ok()) << name << ReadMap(MapPath(name)).status();
  }
}

TEST(MapTest, ManagersAreMadeWithTheirOffice) {
  const auto map = ReadMap(MapPath("maven-agents"));
  ASSERT_TRUE(map.ok());
  const auto planner = Planner::Make(&*map, {"sales_agent", "manager", "regional_office"});
  ASSERT_TRUE(planner.ok());
  const RowPlan plan = planner->Plan({2, {"Moses Frase", "Dustin Brinkmann", "Central"}});
  EXPECT_EQ(plan.id, "moses-frase");
  EXPECT_EQ(Cell(*plan.record, "name"), "persons/moses-frase");
  ASSERT_EQ(plan.references.size(), 1u);
  ASSERT_NE(plan.references[0].made, nullptr);
  EXPECT_EQ(Cell(*plan.references[0].made, "name"), "persons/dustin-brinkmann");
  EXPECT_EQ(Cell(*plan.references[0].made, "office"), "Central");
}

TEST(MapTest, NamesTheLineThatIsWrong) {
  const struct {
    std::string yaml;
    const char* place;
  } cases[] = {
      {"kind: planets\n", "m.yaml:1"},
      {"kind: leads\nsource: x\nidentity: id\ncolour: red\n", "m.yaml:4"},
      {"kind: leads\nsource: x\nidentity: id\nfields:\n  nose: a\n", "m.yaml:5"},
      {"kind: leads\nsource: x\nidentity: id\nfields:\n  owner: {find: persons}\n", "m.yaml:5"},
      {"kind: leads\nkind: leads\n", "m.yaml:2"},
      {"kind: leads\nsource: x\nidentity: id\njudgements: [{question: q, answer: a}]\n",
       "m.yaml:1"},
      {"kind: products\nsource: x\nidentity: id\nfields: {list_price: {column: p}}\n", "m.yaml:4"},
      {"kind: [\n", "m.yaml:2"},
      {"kind: leads\nidentity: id\nsource: " + std::string(65, 'x') + "\n", "m.yaml:3"},
      {"kind: leads\nidentity: id\nsource: \"a\\tb\"\n", "m.yaml:3"},
      {"kind: leads\nidentity: id\nsource: \" a\"\n", "m.yaml:3"},
      {"kind: leads\nidentity: id\nsource: x\nfields:\n  attributes.import.said: a\n", "m.yaml:5"},
  };
  EXPECT_TRUE(
      ParseMap("kind: leads\nidentity: id\nsource: " + std::string(64, 'x') + "\n", "m.yaml").ok());
  for (const auto& c : cases) {
    const absl::Status status = ParseMap(c.yaml, "m.yaml").status();
    EXPECT_EQ(Reason(status), "MAP_INVALID") << c.yaml;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(c.place)) << c.yaml;
  }
}

TEST(MapTest, RefusesWhatCannotBeMeant) {
  const struct {
    const char* yaml;
    const char* place;
  } cases[] = {
      // A person's team is no person.
      {"kind: persons\nsource: x\nidentity: id\nfields:\n"
       "  team: {column: t, name: persons, make: true}\n",
       "m.yaml:5"},
      {"kind: leads\nsource: x\nidentity: id\nfields:\n  owner: {column: o, find: persons}\n",
       "m.yaml:5"},
      {"kind: opportunities\nsource: x\nidentity: id\nfields: {sign_time: t}\n", "m.yaml:4"},
      {"kind: case-events\nsource: x\nidentity: id\nfacts: [{kind: note}]\n", "m.yaml:1"},
      {"kind: leads\nsource: x\nidentity: id\nfacts: [{kind: note, before: {a: b}}]\n", "m.yaml:4"},
      {"kind: leads\nsource: x\nidentity: id\nfields: {source: {column: a, others: drop}}\n",
       "m.yaml:4"},
      {"kind: leads\nsource: x\nidentity: id\ndelimiter: x\n", "m.yaml:4"},
      // What would decide nothing.
      {"kind: products\nsource: x\nidentity: id\nfacts: [{kind: note}]\n", "m.yaml:4"},
      {"kind: persons\nsource: x\nidentity: id\ndepartment: sales\n"
       "judgements: [{question: q, answer: a}]\n",
       "m.yaml:5"},
      {"kind: leads\nsource: x\nidentity: id\nroles: [member]\n", "m.yaml:4"},
      {"kind: leads\nsource: x\nidentity: id\nfields: {source: {column: a, part: 2}}\n",
       "m.yaml:4"},
      {"kind: leads\nsource: x\nidentity: id\nfields: {source: {column: a, others: blank}}\n",
       "m.yaml:4"},
      {"kind: leads\nsource: x\nidentity: id\nfields: {source: {column: a, currency: EUR}}\n",
       "m.yaml:4"},
      {"kind: leads\nsource: x\nidentity: id\nfields: {source: {column: a, format: \"%Y\"}}\n",
       "m.yaml:4"},
      {"kind: leads\nsource: x\nidentity: id\nfields: {source: {column: a, not_before: b}}\n",
       "m.yaml:4"},
      {"kind: leads\nsource: x\nidentity: id\n---\nkind: leads\n", "m.yaml:5"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParseMap(c.yaml, "m.yaml").status();
    EXPECT_EQ(Reason(status), "MAP_INVALID") << c.yaml;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(c.place)) << status;
  }
}

TEST(MapTest, ValuesAreJoinedTakenApartAndTranslated) {
  const auto map = ParseMap(
      "kind: leads\nsource: x\nidentity: id\nblank: [Select]\nfields:\n"
      "  organization: {columns: [a, b], join: \" / \"}\n"
      "  given_name: {column: name, split: \",\", part: -1}\n"
      "  family_name: {column: name, split: \",\", part: 1}\n"
      "  source: {column: src, values: {google: Google}, others: refuse}\n",
      "m.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  const auto planner = Planner::Make(&*map, {"id", "a", "b", "name", "src"});
  ASSERT_TRUE(planner.ok());
  RowPlan plan = planner->Plan({2, {"1", "One", " Two ", "Alves, Ana", "google"}});
  ASSERT_THAT(plan.problems, IsEmpty());
  EXPECT_EQ(Cell(*plan.record, "organization"), "One / Two");
  EXPECT_EQ(Cell(*plan.record, "given_name"), "Ana");
  EXPECT_EQ(Cell(*plan.record, "family_name"), "Alves");
  EXPECT_EQ(Cell(*plan.record, "source"), "Google");
  plan = planner->Plan({2, {"1", "Select", "Two", "", "bing"}});
  ASSERT_EQ(plan.problems.size(), 1u);
  EXPECT_EQ(plan.problems[0].reason, "VALUE_UNKNOWN");
  EXPECT_EQ(Cell(*plan.record, "organization"), "Two");
}

TEST(MapTest, EventsLookBackAtTheRowBefore) {
  const auto map = ParseMap(
      "kind: case-events\nsource: x\nidentity: [case, time]\n"
      "subject: {column: case, find: cases, make: {title: case}}\nfacts:\n"
      "  - {kind: reopened, before: {status: Closed}, fields: {occur_time: time}}\n"
      "  - {kind: owner-changed, changed: who, fields: {owner: {column: who, name: persons}}}\n"
      "  - {kind: closed, when: {status: Closed}, fields: {occur_time: time}}\n"
      "  - {kind: note, otherwise: true, fields: {summary: status}}\nknown: {status: Open}\n",
      "m.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  const auto planner = Planner::Make(&*map, {"case", "time", "status", "who"});
  ASSERT_TRUE(planner.ok()) << planner.status();
  const auto kinds = [&](std::vector<std::string> cells,
                         const std::map<std::string, std::string>& before) {
    RowContext context;
    if (!before.empty()) context.before = &before;
    const RowPlan plan = planner->Plan({2, std::move(cells)}, context);
    EXPECT_THAT(plan.problems, IsEmpty());
    std::vector<std::string> names;
    for (const auto& fact : plan.facts) names.push_back(Cell(fact, "kind"));
    return names;
  };
  EXPECT_THAT(kinds({"1", "2017-01-01", "Open", "Ana"}, {}), ElementsAre("owner-changed"));
  EXPECT_THAT(kinds({"1", "2017-01-02", "Closed", "Ana"}, {{"status", "Open"}, {"who", "Ana"}}),
              ElementsAre("closed"));
  EXPECT_THAT(kinds({"1", "2017-01-03", "Open", "Bo"}, {{"status", "Closed"}, {"who", "Ana"}}),
              ElementsAre("reopened", "owner-changed"));
  EXPECT_THAT(kinds({"1", "2017-01-04", "Open", "Bo"}, {{"status", "Open"}, {"who", "Bo"}}),
              ElementsAre("note"));
}

TEST(MapTest, NumbersAreReadByTheirDecimalSign) {
  const auto price = [](const std::string& decimal, const std::string& cell,
                        const std::string& currency = "EUR") {
    const auto map = ParseMap(
        absl::StrCat("kind: products\nsource: x\nidentity: id\n", decimal,
                     "fields: {list_price: {column: price, currency: \"", currency, "\"}}\n"),
        "m.yaml");
    EXPECT_TRUE(map.ok()) << map.status();
    const RowPlan plan = Planner::Make(&*map, {"id", "price"})->Plan({2, {"a", cell}});
    return plan.problems.empty() ? Cell(*plan.record, "list_price") : plan.problems[0].reason;
  };
  const std::string comma = "decimal: \",\"\n";
  EXPECT_EQ(price(comma, "1.234,50"), "1,234.50 EUR");
  EXPECT_EQ(price(comma, "1.234,50 CHF", "*"), "1,234.50 CHF");
  EXPECT_EQ(price(comma, "-1 234", "*"), "INVALID_VALUE");  // no currency
  EXPECT_EQ(price(comma, "1.234,50 €"), "1,234.50 EUR");
  EXPECT_EQ(price(comma, "CHF 1'234,50", "*"), "1,234.50 CHF");
  EXPECT_EQ(price(comma, "1.234,50 CHF"), "INVALID_VALUE");  // and the map says EUR
  EXPECT_EQ(price("", "€ 1234.50"), "1,234.50 EUR");
  EXPECT_EQ(price("", "€ 1.000"), "NUMBER_AMBIGUOUS");
  EXPECT_EQ(price(comma, "1,234.50"), "INVALID_VALUE");
  EXPECT_EQ(price("", "1.000"), "NUMBER_AMBIGUOUS");
  EXPECT_EQ(price("", "-1.234.567"), "NUMBER_AMBIGUOUS");
  EXPECT_EQ(price("", "1,000"), "NUMBER_AMBIGUOUS");
  EXPECT_EQ(price("", "1.00"), "1.00 EUR");
  EXPECT_EQ(price("", "0.125"), "0.125 EUR");
  EXPECT_EQ(price("decimal: \".\"\n", "1.000"), "1.00 EUR");
  EXPECT_EQ(price(comma, "1.000"), "1,000.00 EUR");
  EXPECT_EQ(price("decimal: \".\"\n", "1,234.50"), "1,234.50 EUR");
  EXPECT_EQ(price("", "1234.50"), "1,234.50 EUR");
  EXPECT_EQ(price("", "1,234.50"), "INVALID_VALUE");  // nobody said which sign is which
}

TEST(MapTest, ADateKeepsItsDayWhateverItsOffset) {
  const auto map = ParseMap(
      "kind: opportunities\nsource: x\nidentity: id\nzone: America/New_York\nfields:\n"
      "  expected_close_date: close\n  open_time: open\n",
      "m.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  const auto planner = Planner::Make(&*map, {"id", "close", "open"});
  ASSERT_TRUE(planner.ok()) << planner.status();
  const RowPlan plan =
      planner->Plan({2, {"7", "2017-03-01T00:00:00+01:00", "2017-03-01T00:00:00"}});
  ASSERT_THAT(plan.problems, IsEmpty());
  EXPECT_EQ(Cell(*plan.record, "expected_close_date"), "2017-03-01");
  EXPECT_EQ(Cell(*plan.record, "open_time"), "2017-03-01 05:00");  // in the map's zone
}

TEST(MapTest, ATimeThatNeverWasRefusesItsRow) {
  const auto map = ParseMap(
      "kind: opportunities\nsource: x\nidentity: id\nzone: America/New_York\nfields:\n"
      "  open_time: at\n  expected_close_date: {column: at, format: \"%Y-%m-%d %H:%M\"}\n",
      "m.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  const auto planner = Planner::Make(&*map, {"id", "at"});
  ASSERT_TRUE(planner.ok()) << planner.status();
  const RowPlan skipped = planner->Plan({2, {"1", "2024-03-10 02:30"}});
  ASSERT_EQ(skipped.problems.size(), 1u);  // the day was there
  EXPECT_EQ(skipped.problems[0].reason, "TIME_SKIPPED");
  EXPECT_EQ(Cell(*skipped.record, "expected_close_date"), "2024-03-10");
  EXPECT_THAT(planner->Plan({3, {"1", "2024-03-10 03:30"}}).problems, IsEmpty());
}

// An export's row is of the fact that it names; ids of others are ids.
TEST(MapTest, ARowMayNameAFact) {
  const auto plan = [](const std::string& subject, const std::string& id) {
    const auto map = ParseMap(
        absl::StrCat("kind: activities\nsource: comity\nidentity: id\nsubject: {column: of, find: "
                     "leads",
                     subject, "}\nfacts: [{kind: note, fields: {summary: text}}]\n"),
        "m.yaml");
    EXPECT_TRUE(map.ok()) << map.status();
    const auto planner = Planner::Make(&*map, {"id", "of", "text"});
    EXPECT_TRUE(planner.ok()) << planner.status();
    return planner->Plan({2, {id, "leads/0190a5d5-0000-7000-8000-000000000001", "x"}});
  };
  const std::string name = "leads/0190a5d5-0000-7000-8000-000000000001/facts/1";
  EXPECT_EQ(plan("", name).facts.at(0).name(), name);
  EXPECT_FALSE(plan("", name).facts.at(0).has_external_id());
  EXPECT_EQ(plan("", "17").facts.at(0).name(), "");
  EXPECT_EQ(plan("", "17").facts.at(0).external_id().id(), "leads/17/note");
  EXPECT_EQ(plan(", make: {source: text}", name).facts.at(0).name(), "");
}

TEST(MapTest, ATimeZoneIsNamed) {
  const auto zone = [](const std::string& name) {
    return ParseMap(absl::StrCat("kind: leads\nsource: x\nidentity: id\nzone: ", name, "\n"),
                    "m.yaml");
  };
  ASSERT_TRUE(zone("Europe/Stockholm").ok());
  EXPECT_EQ(zone("Europe/Stockholm")->zone.name(), "Europe/Stockholm");
  EXPECT_EQ(Reason(zone("Europe/Atlantis").status()), "MAP_INVALID");
}

TEST(MapTest, ACellOfSeveralMakesAFactEach) {
  const auto map = ParseMap(
      "kind: leads\nsource: x\nidentity: id\nfacts:\n"
      "  - kind: touch\n    each: {column: path, split: \" > \"}\n    fields: {channel: path}\n",
      "m.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  const auto planner = Planner::Make(&*map, {"id", "path"});
  const RowPlan plan = planner->Plan({2, {"7", "eta > iota > eta"}});
  ASSERT_EQ(plan.facts.size(), 3u);
  EXPECT_EQ(plan.facts[2].channel(), "eta");
  EXPECT_EQ(plan.facts[0].external_id().id(), "leads/7/touch");
  EXPECT_EQ(plan.facts[2].external_id().id(), "leads/7/touch-3");
}

// A format that has numbers writes them with a point; what it has as text is a cell like others.
TEST(MapTest, OnlyNumbersOfTheFormatAreClear) {
  const auto price = [](const std::string& decimal, const std::string& cell, bool is_number) {
    const auto map =
        ParseMap(absl::StrCat("kind: products\nsource: x\nidentity: id\n", decimal,
                              "fields: {list_price: {column: price, currency: EUR}}\n"),
                 "m.yaml");
    EXPECT_TRUE(map.ok()) << map.status();
    Row row{2, {"a", cell}};
    row.plain = {false, is_number};
    const RowPlan plan = Planner::Make(&*map, {"id", "price"})->Plan(row);
    return plan.problems.empty() ? Cell(*plan.record, "list_price") : plan.problems[0].reason;
  };
  EXPECT_EQ(price("", "1.000", true), "1.00 EUR");
  EXPECT_EQ(price("", "1.000", false), "NUMBER_AMBIGUOUS");
  EXPECT_EQ(price("decimal: \",\"\n", "1.000", true), "1.00 EUR");
  EXPECT_EQ(price("decimal: \",\"\n", "1.000", false), "1,000.00 EUR");
}

TEST(MapTest, ATimeThatARowShouldSayIsNotNow) {
  const auto reasons = [](const std::string& time, const std::string& cell) {
    const auto map = ParseMap(
        absl::StrCat("kind: leads\nsource: x\nidentity: id\ndepartment: sales\nfacts:\n"
                     "  - {kind: call, when: {id: f}, fields: {occur_time: ",
                     time,
                     "}}\njudgements:\n  - {question: q, answer: a, when: {id: j}, fields: "
                     "{occur_time: ",
                     time, "}}\n"),
        "m.yaml");
    EXPECT_TRUE(map.ok()) << map.status();
    std::vector<std::string> found;
    for (const char* id : {"f", "j"}) {
      for (const Problem& problem :
           Planner::Make(&*map, {"id", "at"})->Plan({2, {id, cell}}).problems) {
        found.push_back(problem.reason);
      }
    }
    return found;
  };
  const auto twice = [](const std::string& reason) { return ElementsAre(reason, reason); };
  EXPECT_THAT(reasons("at", ""), twice("VALUE_MISSING"));
  EXPECT_THAT(reasons("{column: at, required: true}", ""), twice("VALUE_MISSING"));
  EXPECT_THAT(reasons("{column: at, values: {tbd: \"\"}}", "tbd"), twice("VALUE_MISSING"));
  EXPECT_THAT(reasons("{column: at, values: {x: 2017-01-01}, others: blank}", "y"),
              twice("VALUE_MISSING"));
  EXPECT_THAT(reasons("{column: at, values: {x: 2017-01-01}, others: refuse}", "y"),
              twice("VALUE_UNKNOWN"));
  EXPECT_THAT(reasons("at", "soon"), twice("DATE_INVALID"));
  EXPECT_THAT(reasons("at", "2017-01-01"), IsEmpty());
}

TEST(MapTest, WhatIsRequiredIsSoOnceTranslated) {
  const auto reasons = [](const std::string& spec, const std::string& cell) {
    const auto map = ParseMap(
        absl::StrCat("kind: leads\nsource: x\nidentity: id\nfields: {source: {column: from, "
                     "required: true, ",
                     spec, "}}\n"),
        "m.yaml");
    EXPECT_TRUE(map.ok()) << map.status();
    std::vector<std::string> found;
    for (const Problem& problem :
         Planner::Make(&*map, {"id", "from"})->Plan({2, {"1", cell}}).problems) {
      found.push_back(problem.reason);
    }
    return found;
  };
  EXPECT_THAT(reasons("values: {tbd: \"\"}", "tbd"), ElementsAre("VALUE_MISSING"));
  EXPECT_THAT(reasons("values: {a: b}, others: blank", "c"), ElementsAre("VALUE_MISSING"));
  EXPECT_THAT(reasons("values: {a: b}, others: refuse", "c"), ElementsAre("VALUE_UNKNOWN"));
  EXPECT_THAT(reasons("values: {a: b}, others: blank", "a"), IsEmpty());
}

}  // namespace
}  // namespace comity::client
