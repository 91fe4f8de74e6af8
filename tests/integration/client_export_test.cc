// Exports that come back to the suite that they came from, and imports of those who may not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "services/client/output/format.h"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using ::testing::HasSubstr;

// A file of the suite's folder.
std::string PathOf(const std::string& name) { return Suite::Get().folder() + "/" + name; }

// Exports what `what` says, and returns the words that import it again.
std::string Exported(const std::string& what) {
  const std::string path = PathOf("exported");
  Comity(absl::StrCat("export ", what, " --out ", path, ".csv --map ", path, ".yaml"));
  return absl::StrCat("import ", path, ".csv --map ", path, ".yaml");
}

TEST(ClientExport, WhatPeopleChangeSinceItCameBackStays) {
  std::string name = Comity(
      "account create --set kind=organization --set display_name=Handmade --set sector=forge "
      "-o name");
  name.pop_back();
  const std::string import = Exported("accounts --filter sector=forge");
  for (int again = 0; again < 2; ++again) {
    EXPECT_THAT(Comity(import), HasSubstr("taken 0, unchanged 1, refused 0"));
  }
  Comity(absl::StrCat("account update ", name, " --set sector=handmade"));
  EXPECT_THAT(Comity(import), HasSubstr("unchanged 1, refused 0, conflicting 0; 1 value stays"));
  EXPECT_THAT(Comity("account get " + name), HasSubstr("handmade"));
}

TEST(ClientExport, PersonsOfAllDepartmentsComeBackUnchanged) {
  const std::string import = Exported("persons");
  for (int again = 0; again < 2; ++again) {
    EXPECT_THAT(Comity(import + " --as sam@sales"), HasSubstr("taken 0,"));
    EXPECT_THAT(Comity(import + " --as ana@sales"), HasSubstr("refused 0, conflicting 0;"));
  }
}

// With its commas, its days before its months and its own words for things.
TEST(ClientImport, TheMapThatIsSuggestedTakesAGermanFile) {
  const std::string path = PathOf("angebote");
  std::ofstream(path + ".csv") << "Angebotsnr;Bezeichnung;Betrag;Erfasst am\n"
                                  "A-1;Drehbank für Köln;1.234,50 €;03.11.2025\n"
                                  "A-2;Fräse;99,00 €;04.11.2025\n";
  std::ofstream(path + ".yaml") << Comity("import --suggest " + path + ".csv");
  const std::string import = absl::StrCat("import ", path, ".csv --map ", path, ".yaml");
  EXPECT_THAT(Comity(import), HasSubstr("taken 2, unchanged 0, refused 0"));
  const auto list = ComityJson<lead::v1::ListOpportunitiesResponse>(
      "opportunity list --show-all --filter 'external_id.source = \"angebote\" AND external_id.id "
      "= "
      "\"A-1\"'");
  ASSERT_EQ(list.opportunities_size(), 1);
  const auto& opportunity = list.opportunities(0);
  EXPECT_EQ(opportunity.display_name(), "Drehbank für Köln");
  EXPECT_EQ(client::FormatMoney(opportunity.amount()), "1,234.50 EUR");
  EXPECT_EQ(absl::FormatTime("%Y-%m-%d", absl::FromUnixSeconds(opportunity.open_time().seconds()),
                             absl::UTCTimeZone()),
            "2025-11-03");
}

TEST(ClientImport, WhoMayNotIsToldOnce) {
  const std::string path = PathOf("denied");
  std::ofstream(path + ".yaml") << "kind: cases\nsource: x\nidentity: id\nfields:\n  title: id\n";
  std::ofstream file(path + ".csv");
  file << "id\n";
  for (int i = 0; i < 1000; ++i) file << "case " << i << "\n";
  file.close();
  const Outcome outcome =
      TryComity(absl::StrCat("import ", path, ".csv --map ", path, ".yaml --as ana@sales"));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("refused 0, conflicting 0, not reached 1,000;"));
  EXPECT_THAT(outcome.errors, ::testing::StartsWith("comity: PERMISSION_DENIED "));
}

}  // namespace
}  // namespace comity::integration
