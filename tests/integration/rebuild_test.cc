// `comity admin rebuild-reporting`: the numbers before and after are the same, whatever happened on
// the way to them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/fact/v1/fact_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "tests/integration/calls.h"
#include "tests/integration/command.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

// One opportunity for each way that the numbers can take.
void MakeHistory() {
  const std::string account = CreateAccount("ana@sales");
  const std::string won = CreateOpportunity("ana@sales", account);
  ASSERT_TRUE(RecordFact("ana@sales", won, fact::v1::FACT_KIND_SIGNED).ok());
  const std::string revoked = CreateOpportunity("ana@sales", account);
  ASSERT_TRUE(RecordFact("ana@sales", revoked, fact::v1::FACT_KIND_SIGNED).ok());
  const auto facts =
      ComityJson<fact::v1::ListFactsResponse>(absl::StrCat("facts ", revoked)).facts();
  for (const fact::v1::Fact& fact : facts) {
    if (fact.kind() != fact::v1::FACT_KIND_SIGNED) continue;
    Comity(absl::StrCat("fact void ", fact.name(), " --reason revoked"));
  }
  const std::string lost = CreateOpportunity("ana@sales", account);
  ASSERT_TRUE(Judge("ana@sales", lost, "opportunity-outcome", "lost").ok());
  ASSERT_TRUE(Judge("mia@marketing", revoked, "opportunity-outcome", "lost").ok());
  const auto withdrawn = Judge("ana@sales", revoked, "opportunity-outcome", "lost");
  ASSERT_TRUE(withdrawn.ok());
  Comity(absl::StrCat("withdraw ", withdrawn->name(), " --reason too-early"));
}

// Records a fact and returns its name.
std::string Record(const std::string& opportunity, const std::string& fact) {
  const auto recorded =
      Ask("ana@sales", "FactService/RecordFact",
          absl::StrCat(R"({"parent": ")", opportunity, R"(", "fact": )", fact, "}"));
  EXPECT_TRUE(recorded.ok()) << fact << recorded.status();
  return recorded.ok() ? TextAt(**recorded, "name") : "";
}

// One opportunity about which everything changed, and some of it was said wrongly at first.
void MakeChanges() {
  const std::string changed = CreateOpportunity("ana@sales", CreateAccount("ana@sales"));
  const std::string amount = Record(changed, R"({"kind": "FACT_KIND_AMOUNT_CHANGED",
      "amount": {"currencyCode": "EUR", "units": "70", "nanos": 500000000}})");
  Record(changed, absl::StrCat(R"({"kind": "FACT_KIND_AMOUNT_CHANGED", "reason": "typo",
      "amount": {"currencyCode": "EUR", "units": "700"}, "corrects": ")",
                               amount, R"("})"));
  Record(changed, R"({"kind": "FACT_KIND_ENGAGED"})");
  Record(changed, R"({"kind": "FACT_KIND_OWNER_CHANGED", "owner": "persons/sam"})");
  Record(changed, R"({"kind": "FACT_KIND_CLOSE_DATE_CHANGED",
      "closeDate": {"year": 2030, "month": 3, "day": 1}})");
  const std::string declined = Record(changed, R"({"kind": "FACT_KIND_DECLINED"})");
  Comity(absl::StrCat("fact void ", declined, " --reason misheard"));
  ASSERT_TRUE(Judge("ana@sales", changed, "opportunity-stage", "proposal").ok());
  const auto stage = Judge("max@management", changed, "opportunity-stage", "negotiation");
  ASSERT_TRUE(stage.ok());
  Comity(absl::StrCat("withdraw ", stage->name(), " --as max@management --reason too-early"));
}

// All that the reports say, as text; but how fresh they are, which grows while nothing changes.
std::string Reports(const std::string& options = "") {
  std::string text;
  for (const char* report :
       {"win-rate --by owner,month --lens all", "pipeline --by stage,owner --lens all",
        "pipeline --by month --lens all", "win-rate --lens sales --rows",
        "win-rate --lens marketing --rows"}) {
    for (absl::string_view line :
         absl::StrSplit(Comity(absl::StrCat("report ", report, options, " -o json")), '\n')) {
      const bool is_clock =
          absl::StrContains(line, "Time\": \"") && !absl::StrContains(line, "\"outcomeTime\"");
      if (!is_clock) absl::StrAppend(&text, line, "\n");
    }
  }
  return text;
}

// The opportunities that other tests of this suite made, none of which sales has decided.
int OthersOpportunities() {
  return ComityJson<lead::v1::ListOpportunitiesResponse>("opportunity list --all --show-all")
      .opportunities_size();
}

// Whether reporting has taken in everything, `undecided` opportunities of sales among it.
bool HasFollowed(int undecided) {
  const auto freshness = ComityJson<reporting::v1::Freshness>("admin freshness");
  for (const auto& source : freshness.behind()) {
    if (source.position() > 0) return false;
  }
  const auto report = ComityJson<reporting::v1::WinRateReport>("report win-rate --lens sales");
  const auto& sales = report.total().cells(0);
  return sales.won_count() == 1 && sales.lost_count() == 1 && sales.undecided_count() == undecided;
}

TEST(RebuildReporting, ChangesNoNumber) {
  const int others = OthersOpportunities();
  MakeHistory();
  ASSERT_TRUE(Eventually([&] { return HasFollowed(others + 1); })) << Comity("report win-rate");
  const auto then = ComityJson<reporting::v1::WinRateReport>("report win-rate").basis().as_of();
  MakeChanges();
  ASSERT_TRUE(Eventually([&] { return HasFollowed(others + 2); })) << Comity("report win-rate");
  const std::string as_of = absl::StrCat(" --as-of ", then);
  const std::string past = Reports(as_of);
  const std::string before = Reports();
  EXPECT_NE(past, before);
  const Outcome refused = TryComity("admin rebuild-reporting --as ana@sales");
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.errors, ::testing::HasSubstr("PERMISSION_DENIED"));
  const auto rebuilt =
      ComityJson<reporting::v1::RebuildReportingResponse>("admin rebuild-reporting --as ivo@it");
  EXPECT_GT(rebuilt.entries(), 0);
  EXPECT_EQ(Reports(), before);
  EXPECT_EQ(Reports(as_of), past);
}

}  // namespace
}  // namespace comity::integration
