// The importer against a stand-in for the services: it keeps what is sent and can be told to fail.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/import/importer_fixture.h"
#include "services/client/import/record_paths.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

TEST_F(ImporterTest, ARepeatedImportChangesNothing) {
  const std::string rows = "Acme,technolgy,1996,1100.04,2822,Kenya,\nBeta,medical,1999,2,3,,\n";
  EXPECT_EQ(Run(rows).tally.taken, 2);
  EXPECT_EQ(services_.accounts["Acme"].sector(), "technology");
  const Tally again = Run(rows).tally;
  EXPECT_EQ(again.taken, 0);
  EXPECT_EQ(again.unchanged, 2);
  EXPECT_EQ(services_.accounts.size(), 2u);
}

TEST_F(ImporterTest, AChangedRowUpdatesOnlyWhatItSays) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  services_.accounts["Acme"].mutable_attributes()->insert({"colour", "green"});
  const Tally tally = Run("Acme,energy,,7,,,\n").tally;
  EXPECT_EQ(tally.taken, 1);
  ASSERT_EQ(services_.masks.size(), 1u);
  const auto& account = services_.accounts["Acme"];
  EXPECT_EQ(account.sector(), "energy");
  EXPECT_EQ(account.attributes().at("revenue_million_usd"), "7");
  EXPECT_EQ(account.attributes().at("employees"), "1");  // an empty cell leaves what is there
  EXPECT_EQ(account.attributes().at("colour"), "green");
}

TEST_F(ImporterTest, RowsMayNameLaterRows) {
  const ImportReport report =
      Run("Sub,medical,1,1,1,,Mother\nMother,medical,1,1,1,,Grand\n"
          "Grand,medical,1,1,1,,\nLost,medical,1,1,1,,Nobody\n");
  EXPECT_EQ(report.tally.taken, 3);
  EXPECT_EQ(report.tally.refused, 1);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].reason, "REFERENCE_NOT_FOUND");
  EXPECT_EQ(report.problems[0].line, 5);
  EXPECT_EQ(report.problems[0].column, "subsidiary_of");
  EXPECT_EQ(services_.accounts["Sub"].parent_account(), services_.accounts["Mother"].name());
}

TEST_F(ImporterTest, EveryRowEndsInExactlyOneCount) {
  services_.refused.insert("Bad");
  const ImportReport report =
      Run("Good,medical,1,1,1,,\nBad,medical,1,1,1,,\nGood,medical,1,1,1,,\n"
          "Good,energy,1,1,1,,\nshort,row\n");
  EXPECT_EQ(report.tally.taken, 1);
  EXPECT_EQ(report.tally.unchanged, 1);  // the same line twice
  EXPECT_EQ(report.tally.refused, 3);
  EXPECT_EQ(report.tally.total(), 5);
  std::vector<std::string> reasons;
  for (const Problem& problem : report.problems) reasons.push_back(problem.reason);
  EXPECT_THAT(reasons, ::testing::ElementsAre("FIELD_TOO_LONG", "DUPLICATE_IN_FILE", "CELL_COUNT"));
}

TEST_F(ImporterTest, ABusyServerIsAskedAgainForThoseItemsOnly) {
  services_.busy = {{"B", 9}};  // some five seconds
  EXPECT_EQ(Run("A,medical,1,1,1,,\nB,medical,1,1,1,,\n").tally.taken, 2);
  EXPECT_EQ(services_.accounts.size(), 2u);
}

TEST_F(ImporterTest, WhatTakesTooLongAtOnceIsSentInParts) {
  services_.in_time = 7;
  std::string rows;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&rows, "A", i, ",medical,1,1,1,,\n");
  EXPECT_EQ(Run(rows).tally.taken, 100);
  EXPECT_EQ(services_.accounts.size(), 100u);
}

TEST_F(ImporterTest, ADryRunStoresNothing) {
  services_.refused.insert("Bad");
  const ImportReport report = Run("A,medical,1,1,1,,\nBad,medical,1,1,1,,\n", /*dry_run=*/true);
  EXPECT_EQ(report.tally.taken, 1);
  EXPECT_EQ(report.tally.refused, 1);
  EXPECT_TRUE(services_.accounts.empty());
}

TEST_F(ImporterTest, RequestIdsFollowTheRow) {
  Run("A,medical,1,1,1,,\n");
  const std::set<std::string> first = services_.request_ids;
  services_.accounts.clear();
  Run("A,medical,1,1,1,,\n");
  EXPECT_EQ(services_.request_ids, first);
  services_.accounts.clear();
  Run("A,energy,1,1,1,,\n");
  EXPECT_EQ(services_.request_ids.size(), 2u);
}

TEST_F(ImporterTest, WhatIsSaidAgainIsDoneAgain) {
  const std::string a = "Acme,medical,1996,1,1,Kenya,\n";
  const std::string b = "Acme,energy,1996,1,1,Kenya,\n";
  for (const std::string& rows : {a, b, a, b}) EXPECT_EQ(Run(rows).tally.taken, 1) << rows;
  EXPECT_EQ(services_.accounts["Acme"].sector(), "energy");
}

TEST_F(ImporterTest, WhatPeopleChangedStaysWhileTheFileSaysTheSame) {
  const std::string rows = "Acme,medical,1996,1,1,Kenya,\n";
  Run(rows);
  services_.accounts["Acme"].set_sector("energy");
  const Tally again = Run(rows).tally;
  EXPECT_EQ(again.unchanged, 1);
  EXPECT_EQ(again.kept, 1);
  EXPECT_EQ(services_.accounts["Acme"].sector(), "energy");
  EXPECT_THAT(ReportFile(), ::testing::HasSubstr("2,sector,medical,KEPT,unchanged,"));
}

TEST_F(ImporterTest, ANewCellGoesInBesideWhatPeopleChanged) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  services_.accounts["Acme"].set_sector("energy");
  const Tally again = Run("Acme,medical,1996,2,1,Kenya,\n").tally;
  EXPECT_EQ(again.taken, 1);
  EXPECT_EQ(again.kept, 1);
  EXPECT_EQ(services_.accounts["Acme"].sector(), "energy");
  EXPECT_EQ(services_.accounts["Acme"].attributes().at("revenue_million_usd"), "2");
}

TEST_F(ImporterTest, WhatBothChangedIsAConflict) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  services_.accounts["Acme"].set_sector("energy");
  const std::string news = "Acme,technology,1996,1,1,Kenya,\n";
  const ImportReport report = Run(news);
  EXPECT_EQ(report.tally.conflicting, 1);
  EXPECT_THAT(Reasons(report), ::testing::ElementsAre("EDITED_SINCE"));
  EXPECT_EQ(services_.accounts["Acme"].sector(), "energy");
  overrule_ = true;
  EXPECT_EQ(Run(news).tally.taken, 1);
  EXPECT_EQ(services_.accounts["Acme"].sector(), "technology");
  overrule_ = false;
  EXPECT_EQ(Run(news).tally.unchanged, 1);
}

TEST_F(ImporterTest, WhatThePeopleTookOverIsNoConflict) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  services_.accounts["Acme"].set_sector("energy");
  EXPECT_EQ(Run("Acme,energy,1996,1,1,Kenya,\n").tally.unchanged, 1);
}

TEST_F(ImporterTest, WhatTheFileTookOverIsRememberedToo) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  services_.accounts["Acme"].set_sector("energy");
  const std::string rows = "Acme,energy,1996,1,1,Kenya,\n";
  EXPECT_EQ(Run(rows).tally.unchanged, 1);
  services_.accounts["Acme"].set_sector("medical");
  EXPECT_EQ(Run(rows).tally.kept, 1);
  EXPECT_EQ(services_.accounts["Acme"].sector(), "medical");
}

TEST_F(ImporterTest, WhatPeopleFilledInIsNotFilledByTheFileUnasked) {
  Run("Acme,medical,1996,1,1,,\n");
  services_.accounts["Acme"].set_country("Kenya");
  const ImportReport report = Run("Acme,medical,1996,1,1,Ghana,\n");
  EXPECT_THAT(Reasons(report), ::testing::ElementsAre("EDITED_SINCE"));
  EXPECT_EQ(services_.accounts["Acme"].country(), "Kenya");
}

TEST_F(ImporterTest, ARepetitionWritesNothing) {
  const std::string rows = "Acme,medical,1996,1,1,Kenya,\n";
  Run(rows);
  Run(rows);
  EXPECT_TRUE(services_.masks.empty());
}

// A record of before imports kept what they said, or that people made, takes its row as it comes.
TEST_F(ImporterTest, WhereNothingWasKeptTheFileSpeaks) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  services_.accounts["Acme"].mutable_attributes()->erase(kLastSaidKey);
  services_.accounts["Acme"].set_sector("energy");
  const std::string rows = "Acme,medical,1996,1,1,Kenya,\n";
  EXPECT_EQ(Run(rows).tally.taken, 1);
  services_.accounts["Acme"].set_sector("energy");
  EXPECT_EQ(Run(rows).tally.kept, 1);
}

// By their names, as an export has them: of another source, or of none.
TEST_F(ImporterTest, AnExportThatComesBackIsRememberedToo) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  UseMap(
      "kind: accounts\nsource: comity\nidentity: name\nfields:\n"
      "  external_id.source: source\n  external_id.id: id\n  sector: sector\n"
      "  country: country\n");
  const std::string header = "name,source,id,sector,country\n";
  const std::string name = StandIn::NameOf(1);
  const std::string rows = name + ",maven,Acme,medical,Kenya\n";
  EXPECT_EQ(Run(rows, false, header).tally.unchanged, 1);
  EXPECT_EQ(services_.masks.size(), 1u);
  const auto& account = services_.accounts["Acme"];
  const size_t size = account.attributes().at(kLastSaidKey).size();
  EXPECT_EQ(Run(rows, false, header).tally.unchanged, 1);
  EXPECT_EQ(services_.masks.size(), 1u);  // a second time there is nothing to write
  EXPECT_EQ(account.attributes().at(kLastSaidKey).size(), size);

  services_.accounts["Acme"].set_sector("handmade");
  const Tally kept = Run(rows, false, header).tally;
  EXPECT_EQ(kept.unchanged, 1);
  EXPECT_EQ(kept.kept, 1);
  EXPECT_EQ(account.sector(), "handmade");
  EXPECT_THAT(ReportFile(), ::testing::HasSubstr("2,sector,medical,KEPT,unchanged,"));
  EXPECT_THAT(Reasons(Run(name + ",maven,Acme,energy,Kenya\n", false, header)),
              ::testing::ElementsAre("EDITED_SINCE"));
}

// The memory has room beside all that a record may have of its own.
TEST_F(ImporterTest, ARecordFullOfAttributesRemembersToo) {
  std::string map = "kind: accounts\nsource: x\nidentity: id\nfields:\n  sector: sector\n";
  std::string header = "id,sector";
  std::string cells;
  for (int i = 0; i < 64; ++i) {
    absl::StrAppend(&map, "  attributes.k", i, ": c", i, "\n");
    absl::StrAppend(&header, ",c", i);
    absl::StrAppend(&cells, ",v", i);
  }
  UseMap(map);
  const std::string rows = absl::StrCat("A,medical", cells, "\n");
  EXPECT_EQ(Run(rows, false, header + "\n").tally.taken, 1);
  EXPECT_EQ(services_.accounts["A"].attributes_size(), 65);
  services_.accounts["A"].set_sector("handmade");
  EXPECT_EQ(Run(rows, false, header + "\n").tally.kept, 1);
  EXPECT_EQ(services_.accounts["A"].sector(), "handmade");
}

TEST_F(ImporterTest, ADryRunSaysWhatWouldChange) {
  Run("Acme,medical,1996,1,1,Kenya,\nBit,retail,1997,1,1,Kenya,\n");
  const ImportReport report =
      Run("Acme,energy,1996,1,1,Kenya,\nBit,energy,1997,1,1,Chad,\nNew,retail,1997,1,1,Chad,\n",
          /*dry_run=*/true);
  EXPECT_EQ(report.tally.taken, 3);
  EXPECT_EQ(report.change_count, 3);
  ASSERT_EQ(report.changes.size(), 3u);
  EXPECT_EQ(report.changes[0].line, 2);
  EXPECT_EQ(report.changes[0].record, "Acme");
  EXPECT_EQ(report.changes[0].field, "sector");
  EXPECT_EQ(report.changes[0].before, "medical");
  EXPECT_EQ(report.changes[0].after, "energy");
  EXPECT_EQ(report.changes[2].line, 3);
  EXPECT_THAT(ReportFile(), ::testing::HasSubstr("2,sector,energy,CHANGED,taken,was `medical`"));
  EXPECT_EQ(services_.accounts["Acme"].sector(), "medical");
}

TEST_F(ImporterTest, WhoMayNotUpdateHasUnchangedRowsUnchanged) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  services_.accounts["Acme"].mutable_attributes()->erase(kLastSaidKey);
  services_.may_update = false;
  EXPECT_EQ(Run("Acme,medical,1996,1,1,Kenya,\n").tally.unchanged, 1);
  const ImportReport report = Run("Acme,energy,1996,1,1,Kenya,\n");
  EXPECT_EQ(report.tally.refused, 1);
  EXPECT_THAT(Reasons(report), ::testing::ElementsAre("NOT_OWN_DEPARTMENT"));
}

TEST_F(ImporterTest, AnInterruptedImportCountsWhatItDidAndGoesOnWhenRepeated) {
  std::string rows;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&rows, "A", i, ",medical,1,1,1,,\n");
  rows_left_ = 500;
  const ImportReport report = Run(rows);
  EXPECT_EQ(Reason(report.stopped), "INTERRUPTED");
  EXPECT_EQ(report.tally.taken, 500);
  EXPECT_EQ(report.not_reached, 500);
  EXPECT_EQ(services_.accounts.size(), 500u);
  rows_left_ = -1;
  const Tally again = Run(rows).tally;
  EXPECT_EQ(again.unchanged, 500);
  EXPECT_EQ(again.taken, 500);
}

TEST_F(ImporterTest, AnUpdateStandsOnTheRecordAsItIs) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  services_.changed_meanwhile = true;
  EXPECT_EQ(Run("Acme,energy,1996,2,1,Kenya,\n").tally.taken, 1);
  const auto& account = services_.accounts["Acme"];
  EXPECT_EQ(account.sector(), "energy");
  EXPECT_EQ(account.attributes().at("revenue_million_usd"), "2");
  EXPECT_EQ(account.attributes().at("colour"), "red");  // what somebody else wrote meanwhile
}

TEST_F(ImporterTest, ARecordMadeByReferenceTakesItsOwnRow) {
  UseMap(
      "kind: accounts\nsource: x\nidentity: id\nfields:\n  display_name: id\n  sector: sector\n"
      "  kind: {constant: organization}\n"
      "  parent_account: {column: parent, find: accounts, make: {kind: {constant: household}}}\n");
  const ImportReport report =
      Run("Sub,medical,Mother\nMother,energy,\n", false, "id,sector,parent\n");
  EXPECT_EQ(report.tally.taken, 2);
  EXPECT_EQ(services_.accounts["Mother"].sector(), "energy");
  EXPECT_EQ(services_.accounts["Sub"].parent_account(), services_.accounts["Mother"].name());
}

TEST_F(ImporterTest, WhatPeopleChangeOfARecordMadeByReferenceStays) {
  UseMap(
      "kind: accounts\nsource: x\nidentity: id\nfields:\n  display_name: id\n  city: city\n"
      "  kind: {constant: organization}\n  parent_account: {column: parent, find: accounts,\n"
      "    make: {kind: {constant: organization}}}\n");
  Run("Sub,Oslo,Mother\n", false, "id,city,parent\n");
  services_.accounts["Mother"].set_display_name("Mother Ltd");
  const ImportReport report = Run("Mother,Bergen,\n", false, "id,city,parent\n");
  EXPECT_EQ(report.tally.taken, 1);
  EXPECT_EQ(report.tally.kept, 1);
  EXPECT_EQ(services_.accounts["Mother"].display_name(), "Mother Ltd");
  EXPECT_EQ(services_.accounts["Mother"].city(), "Bergen");
}

TEST_F(ImporterTest, ARecordIsNotItsOwnParent) {
  EXPECT_THAT(Reasons(Run("Acme,medical,1,1,1,,Acme\n")),
              ::testing::ElementsAre("REFERS_TO_ITSELF"));
}

TEST_F(ImporterTest, ADenialStopsTheImportAndIsSaidOnce) {
  std::string rows = "short,row\n";
  for (int i = 0; i < 500; ++i) absl::StrAppend(&rows, "A", i, ",medical,1,1,1,,\n");
  services_.calls_left = 0;
  const ImportReport report = Run(rows);
  EXPECT_EQ(Reason(report.stopped), "ROLE_MISSING");
  EXPECT_THAT(Reasons(report), ::testing::ElementsAre("CELL_COUNT"));
  EXPECT_EQ(report.tally.refused, 1);
  EXPECT_EQ(report.not_reached, 500);
}

TEST_F(ImporterTest, WhoMayNotCreateIsToldOnce) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  services_.may_create = false;
  const ImportReport report = Run("A,medical,1,1,1,,\nB,medical,1,1,1,,\n");
  EXPECT_EQ(Reason(report.stopped), "ROLE_MISSING");
  EXPECT_EQ(report.tally.total(), 0);
  EXPECT_EQ(report.not_reached, 2);
}

TEST_F(ImporterTest, ACallOfWhichNothingIsKnownEndsWithATally) {
  services_.failure = absl::InternalError("the answer is lost");
  services_.calls_left = 0;
  const ImportReport report = Run("A,medical,1,1,1,,\nB,medical,1,1,1,,\n");
  EXPECT_EQ(report.stopped.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(report.tally.refused, 2);
  EXPECT_THAT(Reasons(report), ::testing::ElementsAre("CALL_FAILED", "CALL_FAILED"));
}

TEST_F(ImporterTest, WhatWasCutOffIsCompletedByARepetition) {
  std::string rows;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&rows, "A", i, ",medical,1,1,1,,\n");
  services_.calls_left = 30;
  const Tally cut = Run(rows).tally;
  EXPECT_LT(cut.taken, 1000);
  services_.calls_left = -1;
  const size_t before = services_.accounts.size();
  const Tally rest = Run(rows).tally;
  EXPECT_EQ(services_.accounts.size(), 1000u);
  EXPECT_EQ(rest.taken, static_cast<int64_t>(1000 - before));
  EXPECT_EQ(rest.unchanged, static_cast<int64_t>(before));
}

TEST_F(ImporterTest, TheReportNamesEveryProblemAndChange) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  services_.refused.insert("Bad, \"really\"");
  Run("Acme,energy,1996,1,1,Kenya,\n\"Bad, \"\"really\"\"\",medical,1,1,1,,\nshort,row\n");
  const std::string report = ReportFile();
  EXPECT_THAT(report, ::testing::StartsWith("line,column,value,reason,outcome,message\n"));
  EXPECT_THAT(report, ::testing::HasSubstr("2,sector,energy,CHANGED,taken,was `medical`\n"));
  EXPECT_THAT(report,
              ::testing::HasSubstr("3,row,\"Bad, \"\"really\"\"\",FIELD_TOO_LONG,refused,"));
  EXPECT_THAT(report, ::testing::HasSubstr("4,,,CELL_COUNT,refused,"));
}

TEST_F(ImporterTest, ADryRunShowsWhatWouldChange) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  EXPECT_EQ(Run("Acme,energy,1996,1,1,Kenya,\n", /*dry_run=*/true).tally.taken, 1);
  EXPECT_THAT(ReportFile(), ::testing::HasSubstr("2,sector,energy,CHANGED,taken,"));
  EXPECT_EQ(services_.accounts["Acme"].sector(), "medical");
}

TEST_F(ImporterTest, ColumnsThatDoNotTellRowsApartRefuseThem) {
  UseMap(
      "kind: accounts\nsource: x\nidentity: [name, city]\nfields:\n  display_name: name\n"
      "  city: city\n  sector: sector\n  kind: {constant: organization}\n");
  const ImportReport report =
      Run("A,Oslo,x\nA,Bergen,x\nA,Oslo,y\nB,Oslo,x\nB,Oslo,x\n", false, "name,city,sector\n");
  EXPECT_EQ(report.tally.taken, 2);
  EXPECT_EQ(report.tally.unchanged, 1);
  EXPECT_THAT(Reasons(report),
              ::testing::ElementsAre("IDENTITY_NOT_UNIQUE", "IDENTITY_NOT_UNIQUE"));
}

TEST_F(ImporterTest, RowsThatRepeatAreRowsOfTheirOwn) {
  UseMap(
      "kind: accounts\nsource: x\nidentity: {columns: [name, city], repeats: true}\nfields:\n"
      "  display_name: name\n  city: city\n  kind: {constant: organization}\n");
  const std::string rows = "A,Oslo\nA,Oslo\nB,Oslo\nA,Oslo\n";
  EXPECT_EQ(Run(rows, false, "name,city\n").tally.taken, 4);
  EXPECT_EQ(services_.accounts.size(), 4u);
  EXPECT_EQ(Run(rows, false, "name,city\n").tally.unchanged, 4);
}

// Which of them is the second would hang on their order. Columns that the map does not read are
// none of its matter.
TEST_F(ImporterTest, RowsThatRepeatAreEqual) {
  UseMap(
      "kind: accounts\nsource: x\nidentity: {columns: [name], repeats: true}\nfields:\n"
      "  display_name: name\n  city: city\n  kind: {constant: organization}\n");
  const ImportReport report =
      Run("A,Oslo,1\nA,Bergen,2\nB,Oslo,3\nB, Oslo,4\n", false, "name,city,no\n");
  EXPECT_EQ(report.tally.taken, 2);
  EXPECT_THAT(Reasons(report),
              ::testing::ElementsAre("IDENTITY_NOT_UNIQUE", "IDENTITY_NOT_UNIQUE"));
}

TEST_F(ImporterTest, DatesThatMayBeReadInTwoWaysRefuseTheFile) {
  UseMap("kind: leads\nsource: x\nidentity: id\nfields:\n  capture_time: captured\n");
  const ImportReport report = Run("1,3/1/2017\n2,4/1/2017\n", false, "id,captured\n");
  EXPECT_EQ(report.tally.refused, 2);
  EXPECT_THAT(Reasons(report), ::testing::ElementsAre("DATES_AMBIGUOUS"));
  EXPECT_EQ(report.problems[0].line, 2);
  EXPECT_EQ(report.problems[0].column, "captured");
}

TEST_F(ImporterTest, TheEndOfAFileThatCannotBeReadIsNamed) {
  const ImportReport report = Run("A,medical,1,1,1,,\nB,x\"y,1,1,1,,\n");
  EXPECT_EQ(Reason(report.stopped), "CSV_INVALID");
  EXPECT_EQ(report.tally.taken, 1);
  EXPECT_TRUE(report.is_cut);
  ASSERT_EQ(report.notes.size(), 1u);
  EXPECT_EQ(report.notes[0].reason, "FILE_CUT");
  EXPECT_EQ(report.notes[0].line, 3);
}

}  // namespace
}  // namespace comity::client
