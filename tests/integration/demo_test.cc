// The demonstration company on a real suite: a load that is killed and started again leaves every
// record, fact and judgement once, and departments then see other numbers in the same record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "comity/lead/v1/product_service.pb.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/demo/company.h"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using ::testing::HasSubstr;

constexpr double kScale = 0.1;
constexpr char kLoad[] = "demo load --scale 0.1";

// How often what happened: by `leads created`, `cases judged` …
using Tally = std::map<std::string, int>;

std::string TypeOf(const google::protobuf::Message& request) {
  const std::string& name = request.GetDescriptor()->name();
  if (name == "RecordFactRequest") {
    const auto& record = static_cast<const fact::v1::RecordFactRequest&>(request);
    return record.fact().corrects().empty() ? "fact-recorded" : "fact-corrected";
  }
  if (name == "VoidFactRequest") return "fact-voided";
  if (name == "JudgeRequest") return "judged";
  return name == "WithdrawRequest" ? "withdrawn" : "created";
}

// What the generator means to be there.
Tally Drafted(absl::Time day) {
  Tally tally;
  const client::Company company = client::MakeCompany({1, kScale, day});
  for (const client::Phase& phase : company.phases) {
    for (const client::Draft& draft : phase.drafts) {
      const std::string kind = draft.key.substr(0, draft.key.find('-'));
      const std::string collection = kind == "opportunity" ? "opportunities" : kind + "s";
      ++tally[absl::StrCat(collection, " ", TypeOf(*draft.request))];
    }
  }
  return tally;
}

// An entry by which a record begins stands for its creation already.
bool BeginsRecord(const journal::v1::Entry& entry) {
  fact::v1::Fact fact;
  return entry.payload().UnpackTo(&fact) &&
         (fact.kind() == fact::v1::FACT_KIND_CREATED || fact.kind() == fact::v1::FACT_KIND_OPENED);
}

void CountEntries(const std::string& service, Tally* tally) {
  journal::v1::ReadJournalRequest request;
  request.set_page_size(1000);
  while (true) {
    const auto page = Suite::Get().Call(&journal::v1::JournalService::Stub::ReadJournal, service,
                                        "max@management", request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& positioned : page->entries()) {
      const auto& entry = positioned.entry();
      // What signatures of the story start is the gateway's.
      if (BeginsRecord(entry) || entry.actor().workload() == "service/gateway") continue;
      const std::string collection = entry.subject().substr(0, entry.subject().find('/'));
      ++(*tally)[absl::StrCat(collection, " ", entry.type())];
    }
    if (page->entries().empty()) return;
    request.set_from_position(page->entries().rbegin()->position() + 1);
  }
}

// What the journals hold, once the sequencers have caught up with `expected`.
Tally Journaled(const Tally& expected) {
  Tally tally;
  EXPECT_TRUE(Eventually([&] {
    tally.clear();
    for (const char* service : {"lead", "account", "support"}) CountEntries(service, &tally);
    tally.erase("products updated");  // the mark of a finished load
    tally.erase("services service-started");
    int64_t found = 0;
    int64_t wanted = 0;
    for (const auto& [what, count] : tally) found += count;
    for (const auto& [what, count] : expected) wanted += count;
    return found >= wanted;
  }));
  return tally;
}

// Starts a load, and kills it when it has sent the leads.
void InterruptLoad() {
  FILE* const load =
      popen(absl::StrCat("echo $$; exec env ", ComityCommand(kLoad), " 2>&1").c_str(), "r");
  char line[256] = "";
  int pid = 0;
  ASSERT_NE(std::fgets(line, sizeof(line), load), nullptr);
  ASSERT_TRUE(absl::SimpleAtoi(absl::StripSuffix(line, "\n"), &pid));
  while (std::fgets(line, sizeof(line), load) != nullptr && !absl::StartsWith(line, "  leads:")) {
  }
  EXPECT_THAT(line, HasSubstr("leads:"));
  EXPECT_EQ(kill(pid, SIGKILL), 0);
  const int status = pclose(load);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

std::string MarkerAttribute(const std::string& key) {
  const auto products = ComityJson<lead::v1::ListProductsResponse>(
      "product list --filter 'external_id.source=demo-1 AND external_id.id=product-0'");
  EXPECT_EQ(products.products_size(), 1);
  if (products.products_size() != 1) return "";
  const auto& attributes = products.products(0).attributes();
  const auto found = attributes.find(key);
  return found == attributes.end() ? "" : found->second;
}

TEST(Demonstration, OfAnInterruptedLoadHoldsEverythingOnce) {
  InterruptLoad();
  ASSERT_FALSE(MarkerAttribute("demo-day").empty());
  ASSERT_TRUE(MarkerAttribute("demo-loaded").empty());
  const Outcome other = TryComity("demo load --scale 0.2");
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.errors, HasSubstr("DEMO_SCALE_DIFFERS"));

  EXPECT_THAT(Comity(kLoad), HasSubstr("loaded"));
  EXPECT_FALSE(MarkerAttribute("demo-loaded").empty());
  const auto day = client::ParseInstant(MarkerAttribute("demo-day"));
  ASSERT_TRUE(day.ok()) << day.status();
  const Tally expected = Drafted(*day);
  EXPECT_EQ(expected.at("leads created"), 200);
  EXPECT_EQ(Journaled(expected), expected);
  // A finished load is not sent again.
  EXPECT_THAT(Comity(kLoad), HasSubstr("already"));
  EXPECT_EQ(Journaled(expected), expected);
}

bool ReportingHasFollowed() {
  const auto freshness = ComityJson<reporting::v1::Freshness>("admin freshness");
  for (const auto& source : freshness.behind()) {
    if (source.position() > 0) return false;
  }
  return true;
}

TEST(Demonstration, LensesDisagreeInTheReports) {
  Comity(kLoad);
  ASSERT_TRUE(Eventually(ReportingHasFollowed));
  const auto report =
      ComityJson<reporting::v1::WinRateReport>("report win-rate --lens all --as max@management");
  std::set<int64_t> lost;
  std::set<int64_t> won;
  for (const auto& cell : report.total().cells()) {
    lost.insert(cell.lost_count());
    won.insert(cell.won_count());
    EXPECT_EQ(cell.won_count() + cell.lost_count() + cell.undecided_count(), 200);
  }
  EXPECT_GT(lost.size(), 1u) << report.DebugString();
  EXPECT_EQ(won.size(), 1u) << report.DebugString();  // signed is won in every lens
}

}  // namespace
}  // namespace comity::integration
