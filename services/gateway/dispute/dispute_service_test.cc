// Disputes on a real database: opened, answered, decided, appealed; their clocks, lists and
// precedents.
#include "services/gateway/dispute/dispute_service.h"

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/dispute/dispute_fixture.h"

namespace comity::gateway {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

absl::Time DueOf(const v1::DisputeClock& clock) { return resource::ToTime(clock.due_time()); }

TEST_F(DisputeServiceTest, OpenedAnsweredDecidedAppealedAndFulfilled) {
  const std::string judgement = JudgedLead();
  const std::string lead = resource::SubjectOf(judgement);
  const std::string name = Opened(judgement, "mia@marketing").name();
  EXPECT_THAT(NamesIn("awaits = departments/sales"), Contains(name));
  ASSERT_TRUE(AnswerIt(name, "ana@sales").ok());
  EXPECT_THAT(NamesIn("awaits = departments/management"), Contains(name));
  v1::DisputeOutcome outcome = Outcome(v1::DISPUTE_VERDICT_DISMISSED);
  ASSERT_TRUE(DecideIt(name, "max@management", outcome).ok());
  v1::AppealDisputeRequest appeal = Named<v1::AppealDisputeRequest>(name);
  appeal.set_reason("overlooked");
  appeal.set_note(kDisputeSecret);
  ASSERT_TRUE(Do(&DisputeService::AppealDispute, appeal, "mia@marketing").ok());
  outcome.set_verdict(v1::DISPUTE_VERDICT_UPHELD);
  outcome.set_answer("nurture");
  const auto decided = DecideIt(name, "ivo@it", outcome);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->state(), v1::DISPUTE_STATE_FINAL);
  EXPECT_THAT(NamesIn("awaits = departments/sales"), Contains(name)) << "it has to judge so";

  const auto fulfil = [&](const std::string& as) {
    return Do(&DisputeService::FulfilDispute, Named<v1::FulfilDisputeRequest>(name), as);
  };
  EXPECT_EQ(Reason(fulfil("ana@sales").status()), "DISPUTE_NOT_FULFILLED");
  EXPECT_EQ(Reason(fulfil("sue@support").status()), "NOT_A_PARTY");
  const std::string anew = keepers_.Judge(lead, "departments/sales", "nurture");
  const auto fulfilled = fulfil("mia@marketing");
  ASSERT_TRUE(fulfilled.ok()) << fulfilled.status();
  EXPECT_EQ(fulfilled->remedies(0).done_by(), anew);
  EXPECT_TRUE(fulfil("ana@sales").ok()) << "a second time changes nothing";
  EXPECT_THAT(NamesIn("awaits = departments/sales"), Not(Contains(name)));
  EXPECT_EQ(GetIt(name).note(), kDisputeSecret) << "it is kept";
  EXPECT_THAT(JournalOf(name), ElementsAre("opened", "answered", "submitted", "decided", "appealed",
                                           "decided", "final", "fulfilled"));
}

TEST_F(DisputeServiceTest, OneDepartmentHasOneOpenAboutAThing) {
  const std::string judgement = JudgedLead();
  const v1::Dispute first = Opened(judgement, "mia@marketing");
  const auto second = Open(judgement, "mia@marketing");
  EXPECT_EQ(Reason(second.status()), "DISPUTE_OPEN");
  EXPECT_EQ(ErrorValue(second.status(), "name"), first.name());
  Opened(judgement, "sue@support");
  const auto withdrawn = Do(&DisputeService::WithdrawDispute,
                            Named<v1::WithdrawDisputeRequest>(first.name()), "mia@marketing");
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  Opened(judgement, "mia@marketing");
  const std::string lead = resource::SubjectOf(judgement);
  EXPECT_EQ(Opened(lead, "mia@marketing", kQualityQuestion).kind(), v1::DISPUTE_KIND_SETTLEMENT);
}

TEST_F(DisputeServiceTest, OpenedTwiceAtOnceThereIsOne) {
  const std::string judgement = JudgedLead();
  std::vector<std::thread> threads;
  std::vector<std::string> reasons(4);
  for (std::string& reason : reasons) {
    threads.emplace_back([&] { reason = Reason(Open(judgement, "mia@marketing").status()); });
  }
  for (std::thread& thread : threads) thread.join();
  std::sort(reasons.begin(), reasons.end());
  EXPECT_THAT(reasons, ElementsAre("", "DISPUTE_OPEN", "DISPUTE_OPEN", "DISPUTE_OPEN"));
}

TEST_F(DisputeServiceTest, SaysWhyNothingIsOpened) {
  const std::string judgement = JudgedLead();
  EXPECT_EQ(Reason(Open(judgement, "ana@sales").status()), "NO_OTHER_SIDE");
  EXPECT_EQ(Reason(Open(NewName("leads"), "mia@marketing", kQualityQuestion).status()),
            "RESOURCE_NOT_FOUND");
  v1::OpenDisputeRequest request = OpenRequest(judgement);
  request.mutable_evidence(0)->set_position(10);
  EXPECT_EQ(Reason(Do(&DisputeService::OpenDispute, request, "mia@marketing").status()),
            "EVIDENCE_UNKNOWN");
  request.mutable_evidence(0)->set_service("gossip");
  EXPECT_EQ(Reason(Do(&DisputeService::OpenDispute, request, "mia@marketing").status()),
            "EVIDENCE_UNKNOWN");
  keepers_.away = Unavailable("SERVICE_UNAVAILABLE", "away");
  EXPECT_EQ(Reason(Open(judgement, "mia@marketing").status()), "SERVICE_UNAVAILABLE");
  EXPECT_THAT(NamesIn(""), IsEmpty());
}

TEST_F(DisputeServiceTest, ACheckStoresNothing) {
  v1::OpenDisputeRequest request = OpenRequest(JudgedLead());
  request.set_validate_only(true);
  EXPECT_TRUE(Do(&DisputeService::OpenDispute, request, "mia@marketing").ok());
  EXPECT_THAT(NamesIn(""), IsEmpty());
}

TEST_F(DisputeServiceTest, WhoeverDecidesBelongsToNoParty) {
  const std::string name = Opened(JudgedLead(), "mia@marketing").name();
  ASSERT_TRUE(AnswerIt(name, "ana@sales").ok());
  const v1::DisputeOutcome outcome = Outcome(v1::DISPUTE_VERDICT_DISMISSED);
  EXPECT_EQ(Reason(DecideIt(name, "sue@support", outcome).status()), "NOT_ARBITER");
  Call call = runtime_.MakeCall("max@management", "test/Decide");
  call.principal.person = "persons/sam";  // of sales as well
  v1::DecideDisputeRequest request = Named<v1::DecideDisputeRequest>(name);
  *request.mutable_outcome() = outcome;
  request.set_request_id(testlib::NewRequestId());
  EXPECT_EQ(Reason(disputes_.DecideDispute(call, request).status()), "BELONGS_TO_PARTY");
  EXPECT_EQ(GetIt(name).state(), v1::DISPUTE_STATE_SUBMITTED);
  EXPECT_TRUE(DecideIt(name, "max@management", outcome).ok());
}

TEST_F(DisputeServiceTest, ItsClocksGoOnByThemselves) {
  const v1::Dispute opened = Opened(JudgedLead(), "mia@marketing");
  const std::string name = opened.name();
  const absl::Time late = DueOf(opened.answer_clock());
  clocks_.RunDue(late - absl::Seconds(1));
  clocks_.RunDue(late - absl::Seconds(1));
  EXPECT_THAT(JournalOf(name), ElementsAre("opened", "answer-warned"));
  clocks_.RunDue(late);
  const v1::Dispute unanswered = GetIt(name);
  EXPECT_EQ(unanswered.hearings(0).arbiter(), "departments/management");
  clocks_.RunDue(DueOf(unanswered.hearings(0).clock()));
  const v1::Dispute passed_on = GetIt(name);
  ASSERT_EQ(passed_on.hearings_size(), 2);
  EXPECT_EQ(passed_on.hearings(1).arbiter(), "departments/it");
  clocks_.RunDue(DueOf(passed_on.hearings(1).clock()));
  EXPECT_EQ(GetIt(name).state(), v1::DISPUTE_STATE_LAPSED);
  clocks_.RunDue(DueOf(passed_on.hearings(1).clock()) + absl::Hours(10'000));
  EXPECT_THAT(JournalOf(name),
              ElementsAre("opened", "answer-warned", "answer-breached", "submitted-unanswered",
                          "decide-warned", "decide-breached", "passed-on", "decide-warned",
                          "decide-breached", "lapsed"));
}

TEST_F(DisputeServiceTest, OfSeveralReplicasOneNotesWhatIsDue) {
  const v1::Dispute opened = Opened(JudgedLead(), "mia@marketing");
  std::vector<std::thread> replicas;
  for (int i = 0; i < 3; ++i) {
    replicas.emplace_back(
        [&] { DisputeClocks(runtime_.runtime()).RunDue(DueOf(opened.answer_clock())); });
  }
  for (std::thread& replica : replicas) replica.join();
  EXPECT_THAT(JournalOf(opened.name()),
              ElementsAre("opened", "answer-warned", "answer-breached", "submitted-unanswered"));
}

// What a call finds too late its clocks have noted before.
TEST_F(DisputeServiceTest, ALateCallNotesWhatIsDueItself) {
  const v1::Dispute opened = Opened(JudgedLead(), "mia@marketing");
  now_ = DueOf(opened.answer_clock());
  ASSERT_TRUE(AnswerIt(opened.name(), "ana@sales").ok());
  EXPECT_TRUE(GetIt(opened.name()).answers(0).late());
  EXPECT_THAT(JournalOf(opened.name()), ElementsAre("opened", "answer-warned", "answer-breached",
                                                    "submitted-unanswered", "answered"));
}

TEST_F(DisputeServiceTest, MoneyIsForWhoReadsOpportunities) {
  const std::string opportunity = NewName("opportunities");
  const std::string fact = absl::StrCat(opportunity, "/", NewName("facts"));
  keepers_.facts[fact].mutable_actor()->set_department("departments/sales");
  keepers_.facts[fact].set_kind(fact::v1::FACT_KIND_AMOUNT_CHANGED);
  auto& amount = *keepers_.opportunities[opportunity].mutable_amount();
  amount = resource::FromMinorUnits(500'00, "EUR");
  const v1::Dispute opened = Opened(fact, "mia@marketing");
  EXPECT_EQ(opened.amount().units(), 500);
  EXPECT_EQ(opened.disputed(), "amount-changed");
  amount = resource::FromMinorUnits(700'00, "EUR");
  EXPECT_EQ(GetIt(opened.name()).current_amount().units(), 700);
  EXPECT_EQ(GetIt(opened.name(), "aud@management").amount().units(), 500);
  const v1::Dispute seen = GetIt(opened.name(), "ivo@it");
  EXPECT_FALSE(seen.has_amount()) << "IT reads no opportunities";
  EXPECT_FALSE(seen.has_current_amount());
  keepers_.away = Unavailable("SERVICE_UNAVAILABLE", "away");
  EXPECT_FALSE(GetIt(opened.name()).has_current_amount());
  EXPECT_EQ(GetIt(opened.name()).amount().units(), 500);
  keepers_.away = absl::OkStatus();
  JournalOf(opened.name());
}

TEST_F(DisputeServiceTest, AnUpheldReturnIsMadeGoodByTheNextAcceptance) {
  v1::Handover returned;
  returned.set_name(NewName("handovers"));
  returned.set_subject(NewName("leads"));
  returned.set_agreement("agreements/qualified-lead");
  returned.set_from("departments/marketing");
  returned.set_to("departments/sales");
  returned.set_state(v1::HANDOVER_STATE_RETURNED);
  returned.set_return_reason("no-need");
  *returned.mutable_create_time() = resource::FromTime(absl::Now());
  const auto insert = [&](const v1::Handover& handover) {
    Call call = runtime_.MakeCall("mia@marketing", "test/Insert");
    google::protobuf::Any none;
    return storage::TransactInto(
        call, {},
        [&](storage::Transaction& tx) {
          return InsertHandover(tx, handover, absl::InfiniteFuture());
        },
        &none);
  };
  ASSERT_TRUE(insert(returned).ok());
  EXPECT_EQ(Reason(Open(returned.name(), "sue@support").status()), "NOT_A_PARTY");
  const v1::Dispute opened = Opened(returned.name(), "mia@marketing");
  EXPECT_EQ(opened.disputed(), "no-need");
  v1::ProposeAgreementRequest proposal = Named<v1::ProposeAgreementRequest>(opened.name());
  *proposal.mutable_outcome() = Outcome(v1::DISPUTE_VERDICT_UPHELD);
  ASSERT_TRUE(Do(&DisputeService::ProposeAgreement, proposal, "mia@marketing").ok());
  v1::AgreeDisputeRequest agree = Named<v1::AgreeDisputeRequest>(opened.name());
  agree.set_number(1);
  const auto agreed = Do(&DisputeService::AgreeDispute, agree, "sam@sales");
  ASSERT_TRUE(agreed.ok()) << agreed.status();
  EXPECT_EQ(agreed->state(), v1::DISPUTE_STATE_AGREED);
  const auto fulfil = Named<v1::FulfilDisputeRequest>(opened.name());
  EXPECT_EQ(Reason(Do(&DisputeService::FulfilDispute, fulfil, "ana@sales").status()),
            "DISPUTE_NOT_FULFILLED");
  v1::Handover accepted = returned;
  accepted.set_name(NewName("handovers"));
  accepted.set_state(v1::HANDOVER_STATE_ACCEPTED);
  *accepted.mutable_create_time() = resource::FromTime(absl::Now() + absl::Seconds(1));
  ASSERT_TRUE(insert(accepted).ok());
  const auto fulfilled = Do(&DisputeService::FulfilDispute, fulfil, "ana@sales");
  ASSERT_TRUE(fulfilled.ok()) << fulfilled.status();
  EXPECT_EQ(fulfilled->remedies(0).done_by(), accepted.name());
}

TEST_F(DisputeServiceTest, EarlierOutcomesOnTheQuestionArePrecedents) {
  const std::string first = Opened(JudgedLead(), "mia@marketing").name();
  ASSERT_TRUE(AnswerIt(first, "ana@sales").ok());
  ASSERT_TRUE(DecideIt(first, "max@management", Outcome(v1::DISPUTE_VERDICT_DISMISSED)).ok());
  const std::string second = Opened(JudgedLead(), "mia@marketing").name();
  EXPECT_THAT(GetIt(second).precedents(), IsEmpty()) << "the first may still be appealed";
  clocks_.RunDue(DueOf(GetIt(first).appeal_clock()));
  ASSERT_EQ(GetIt(second).precedents_size(), 1);
  EXPECT_EQ(GetIt(second).precedents(0).name(), first);
  EXPECT_EQ(GetIt(second).precedents(0).outcome().verdict(), v1::DISPUTE_VERDICT_DISMISSED);
  EXPECT_THAT(GetIt(first).precedents(), IsEmpty()) << "what came later is none";
}

TEST_F(DisputeServiceTest, ListsByEachFilterPageByPage) {
  std::vector<std::string> names;
  for (int i = 0; i < 3; ++i) names.push_back(Opened(JudgedLead(), "mia@marketing").name());
  const v1::Dispute third = GetIt(names[2]);
  ASSERT_TRUE(Do(&DisputeService::WithdrawDispute, Named<v1::WithdrawDisputeRequest>(names[0]),
                 "mia@marketing")
                  .ok());
  EXPECT_THAT(NamesIn("open = true"), ElementsAre(names[2], names[1]));
  EXPECT_THAT(NamesIn("open = false"), ElementsAre(names[0]));
  EXPECT_THAT(NamesIn("state = WITHDRAWN"), ElementsAre(names[0]));
  EXPECT_THAT(NamesIn("kind = JUDGEMENT AND state = OPENED"), ElementsAre(names[2], names[1]));
  EXPECT_THAT(NamesIn("kind = FACT"), IsEmpty());
  EXPECT_THAT(NamesIn(absl::StrCat("subject = \"", third.subject(), "\"")), ElementsAre(names[2]));
  EXPECT_EQ(NamesIn(absl::StrCat("question = ", kQualityQuestion)).size(), 3u);
  EXPECT_EQ(NamesIn("department = departments/marketing").size(), 3u);
  EXPECT_THAT(NamesIn("awaits = departments/sale"), IsEmpty()) << "the whole name";
  for (const char* bad : {"state = LOUD", "kind = RUMOUR", "open = maybe"}) {
    EXPECT_EQ(Reason(ListThem(bad).status()), "FILTER_INVALID") << bad;
  }
  EXPECT_EQ(Reason(ListThem("open = true OR open = false").status()), "FILTER_TOO_COMPLEX");
  const auto page = ListThem("", 2);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->disputes_size(), 2);
  const auto rest = ListThem("", 2, page->next_page_token());
  ASSERT_TRUE(rest.ok()) << rest.status();
  ASSERT_EQ(rest->disputes_size(), 1);
  EXPECT_EQ(rest->disputes(0).name(), names[0]);
}

}  // namespace
}  // namespace comity::gateway
