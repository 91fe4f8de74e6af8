// Promise 2: nothing leaves the record.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact_service.grpc.pb.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "comity/judgement/v1/judgement_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "comity/support/v1/case_service.pb.h"
#include "gtest/gtest.h"
#include "tests/integration/records.h"

namespace comity::integration {
namespace {

bool Lists(const std::string& as, const std::string& account, bool show_all,
           const std::string& opportunity) {
  lead::v1::ListOpportunitiesRequest request;
  request.set_filter(absl::StrCat("account = \"", account, "\""));
  request.set_show_all(show_all);
  const auto page = Suite::Get().Call(&lead::v1::OpportunityService::Stub::ListOpportunities,
                                      "lead", as, request);
  EXPECT_TRUE(page.ok()) << page.status();
  if (!page.ok()) return false;
  return std::any_of(page->opportunities().begin(), page->opportunities().end(),
                     [&](const auto& each) { return each.name() == opportunity; });
}

TEST(NothingLeaves, JudgedLostLeavesOnlyThatDepartmentsWorkingList) {
  const std::string account = CreateAccount("ana@sales");
  const std::string opportunity = CreateOpportunity("ana@sales", account);
  EXPECT_TRUE(Lists("ana@sales", account, false, opportunity));
  ASSERT_TRUE(Judge("ana@sales", opportunity, "opportunity-outcome", "lost").ok());
  EXPECT_FALSE(Lists("ana@sales", account, false, opportunity)) << "sales' working list";
  EXPECT_TRUE(Lists("ana@sales", account, true, opportunity)) << "show_all";
  EXPECT_TRUE(Lists("mia@marketing", account, false, opportunity)) << "marketing's list";
  EXPECT_TRUE(Lists("max@management", account, false, opportunity)) << "management's list";
  lead::v1::GetOpportunityRequest get;
  get.set_name(opportunity);
  const auto record = Suite::Get().Call(&lead::v1::OpportunityService::Stub::GetOpportunity, "lead",
                                        "ana@sales", get);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->amount().units(), 1000);
}

TEST(NothingLeaves, AWithdrawnJudgementStaysInTheHistory) {
  const auto lead = CreateLead("ana@sales");
  ASSERT_TRUE(lead.ok());
  const auto judged = Judge("ana@sales", lead->name(), "lead-quality", "qualified");
  ASSERT_TRUE(judged.ok()) << judged.status();
  judgement::v1::WithdrawRequest withdraw;
  withdraw.set_name(judged->name());
  withdraw.set_request_id(NewRequestId());
  ASSERT_TRUE(
      Suite::Get()
          .Call(&judgement::v1::JudgementService::Stub::Withdraw, "lead", "ana@sales", withdraw)
          .ok());
  EXPECT_TRUE(StandingOf("ana@sales", lead->name(), "lead-quality")->judgements().empty());
  judgement::v1::ListJudgementsRequest list;
  list.set_parent(lead->name());
  const auto all = Suite::Get().Call(&judgement::v1::JudgementService::Stub::ListJudgements, "lead",
                                     "ana@sales", list);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->judgements_size(), 2);
  EXPECT_EQ(all->judgements(0).answer(), "qualified");
  EXPECT_EQ(all->judgements(1).withdraws(), judged->name());
  journal::v1::ListHistoryRequest history;
  history.set_subject(lead->name());
  const auto entries = Suite::Get().Call(&journal::v1::JournalService::Stub::ListHistory, "lead",
                                         "ana@sales", history);
  ASSERT_TRUE(entries.ok()) << entries.status();
  EXPECT_EQ(entries->entries_size(), 3) << "created, judged, withdrawn";
}

TEST(NothingLeaves, AVoidedFactStaysAndCountsNoMore) {
  const std::string opportunity = CreateOpportunity("ana@sales", CreateAccount("ana@sales"));
  ASSERT_TRUE(RecordFact("ana@sales", opportunity, fact::v1::FACT_KIND_SIGNED).ok());
  fact::v1::ListFactsRequest list;
  list.set_parent(opportunity);
  const auto before =
      Suite::Get().Call(&fact::v1::FactService::Stub::ListFacts, "lead", "ana@sales", list);
  ASSERT_TRUE(before.ok()) << before.status();
  const auto& signature = before->facts(before->facts_size() - 1);
  fact::v1::VoidFactRequest request;
  request.set_name(signature.name());
  request.set_reason("signed by the wrong hand");
  request.set_request_id(NewRequestId());
  const auto voided =
      Suite::Get().Call(&fact::v1::FactService::Stub::VoidFact, "lead", "ana@sales", request);
  ASSERT_TRUE(voided.ok()) << voided.status();
  const auto after =
      Suite::Get().Call(&fact::v1::FactService::Stub::ListFacts, "lead", "ana@sales", list);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->facts_size(), before->facts_size() + 1);
  EXPECT_NE(StandingOf("ana@sales", opportunity, "opportunity-outcome")->lens_answer().answer(),
            "won");
}

// Every method of every service of Comity's that this program links. (The proto of
// google.longrunning.Operation brings a service along that no one serves.)
TEST(NothingLeaves, NoMethodDeletes) {
  std::vector<std::string> files;
  google::protobuf::DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  int methods = 0;
  for (const std::string& name : files) {
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    if (!absl::StartsWith(file->package(), "comity.")) continue;
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j, ++methods) {
        for (const char* verb : {"Delete", "Remove", "Purge", "Erase", "Clear", "Drop"}) {
          EXPECT_FALSE(absl::StartsWith(file->service(i)->method(j)->name(), verb))
              << file->service(i)->method(j)->full_name();
        }
      }
    }
  }
  EXPECT_GT(methods, 20);
}

}  // namespace
}  // namespace comity::integration
