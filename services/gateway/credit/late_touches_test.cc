// Late touches on a real database: accepted by all, they draw the statement anew.
#include <thread>

#include "absl/synchronization/mutex.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "services/gateway/credit/credit_statements_fixture.h"
#include "services/gateway/credit/credit_terms.h"

namespace comity::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Tells of the touches as they are by now.
class TouchesNow final : public lead::v1::OpportunityService::Service {
 public:
  grpc::Status GetTouches(grpc::ServerContext*, const lead::v1::GetTouchesRequest*,
                          lead::v1::TouchSet* set) override {
    absl::MutexLock lock(&mutex);
    *set = answer;
    return grpc::Status::OK;
  }
  absl::Mutex mutex;
  lead::v1::TouchSet answer;
};

class LateTouchesTest : public CreditStatementsTest {
 protected:
  void SetUp() override {
    server_ = grpc::ServerBuilder().RegisterService(&lead_).BuildAndStart();
    with_lead_ = std::make_unique<CreditService>(nullptr, server_->InProcessChannel({}));
  }
  // A call of that department before the signature, told after it.
  std::string Late(lead::v1::TouchSet* set, const std::string& department) {
    const std::string fact = absl::StrCat("leads/1/facts/", set->touches_size());
    lead::v1::Touch& touch = Touch(set, fact, department);
    touch.set_kind(fact::v1::FACT_KIND_CALL);
    touch.set_position(set->signature().position() + set->touches_size());
    return fact;
  }
  template <typename Request>
  static Request About(const std::string& statement, const std::vector<std::string>& facts) {
    Request request;
    request.set_name(statement);
    request.mutable_touches()->Add(facts.begin(), facts.end());
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  absl::StatusOr<v1::CreditStatement> Send(const v1::AcceptLateTouchesRequest& request,
                                           const std::string& as) {
    Call call = runtime_.MakeCall(as, "test/AcceptLateTouches");
    if (now_ != absl::InfinitePast()) call.now = now_;
    return with_lead_->AcceptLateTouches(call, request);
  }
  absl::StatusOr<v1::CreditStatement> Accept(const std::string& statement,
                                             const std::vector<std::string>& facts,
                                             const std::string& as) {
    return Send(About<v1::AcceptLateTouchesRequest>(statement, facts), as);
  }
  std::string Accepted(const std::string& statement, const std::string& fact,
                       const std::string& as) {
    const auto standing = Accept(statement, {fact}, as);
    EXPECT_TRUE(standing.ok()) << standing.status();
    return standing.ok() ? standing->name() : "";
  }
  absl::StatusOr<v1::CreditStatement> TakeBack(const std::string& statement,
                                               const std::string& fact, const std::string& as) {
    Call call = runtime_.MakeCall(as, "test/TakeBackAcceptances");
    return with_lead_->TakeBackAcceptances(
        call, About<v1::TakeBackAcceptancesRequest>(statement, {fact}));
  }
  // `leads/1/facts/2 by departments/sales, not by departments/marketing`.
  std::vector<std::string> AcceptancesOf(const std::string& statement) {
    std::vector<std::string> all;
    const v1::CreditStatement shown = Get(statement);
    for (const auto& each : shown.late_acceptances()) {
      std::string text = absl::StrCat(each.fact(), " by");
      for (const auto& said : each.acceptances()) absl::StrAppend(&text, " ", said.department());
      for (const auto& awaited : each.awaits()) absl::StrAppend(&text, ", not by ", awaited);
      all.push_back(text);
    }
    return all;
  }
  std::vector<std::string> AcceptedIn(const std::string& statement) {
    std::vector<std::string> facts;
    const v1::CreditStatement shown = Get(statement);
    for (const auto& touch : shown.touches()) {
      if (touch.standing() == v1::CREDIT_STANDING_ACCEPTED) facts.push_back(touch.fact());
    }
    return facts;
  }
  // That what all statements give together is what the one that stands gives.
  void ExpectSumsOf(const std::string& statement) {
    const v1::CreditStatement standing = Get(statement);
    std::map<std::string, int64_t> sums = SumsOf(standing.opportunity());
    int64_t total = 0;
    for (const auto& line : standing.lines()) {
      EXPECT_EQ(sums[line.party()], *resource::ToMinorUnits(line.amount())) << line.party();
      total += sums[line.party()];
    }
    EXPECT_EQ(total, *resource::ToMinorUnits(standing.amount()));
  }

  TouchesNow lead_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<CreditService> with_lead_;
  absl::Time now_ = absl::InfinitePast();
};

TEST_F(LateTouchesTest, CountsOnceAllHaveAcceptedIt) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string late = Late(&set, kOwnMarketing);
  const std::string name = Drawn(set, 10);
  ASSERT_EQ(Get(name).late_touches_size(), 1);
  const auto before = SumsOf(set.opportunity());
  EXPECT_EQ(Accepted(name, late, "mia@marketing"), name);
  EXPECT_EQ(Get(name).state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_THAT(AcceptancesOf(name),
              ElementsAre(late + " by departments/marketing, not by departments/sales"));
  EXPECT_EQ(SumsOf(set.opportunity()), before) << "who gains nothing has not accepted it yet";
  EXPECT_EQ(List("")->statements(0).late_acceptances_size(), 1) << "the inbox goes by the list";

  const std::string anew = Accepted(name, late, "sam@sales");
  ASSERT_NE(anew, name);
  EXPECT_EQ(Get(name).state(), v1::CREDIT_STATE_REVERSED);
  EXPECT_EQ(ReasonFor(name), "LATE_TOUCHES_ACCEPTED");
  const v1::CreditStatement statement = Get(anew);
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_THAT(statement.acknowledgements(), IsEmpty());
  EXPECT_GT(resource::ToTime(statement.term_end_time()),
            resource::ToTime(Get(name).term_end_time()));
  EXPECT_EQ(statement.rule(), Get(name).rule());
  EXPECT_EQ(statement.cuts(0).position(), 10);
  EXPECT_EQ(statement.source_position(), 10);
  EXPECT_THAT(AcceptedIn(anew), ElementsAre(late));
  EXPECT_THAT(statement.late_touches(), IsEmpty());
  EXPECT_THAT(AcceptancesOf(anew),
              ElementsAre(late + " by departments/marketing departments/sales"));
  EXPECT_NE(SumsOf(set.opportunity()), before);
  ExpectSumsOf(anew);
  EXPECT_THAT(EntriesOf(name),
              ElementsAre("drawn", "late-touches-accepted", "late-touches-accepted", "reversed"));
  EXPECT_THAT(EntriesOf(anew), ElementsAre("drawn"));
  EXPECT_EQ(Drawn(set, 10), anew) << "the same signature draws nothing more";
}

TEST_F(LateTouchesTest, ARepeatedRequestIsAnsweredAsItWas) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string late = Late(&set, kOwnMarketing);
  const std::string name = Drawn(set, 10);
  Accepted(name, late, "mia@marketing");
  EXPECT_EQ(Accepted(name, late, "mia@marketing"), name) << "a second time changes nothing";
  EXPECT_THAT(EntriesOf(name), SizeIs(2));
  const auto request = About<v1::AcceptLateTouchesRequest>(name, {late});
  const auto first = Send(request, "sam@sales");
  const auto again = Send(request, "sam@sales");
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(again->name(), first->name());
  EXPECT_EQ(List("")->statements_size(), 3) << "two, and what negates the first";
  EXPECT_EQ(Reason(Accept(name, {late}, "sam@sales").status()), "CREDIT_STATEMENT_NOT_OPEN");
}

TEST_F(LateTouchesTest, WhatIsTriedIsNotStored) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string late = Late(&set, kOwnMarketing);
  const std::string name = Drawn(set, 10);
  auto request = About<v1::AcceptLateTouchesRequest>(name, {late});
  request.set_validate_only(true);
  EXPECT_TRUE(Send(request, "sam@sales").ok());
  EXPECT_THAT(AcceptancesOf(name), IsEmpty());
}

TEST_F(LateTouchesTest, IsTakenBackUntilAllHaveAccepted) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string late = Late(&set, kOwnMarketing);
  const std::string name = Drawn(set, 10);
  Accepted(name, late, "mia@marketing");
  ASSERT_TRUE(TakeBack(name, late, "mia@marketing").ok());
  EXPECT_THAT(AcceptancesOf(name), IsEmpty());
  EXPECT_EQ(Accepted(name, late, "sam@sales"), name) << "marketing's no longer counts";
  const std::string anew = Accepted(name, late, "mia@marketing");
  EXPECT_NE(anew, name);
  EXPECT_EQ(Reason(TakeBack(anew, late, "mia@marketing").status()), "TOUCH_COUNTS");
  EXPECT_EQ(Reason(TakeBack(name, late, "mia@marketing").status()), "CREDIT_STATEMENT_NOT_OPEN");
  EXPECT_THAT(EntriesOf(name),
              ElementsAre("drawn", "late-touches-accepted", "acceptances-taken-back",
                          "late-touches-accepted", "late-touches-accepted", "reversed"));
}

TEST_F(LateTouchesTest, OnlyWithinTheTermByItsParties) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string late = Late(&set, kOwnMarketing);
  const std::string name = Drawn(set, 10);
  EXPECT_EQ(Reason(Accept(name, {late}, "sue@support").status()), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(Reason(Accept(name, {"leads/1"}, "sam@sales").status()), "TOUCH_NOT_LATE");
  EXPECT_EQ(Reason(Accept(name, {}, "sam@sales").status()), "TOUCH_REQUIRED");
  EXPECT_EQ(
      Reason(Accept("credit-statements/0190f3a1-1234-7abc-8def-0123456789ab", {late}, "sam@sales")
                 .status()),
      "RESOURCE_NOT_FOUND");
  now_ = resource::ToTime(Get(name).term_end_time());
  EXPECT_EQ(Reason(Accept(name, {late}, "sam@sales").status()), "CREDIT_STATEMENT_NOT_OPEN");
  EXPECT_THAT(EntriesOf(name), ElementsAre("drawn"));
}

TEST_F(LateTouchesTest, AVoidTakesBackWhatWasDrawnAnew) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string late = Late(&set, kOwnMarketing);
  const std::string workflow = Start(set, 10);
  ASSERT_EQ(Run(workflow).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  const std::string name = List("")->statements(0).name();
  Accepted(name, late, "mia@marketing");
  const std::string anew = Accepted(name, late, "sam@sales");
  Void(set.opportunity(), 20);
  ASSERT_EQ(Run(workflow).state(), v1::WORKFLOW_STATE_WITHDRAWN);
  EXPECT_EQ(Get(anew).state(), v1::CREDIT_STATE_REVERSED);
  EXPECT_EQ(ReasonFor(anew), "SIGNATURE_VOIDED");
  for (const auto& [party, cents] : SumsOf(set.opportunity())) EXPECT_EQ(cents, 0) << party;
  EXPECT_EQ(Reverse(name), "") << "nothing of it stands any more";
}

TEST_F(LateTouchesTest, ACorrectedSignatureKeepsWhatWasAccepted) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string first = Late(&set, kOwnMarketing);
  const std::string second = Late(&set, kOwnSales);
  const std::string name = Drawn(set, 10);
  Accepted(name, first, "mia@marketing");
  Accepted(name, second, "mia@marketing");
  const std::string anew = Accepted(name, first, "sam@sales");
  EXPECT_THAT(AcceptedIn(anew), ElementsAre(first));
  const std::string old_signature = set.signature().fact();
  Sign(&set, 10, 24'000);
  set.mutable_signature()->set_fact(set.opportunity() + "/facts/corrected");
  set.mutable_signature()->add_corrects(old_signature);
  const std::string corrected = Drawn(set, 30);
  EXPECT_EQ(ReasonFor(anew), "SIGNATURE_CORRECTED");
  EXPECT_THAT(AcceptedIn(corrected), ElementsAre(first));
  EXPECT_THAT(AcceptancesOf(corrected),
              ElementsAre(first + " by departments/marketing departments/sales",
                          second + " by departments/marketing, not by departments/sales"));
  ExpectSumsOf(corrected);
  EXPECT_EQ(Get(corrected).amount().units(), 24'000);
}

TEST_F(LateTouchesTest, AnotherSignatureIsAcceptedAnew) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string late = Late(&set, kOwnMarketing);
  const std::string name = Drawn(set, 10);
  Accepted(name, late, "mia@marketing");
  const std::string anew = Accepted(name, late, "sam@sales");
  Sign(&set, 10, 24'000);
  set.mutable_signature()->set_fact(set.opportunity() + "/facts/again");
  const std::string again = Drawn(set, 30);
  EXPECT_EQ(ReasonFor(anew), "SIGNATURE_VOIDED");
  EXPECT_THAT(AcceptedIn(again), IsEmpty());
  EXPECT_THAT(AcceptancesOf(again), IsEmpty());
}

TEST_F(LateTouchesTest, TwoAtTheSameTimeAreBothNoted) {
  for (int64_t position = 100; position < 600; position += 100) {
    lead::v1::TouchSet& set = Signed(position);
    const std::string first = Late(&set, kOwnMarketing);
    const std::string second = Late(&set, kOwnSales);
    const std::string name = Drawn(set, position);
    std::thread other([&] { EXPECT_EQ(Accepted(name, second, "sam@sales"), name); });
    EXPECT_EQ(Accepted(name, first, "mia@marketing"), name) << "each accepts another one";
    other.join();
    EXPECT_THAT(AcceptancesOf(name),
                ElementsAre(first + " by departments/marketing, not by departments/sales",
                            second + " by departments/sales, not by departments/marketing"));
    // Now each accepts what the other has: whoever is second finds the statement reversed.
    absl::StatusOr<v1::CreditStatement> by_sales;
    std::thread another([&] { by_sales = Accept(name, {first}, "sam@sales"); });
    const auto by_marketing = Accept(name, {second}, "mia@marketing");
    another.join();
    ASSERT_NE(by_sales.ok(), by_marketing.ok()) << by_sales.status() << by_marketing.status();
    EXPECT_EQ(Reason(by_sales.ok() ? by_marketing.status() : by_sales.status()),
              "CREDIT_STATEMENT_NOT_OPEN");
    const std::string anew = (by_sales.ok() ? by_sales : by_marketing)->name();
    ExpectSumsOf(anew);
    EXPECT_THAT(AcceptedIn(anew), SizeIs(1));
    const std::string both = by_sales.ok() ? Accepted(anew, second, "mia@marketing")
                                           : Accepted(anew, first, "sam@sales");
    EXPECT_THAT(AcceptedIn(both), SizeIs(2)) << "what waited has waited on";
    ExpectSumsOf(both);
  }
}

// A call that somebody tells of when the statement is there.
TEST_F(LateTouchesTest, WhatWasRecordedSinceIsAskedForAndShown) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string name = Drawn(set, 10);
  const std::string late = Late(&set, kOwnSales);
  const std::string stranger = Late(&set, "departments/support");
  lead_.answer = set;
  EXPECT_EQ(Reason(Accept(name, {stranger}, "sam@sales").status()), "TOUCH_NOT_LATE")
      << "the rule splits among others";
  EXPECT_EQ(Accepted(name, late, "sam@sales"), name);
  ASSERT_EQ(Get(name).later_touches_size(), 1);
  EXPECT_EQ(Get(name).later_touches(0).fact(), late);
  EXPECT_THAT(List("")->statements(0).later_touches(), IsEmpty());
  ASSERT_EQ(Acknowledge(name, "sam@sales"), "") << "other words leave it as it is";
  EXPECT_EQ(Get(name).later_touches_size(), 1);
  lead_.answer.Clear();  // it is known by now
  const std::string anew = Accepted(name, late, "mia@marketing");
  EXPECT_THAT(AcceptedIn(anew), ElementsAre(late));
  EXPECT_THAT(Get(anew).later_touches(), IsEmpty());
  ExpectSumsOf(anew);
}

TEST_F(LateTouchesTest, TheOutlookKnowsWhatWasAccepted) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string late = Late(&set, kOwnMarketing);
  const std::string name = Drawn(set, 10);
  lead_.answer = set;
  const auto outlook = [&] {
    Call call = runtime_.MakeCall("ana@sales", "test/Outlook");
    v1::GetCreditOutlookRequest request;
    request.set_name(set.opportunity());
    const auto now = with_lead_->GetCreditOutlook(call, request);
    EXPECT_TRUE(now.ok()) << now.status();
    return now.ok() ? now->statement() : v1::CreditStatement();
  };
  Accepted(name, late, "mia@marketing");
  EXPECT_EQ(outlook().late_touches_size(), 1);
  EXPECT_EQ(outlook().late_acceptances(0).awaits_size(), 1);
  const std::string anew = Accepted(name, late, "sam@sales");
  EXPECT_EQ(outlook().late_touches_size(), 0);
  EXPECT_EQ(outlook().lines(0).basis_points(), Get(anew).lines(0).basis_points());
}

}  // namespace
}  // namespace comity::gateway
