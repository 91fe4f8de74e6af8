#include "services/client/import/exporter.h"

#include <sstream>

#include "comity/gateway/v1/directory.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/api/field_value.h"
#include "services/client/import/compare.h"
#include "services/client/import/csv_reader.h"
#include "services/client/import/json_lines_reader.h"
#include "services/client/import/record_paths.h"
#include "services/runtime/charter/charter.h"

namespace comity::client {
namespace {

using lead::v1::Opportunity;

constexpr char kOutcome[] = "questions/opportunity-outcome";

type::v1::Charter TheCharter() {
  const auto charter = charter::Charter::FromYamlFile(
      std::string(std::getenv("COMITY_SOURCE_DIR")) + "/config/charter.yaml");
  EXPECT_TRUE(charter.ok()) << charter.status();
  return charter->document();
}

Opportunity Deal() {
  Opportunity deal;
  const std::pair<const char*, const char*> values[] = {
      {"name", "opportunities/0190a5d5-0000-7000-8000-000000000001"},
      {"external_id.source", "maven"},
      {"external_id.id", "A; \"1\""},
      {"display_name", "Two\nlines, and a comma"},
      {"owner", "persons/ana"},
      {"amount", "1234567.89 USD"},
      {"expected_close_date", "2017-03-01"},
      {"open_time", "2017-01-02T03:04:05.678901Z"},
      {"sign_time", "2017-03-01T00:00:01Z"},
      {"attributes.colour", "light = blue, \"dark\""},
      {"attributes.size", "ä"},
      {"lines",
       R"([{"product":"products/x","quantity":2,"unit_price":{"currency_code":"USD","units":"7","nanos":50000000}}])"}};
  for (const auto& [path, text] : values) EXPECT_TRUE(SetField(&deal, path, text).ok()) << path;
  for (const auto basis : {type::v1::ANSWER_BASIS_OWN, type::v1::ANSWER_BASIS_SETTLED}) {
    auto* answer = deal.add_lens_answers();
    answer->set_basis(basis);
    answer->set_question(basis == type::v1::ANSWER_BASIS_OWN ? kOutcome
                                                             : "questions/opportunity-stage");
    answer->set_answer("lost");
  }
  return deal;
}

// Answers every list with one deal.
class OneDeal final : public Caller {
 public:
  absl::Status Try(const std::string&, const Identity&, absl::string_view,
                   const google::protobuf::Message&, google::protobuf::Message* reply) override {
    *static_cast<lead::v1::ListOpportunitiesResponse*>(reply)->add_opportunities() = Deal();
    return absl::OkStatus();
  }
};

std::string Exported(bool json_lines) {
  OneDeal caller;
  std::ostringstream output;
  const auto count = Export(caller, *ParseIdentity("ana@sales"), *FindCollection("opportunities"),
                            TheCharter(), {"departments/sales", "", json_lines}, &output);
  EXPECT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(*count, 1);
  return output.str();
}

// What the row says is what the record holds.
void ExpectTheSame(RowReader* reader) {
  const auto map =
      ParseMap(ExportMap(*FindCollection("opportunities"), TheCharter(), "departments/sales"), "m");
  ASSERT_TRUE(map.ok()) << map.status();
  const auto planner = Planner::Make(&*map, reader->header());
  ASSERT_TRUE(planner.ok()) << planner.status();
  EXPECT_THAT(planner->unread_columns(), ::testing::IsEmpty());
  Row row;
  const auto more = reader->Next(&row);
  ASSERT_TRUE(more.ok() && *more) << more.status();
  const RowPlan plan = planner->Plan(row);
  ASSERT_THAT(plan.problems, ::testing::IsEmpty()) << plan.problems[0].ToText();
  EXPECT_EQ(plan.id, Deal().name());
  ASSERT_EQ(plan.facts.size(), 1u);
  ASSERT_EQ(plan.judgements.size(), 1u);
  EXPECT_EQ(plan.judgements[0].question(), kOutcome);
  EXPECT_TRUE(ShowsFacts(plan, Deal()));
  Held held;
  held.record = std::make_shared<Opportunity>(Deal());
  held.judgements = plan.judgements;
  const Difference difference = Compare(plan, held, {"comity", false});
  EXPECT_THAT(difference.contradictions, ::testing::IsEmpty());
  for (const ChangedValue& change : difference.changes) {
    ADD_FAILURE() << change.path << ": " << change.said << " / " << change.held;
  }
  EXPECT_TRUE(difference.empty());
}

TEST(ExporterTest, CsvImportsAgainToTheSame) {
  std::istringstream input(Exported(false));
  auto reader = CsvReader::Make(&input, ',');
  ASSERT_TRUE(reader.ok()) << reader.status();
  ExpectTheSame(reader->get());
}

TEST(ExporterTest, AnAmountIsNoGroupOfDigits) {
  Opportunity deal;
  const auto cell = [&](const char* amount) {
    EXPECT_TRUE(SetField(&deal, "amount", amount).ok());
    return ExportCell(deal, "amount");
  };
  EXPECT_EQ(cell("1.125 EUR"), "1.1250 EUR");
  EXPECT_EQ(cell("1234567.5 EUR"), "1234567.50 EUR");
  EXPECT_EQ(cell("1.5 KWD"), "1.500 KWD");
}

// A line leaves out what is empty; the columns are those of all.
TEST(ExporterTest, JsonLinesImportAgainToTheSame) {
  std::istringstream input(Exported(true));
  JsonLinesReader reader(FromStream(&input),
                         ExportColumns(*FindCollection("opportunities"), TheCharter()));
  ExpectTheSame(&reader);
}

TEST(ExporterTest, EveryKindHasAMapThatReadsItsFile) {
  const type::v1::Charter charter = TheCharter();
  for (const Collection& collection : Collections()) {
    if (collection.plural == "departments") continue;
    const std::string yaml = ExportMap(collection, charter, "departments/sales");
    const auto map = ParseMap(yaml, "m");
    ASSERT_TRUE(map.ok()) << map.status() << "\n" << yaml;
    const auto planner = Planner::Make(&*map, ExportColumns(collection, charter));
    ASSERT_TRUE(planner.ok()) << planner.status();
    EXPECT_THAT(planner->unread_columns(), ::testing::IsEmpty()) << collection.plural;
  }
}

TEST(RecordPathsTest, CopiesWhatAPathNamesAndNothingElse) {
  Opportunity to = Deal();
  Opportunity from;
  ASSERT_TRUE(SetField(&from, "attributes.colour", "red").ok());
  ASSERT_TRUE(SetField(&from, "lines.0.quantity", "3").ok());
  ASSERT_TRUE(SetField(&from, "display_name", "New").ok());
  for (const char* path : {"attributes.colour", "lines.0.quantity"}) CopyPath(from, path, &to);
  ASSERT_TRUE(SetField(&from, absl::StrCat("attributes.", kLastSaidKey), "0123456789ab").ok());
  EXPECT_EQ(TextAt(from, "attributes").find(kLastSaidKey), std::string::npos);
  EXPECT_EQ(TextAt(to, "attributes.colour"), "red");
  EXPECT_EQ(TextAt(to, "attributes.size"), "ä");
  EXPECT_EQ(TextAt(to, "lines.0.quantity"), "3");
  EXPECT_EQ(TextAt(to, "lines.0.product"), "products/x");
  EXPECT_EQ(to.display_name(), Deal().display_name());
  EXPECT_NE(TextAt(to, "sign_time"), TextAt(Deal(), "open_time"));
  EXPECT_EQ(TextAt(Deal(), "sign_time"), "2017-03-01T00:00:01+00:00");
}

}  // namespace
}  // namespace comity::client
