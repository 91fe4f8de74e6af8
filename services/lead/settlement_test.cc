// What is settled of leads, how the journal tells of it, and who acts when nobody calls.
#include <thread>

#include "services/lead/settlement_fixture.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/storage/session.h"

namespace comity::lead {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using type::v1::SETTLEMENT_RULE_DECIDER;
using type::v1::SETTLEMENT_RULE_UNANIMITY;

constexpr char kAna[] = "ana@sales";
constexpr char kMia[] = "mia@marketing";
constexpr char kMem[] = "mem@membership";

class SettlementTest : public SettlementFixture {};

TEST_F(SettlementTest, AJudgementsEntryTellsWhatItSettles) {
  const std::string name = Create();
  Judge(kMia, name, "qualified");  // sales decides
  Judge(kAna, name, "nurture");
  Judge(kMia, name, "nurture");
  const auto history = History(name);
  ASSERT_EQ(history.size(), 4u);
  EXPECT_THAT(history[1].settlements(), IsEmpty());
  ASSERT_EQ(history[2].settlements_size(), 1);
  const type::v1::SettledAnswer& settled = history[2].settlements(0);
  EXPECT_EQ(settled.subject(), name);
  EXPECT_EQ(settled.answer(), "nurture");
  EXPECT_EQ(settled.department(), "departments/sales");
  EXPECT_EQ(settled.basis(), type::v1::ANSWER_BASIS_SETTLED);
  EXPECT_THAT(settled.judgement_versions(), ElementsAre(history[2].version()));
  EXPECT_EQ(settled.charter_revision(), 1);
  EXPECT_EQ(settled.rule_version(), charter::kRuleVersion);
  EXPECT_EQ(resource::ToTime(settled.settle_time()), now_);
  EXPECT_THAT(history[3].settlements(), IsEmpty());
  EXPECT_EQ(Stored(name).SerializeAsString(), settled.SerializeAsString());
  EXPECT_EQ(Standing(name).settlement().SerializeAsString(), settled.SerializeAsString());
}

TEST_F(SettlementTest, AWithdrawalUnsettles) {
  const std::string name = Create();
  const std::string judged = Judge(kAna, name, "nurture");
  ASSERT_TRUE(Withdraw(kAna, judged).ok());
  const auto history = History(name);
  ASSERT_EQ(history.size(), 3u);
  ASSERT_EQ(history[2].settlements_size(), 1);
  EXPECT_EQ(history[2].settlements(0).answer(), "");
  EXPECT_EQ(Stored(name).answer(), "");
  EXPECT_EQ(Reason(Withdraw(kAna, judged)), "NOT_STANDING");
  // Nor is the withdrawal itself a judgement that stands.
  judgement::v1::Judgement withdrawal;
  ASSERT_TRUE(history[2].payload().UnpackTo(&withdrawal));
  EXPECT_EQ(Reason(Withdraw(kAna, withdrawal.name())), "NOT_STANDING");
}

TEST_F(SettlementTest, WhatComesAlongSettlesInItsOwnEntries) {
  v1::CreateLeadRequest request;
  request.set_request_id(testlib::NewRequestId());
  request.mutable_lead()->set_organization("Analytical Engines");
  *request.add_judgements() = Judgement("nurture");
  *request.add_judgements() = Judgement("qualified");
  Call call = MakeCall(kAna);
  const auto made = leads_.CreateLead(call, request);
  ASSERT_TRUE(made.ok()) << made.status();
  const auto history = History(made->name());
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[1].settlements(0).answer(), "nurture");
  EXPECT_EQ(history[2].settlements(0).answer(), "qualified");
  EXPECT_EQ(Stored(made->name()).answer(), "qualified");
}

TEST_F(SettlementTest, AFactThatDecidesSettlesInItsEntryAndItsVoidUnsettles) {
  Enact([](type::v1::Question* question) {
    question->mutable_answers(2)->set_decided_by_fact("owner-changed");
  });
  const std::string name = Create();
  Judge(kAna, name, "nurture");
  const auto fact = ChangeOwner(name);
  ASSERT_TRUE(fact.ok()) << fact.status();
  EXPECT_EQ(Stored(name).answer(), "qualified");
  EXPECT_EQ(Stored(name).fact(), "owner-changed");
  EXPECT_THAT(Standing(name).explanation(), HasSubstr("the fact `owner-changed` decides it"));
  ASSERT_TRUE(Void(fact->name()).ok());
  EXPECT_EQ(Stored(name).answer(), "nurture");
  const auto history = History(name);
  ASSERT_EQ(history.size(), 4u);
  EXPECT_EQ(history[2].settlements(0).answer(), "qualified");
  EXPECT_EQ(history[3].settlements(0).answer(), "nurture");
}

TEST_F(SettlementTest, SilenceAssentsWhenItsTermEnds) {
  EnactRule(SETTLEMENT_RULE_DECIDER, 8);
  const std::string name = Create();
  Judge(kMia, name, "qualified");
  const absl::Time term = now_ + absl::Hours(8);
  EXPECT_EQ(resource::ToTime(Stored(name).next_term_time()), term);
  Pass(7);
  EndTerms();
  EXPECT_EQ(ReadSettled(name), "");
  EXPECT_EQ(History(name).size(), 2u);
  Pass(2);
  EXPECT_EQ(ReadSettled(name), "qualified") << "reads do not wait for the timer";
  EndTerms();
  EndTerms();
  const auto history = History(name);
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[2].type(), "settled");
  EXPECT_EQ(history[2].actor().person(), "");
  EXPECT_EQ(resource::ToTime(history[2].occur_time()), term);
  EXPECT_EQ(resource::ToTime(history[2].record_time()), now_);
  ASSERT_EQ(history[2].settlements_size(), 1);
  EXPECT_EQ(history[2].settlements(0).answer(), "qualified");
  EXPECT_THAT(history[2].settlements(0).silent_departments(), ElementsAre("departments/sales"));
  EXPECT_FALSE(Stored(name).has_next_term_time());
}

TEST_F(SettlementTest, OneReplicaActs) {
  EnactRule(SETTLEMENT_RULE_DECIDER, 8);
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back(Create());
  for (const std::string& name : names) Judge(kMia, name, "qualified");
  Pass(9);
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) replicas.emplace_back([this] { EndTerms(); });
  for (std::thread& replica : replicas) replica.join();
  EndTerms();  // what was left to a faster one that failed
  for (const std::string& name : names) EXPECT_EQ(History(name).size(), 3u);
}

TEST_F(SettlementTest, TermsThatEndedUnnoticedAreToldBeforeTheJudgementThatComesLater) {
  EnactRule(SETTLEMENT_RULE_UNANIMITY, 8);
  const std::string name = Create();
  const absl::Time first = now_;
  const std::string judged = Judge(kMem, name, "nurture");
  ASSERT_TRUE(Withdraw(kMem, judged).ok());
  Judge(kMia, name, "qualified");
  Pass(1);
  const std::string again = Judge(kMem, name, "qualified");
  ASSERT_TRUE(Withdraw(kMem, again).ok());
  Pass(99);  // nobody was there
  Judge(kAna, name, "nurture");
  const auto history = History(name);
  ASSERT_EQ(history.size(), 9u);
  // Sales at 8, membership at 9: it has withdrawn at 1.
  EXPECT_EQ(history[6].type(), "settled");
  EXPECT_EQ(resource::ToTime(history[6].occur_time()), first + absl::Hours(8));
  EXPECT_EQ(history[6].settlements(0).answer(), "");
  EXPECT_THAT(history[6].settlements(0).silent_departments(), ElementsAre("departments/sales"));
  EXPECT_EQ(history[6].actor().ShortDebugString(), "workload: \"service/test\"");
  EXPECT_EQ(history[6].request_id(), "") << "no act of the request that came upon it";
  EXPECT_EQ(history[7].type(), "settled");
  EXPECT_EQ(resource::ToTime(history[7].occur_time()), first + absl::Hours(9));
  EXPECT_EQ(history[7].settlements(0).answer(), "qualified");
  EXPECT_EQ(history[8].type(), "judged");
  EXPECT_EQ(history[8].settlements(0).answer(), "");
  for (size_t i = 0; i < history.size(); ++i) {
    EXPECT_EQ(history[i].version(), static_cast<int64_t>(i) + 1);
  }
}

TEST_F(SettlementTest, AStandingSaysInWordsWhoAssentsSinceWhen) {
  EnactRule(SETTLEMENT_RULE_DECIDER, 8);
  now_ = absl::FromUnixSeconds(1'790'000'000);  // 2026-09-21 14:13:20
  const std::string name = Create();
  Judge(kMia, name, "qualified");
  EXPECT_EQ(Standing(name).explanation(),
            "Undecided, because departments/sales decides this question and has not judged: "
            "departments/marketing says `qualified`, departments/sales is silent (its term ends at "
            "2026-09-21 22:13:20 UTC), departments/membership is silent. By revision 2 of the "
            "charter.");
  ASSERT_EQ(Standing(name).silent_size(), 1);
  EXPECT_EQ(Standing(name).silent(0).answer(), "");
  Pass(8);
  EXPECT_EQ(Standing(name).explanation(),
            "`qualified`, because departments/sales decides this question and has not judged: "
            "departments/marketing says `qualified`, departments/sales assents to `qualified` by "
            "its silence since 2026-09-21 22:13:20 UTC, departments/membership is silent. By "
            "revision 2 of the charter.");
  EXPECT_EQ(Standing(name).silent(0).answer(), "qualified");
}

TEST_F(SettlementTest, TheInboxHoldsWhatWaitsByItsTermUntilItIsJudgedOrOver) {
  EnactRule(SETTLEMENT_RULE_DECIDER, 8);
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    names.insert(names.begin(), Create());  // the latest first
    Pass(0.5);
  }
  for (const std::string& name : names) {
    Judge(kMia, name, "qualified");
    Pass(0.5);
  }
  std::vector<std::string> listed;
  std::string token;
  do {
    const auto page = Awaited(kAna, "leads/-", 2, token);
    for (const auto& awaited : page.awaited()) {
      listed.push_back(awaited.subject());
      EXPECT_EQ(awaited.question(), kQuality);
      EXPECT_EQ(resource::ToTime(awaited.due_time()) - resource::ToTime(awaited.deliver_time()),
                absl::Hours(8));
    }
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(listed, names);
  EXPECT_THAT(Awaited(kMia).awaited(), IsEmpty());
  EXPECT_THAT(Awaited(kAna, "opportunities/-").awaited(), IsEmpty());
  EXPECT_EQ(Awaited(kAna, names[2]).awaited_size(), 1);
  Judge(kAna, names[2], "nurture");
  EXPECT_THAT(Awaited(kAna, names[2]).awaited(), IsEmpty());
  EXPECT_EQ(Awaited(kAna).awaited_size(), 4);
  Pass(8);
  EndTerms();
  EXPECT_THAT(Awaited(kAna).awaited(), IsEmpty());

  judgement::v1::ListAwaitedJudgementsRequest request;
  Call call = MakeCall(kAna);
  request.set_parent("cases/-");
  EXPECT_EQ(Reason(judgements_.ListAwaitedJudgements(call, request).status()),
            "OTHER_SERVICES_SUBJECT");
  request.set_parent("leads/0190a000-0000-7000-8000-000000000001");
  EXPECT_EQ(judgements_.ListAwaitedJudgements(call, request).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(SettlementTest, ARevisionSettlesAnewWhenNoEarlierCallIsUnderWay) {
  const std::string name = Create();
  const std::string other = Create();
  Judge(kMia, name, "qualified");
  Judge(kAna, other, "nurture");
  SettleAnew();
  EXPECT_EQ(History(name).size(), 2u);
  Enact([](type::v1::Question* question) { question->set_decider("departments/marketing"); });
  EXPECT_EQ(ReadSettled(name), "qualified") << "reads do not wait for the pass";
  SettleAnew();
  EXPECT_EQ(Stored(name).answer(), "");
  Pass(0.1);
  SettleAnew();
  SettleAnew();
  EXPECT_EQ(Stored(name).answer(), "qualified");
  EXPECT_EQ(Stored(name).charter_revision(), 2);
  EXPECT_EQ(Stored(other).answer(), "");
  const auto history = History(other);
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[1].settlements(0).charter_revision(), 1) << "what was stays what it was";
  EXPECT_EQ(history[2].type(), "settled");
  EXPECT_EQ(history[2].charter_revision(), 2);
}

TEST_F(SettlementTest, WhatWasJudgedBeforeThereWereSettlementsIsSettledByThePass) {
  std::vector<std::string> names;
  for (int i = 0; i < 3; ++i) names.push_back(Create());
  for (const std::string& name : names) Judge(kAna, name, "nurture");
  const auto admin = storage::Session::Open(database_.admin());
  ASSERT_TRUE(admin.ok()) << admin.status();
  ASSERT_TRUE((*admin)->Execute("DELETE FROM settlements", {}).ok());
  EXPECT_EQ(ReadSettled(names[0]), "nurture");
  SettleAnew();
  SettleAnew();
  for (const std::string& name : names) {
    EXPECT_EQ(Stored(name).answer(), "nurture");
    EXPECT_EQ(History(name).size(), 3u);
  }
}

TEST_F(SettlementTest, TheTermOfOldJudgementsCountsFromWhenTheCharterSaysSo) {
  const std::string name = Create();
  Judge(kMia, name, "qualified");
  Pass(1000);
  EnactRule(SETTLEMENT_RULE_DECIDER, 8);
  const absl::Time enacted = now_;
  Pass(1);
  SettleAnew();
  EXPECT_EQ(Awaited(kAna).awaited_size(), 1);
  EXPECT_EQ(resource::ToTime(Stored(name).next_term_time()), enacted + absl::Hours(8));
  EXPECT_EQ(History(name).size(), 2u) << "nothing is settled otherwise yet";
  Pass(7);
  EXPECT_EQ(ReadSettled(name), "qualified");
}

}  // namespace
}  // namespace comity::lead
