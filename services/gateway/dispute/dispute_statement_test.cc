// Disputes about credit statements: while one is open nothing is final, and an outcome draws the
// statement anew.
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/credit/credit_terms.h"
#include "services/gateway/dispute/dispute_fixture.h"

namespace comity::gateway {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

class DisputeStatementTest : public DisputeServiceTest {
 protected:
  std::string NewStatement() {
    const lead::v1::TouchSet& set = Signed(++position_);
    opportunity_ = set.opportunity();
    return Drawn(set, position_);
  }
  absl::Time TermEndOf(const std::string& statement) {
    return resource::ToTime(Get(statement).term_end_time());
  }
  // Decided by the first arbiter, and by the second on appeal.
  v1::Dispute DecidedOnAppeal(const std::string& name, const v1::DisputeOutcome& outcome) {
    EXPECT_TRUE(AnswerIt(name, "ana@sales").ok());
    EXPECT_TRUE(DecideIt(name, "max@management", Outcome(v1::DISPUTE_VERDICT_DISMISSED)).ok());
    v1::AppealDisputeRequest appeal = Named<v1::AppealDisputeRequest>(name);
    appeal.set_reason("overlooked");
    EXPECT_TRUE(Do(&DisputeService::AppealDispute, appeal, "mia@marketing").ok());
    const auto decided = DecideIt(name, "ivo@it", outcome);
    EXPECT_TRUE(decided.ok()) << decided.status();
    return decided.value_or(v1::Dispute());
  }
  absl::StatusOr<v1::Dispute> Withdraw(const std::string& name, const std::string& as) {
    return Do(&DisputeService::WithdrawDispute, Named<v1::WithdrawDisputeRequest>(name), as);
  }

  int64_t position_ = 100;
  std::string opportunity_;
  CreditTerms terms_{runtime_.runtime()};
};

TEST_F(DisputeStatementTest, IsNotFinalWhileADisputeIsOpen) {
  const std::string statement = NewStatement();
  const v1::Dispute dispute = Opened(statement, "mia@marketing");
  EXPECT_EQ(dispute.subject(), opportunity_);
  EXPECT_EQ(dispute.amount().units(), 12'000);
  EXPECT_THAT(dispute.others(), ElementsAre(kOwnSales));
  EXPECT_EQ(Get(statement).state(), v1::CREDIT_STATE_DISPUTED);
  EXPECT_EQ(Acknowledge(statement, "sam@sales"), "CREDIT_STATEMENT_NOT_OPEN");
  terms_.RunDue(TermEndOf(statement) + absl::Hours(1));
  EXPECT_EQ(Get(statement).state(), v1::CREDIT_STATE_DISPUTED);
  ASSERT_TRUE(Withdraw(dispute.name(), "mia@marketing").ok());
  EXPECT_EQ(Get(statement).state(), v1::CREDIT_STATE_DRAWN) << "its term goes on";
  terms_.RunDue(TermEndOf(statement));
  EXPECT_EQ(Get(statement).state(), v1::CREDIT_STATE_FINAL);
  EXPECT_THAT(EntriesOf(statement), ElementsAre("drawn", "disputed", "dispute-ended", "final"));
}

TEST_F(DisputeStatementTest, IsFinalAtOnceWhereItsTermIsOver) {
  const std::string statement = NewStatement();
  const std::string name = Opened(statement, "mia@marketing").name();
  now_ = TermEndOf(statement) + absl::Hours(1);
  ASSERT_TRUE(AnswerIt(name, "ana@sales").ok());
  now_ += absl::Hours(1);
  ASSERT_TRUE(DecideIt(name, "max@management", Outcome(v1::DISPUTE_VERDICT_DISMISSED)).ok());
  EXPECT_EQ(Get(statement).state(), v1::CREDIT_STATE_DISPUTED) << "it may be appealed";
  clocks_.RunDue(resource::ToTime(GetIt(name).appeal_clock().due_time()));
  EXPECT_EQ(GetIt(name).state(), v1::DISPUTE_STATE_FINAL);
  EXPECT_EQ(Get(statement).state(), v1::CREDIT_STATE_FINAL);
}

TEST_F(DisputeStatementTest, OnlyAPartyThatHasSaidNothingMayWithinTheTerm) {
  const std::string statement = NewStatement();
  EXPECT_EQ(Reason(Open(statement, "max@management").status()), "NOT_A_PARTY");
  EXPECT_EQ(Reason(Open(statement, "sue@support").status()), "RIGHT_REQUIRED");
  ASSERT_EQ(Acknowledge(statement, "sam@sales"), "");
  EXPECT_EQ(Reason(Open(statement, "ana@sales").status()), "CREDIT_STATEMENT_ACKNOWLEDGED");
  now_ = TermEndOf(statement);
  EXPECT_EQ(Reason(Open(statement, "mia@marketing").status()), "CREDIT_STATEMENT_NOT_OPEN");
}

TEST_F(DisputeStatementTest, AnOutcomeReversesItAndDrawsItAnew) {
  const std::string statement = NewStatement();
  const auto sums_before = SumsOf(opportunity_);
  const v1::Dispute dispute = DecidedOnAppeal(Opened(statement, "mia@marketing").name(), Halves());
  ASSERT_EQ(dispute.state(), v1::DISPUTE_STATE_FINAL);
  EXPECT_EQ(Get(statement).state(), v1::CREDIT_STATE_REVERSED);
  EXPECT_EQ(ReasonFor(statement), "DISPUTE_ENDED");
  const v1::CreditStatement anew = Get(dispute.statement());
  EXPECT_EQ(anew.state(), v1::CREDIT_STATE_FINAL);
  EXPECT_EQ(anew.dispute(), dispute.name());
  EXPECT_GT(anew.touches_size(), 0) << "what it rests on is still shown";
  EXPECT_THAT(SumsOf(opportunity_),
              UnorderedElementsAre(Pair(kOwnSales, 600'000), Pair(kOwnMarketing, 600'000)));
  EXPECT_NE(SumsOf(opportunity_), sums_before);
  EXPECT_THAT(EntriesOf(anew.name()), ElementsAre("drawn", "final"));
  EXPECT_THAT(NamesIn("awaits = departments/sales"), Not(Contains(dispute.name())));
  // What was decided is negated like all others where the signature falls: its workflow knows the
  // first statement alone.
  EXPECT_THAT(Reverse(statement), testing::StartsWith("credit-statements/"));
  EXPECT_EQ(Get(anew.name()).state(), v1::CREDIT_STATE_REVERSED);
  for (const auto& [party, sum] : SumsOf(opportunity_)) EXPECT_EQ(sum, 0) << party;
}

TEST_F(DisputeStatementTest, AVoidedSignatureOvertakesIt) {
  const std::string statement = NewStatement();
  const std::string name = Opened(statement, "mia@marketing").name();
  ASSERT_THAT(Reverse(statement), testing::StartsWith("credit-statements/"));
  EXPECT_EQ(GetIt(name).state(), v1::DISPUTE_STATE_OVERTAKEN);
  EXPECT_THAT(JournalOf(name), ElementsAre("opened", "overtaken"));
  EXPECT_EQ(Reason(AnswerIt(name, "ana@sales").status()), "DISPUTE_NOT_OPEN");
  EXPECT_THAT(NamesIn("open = true"), IsEmpty());
}

TEST_F(DisputeStatementTest, OfTwoDisputesTheFirstOutcomeOvertakesTheOther) {
  const std::string statement = NewStatement();
  const std::string first = Opened(statement, "mia@marketing").name();
  const std::string second = Opened(statement, "ana@sales").name();
  ASSERT_TRUE(Withdraw(second, "ana@sales").ok());
  EXPECT_EQ(Get(statement).state(), v1::CREDIT_STATE_DISPUTED) << "one is still open";
  const std::string third = Opened(statement, "ana@sales").name();
  const v1::Dispute ended = DecidedOnAppeal(first, Halves());
  EXPECT_EQ(ended.state(), v1::DISPUTE_STATE_FINAL);
  EXPECT_EQ(GetIt(third).state(), v1::DISPUTE_STATE_OVERTAKEN);
}

// Else the statement would wait for disputes that are no more.
TEST_F(DisputeStatementTest, TwoThatEndAtOnceBothLetGo) {
  for (int round = 0; round < 10; ++round) {
    const std::string statement = NewStatement();
    const std::string by_marketing = Opened(statement, "mia@marketing").name();
    const std::string by_sales = Opened(statement, "ana@sales").name();
    std::thread other([&] { EXPECT_TRUE(Withdraw(by_sales, "ana@sales").ok()); });
    EXPECT_TRUE(Withdraw(by_marketing, "mia@marketing").ok());
    other.join();
    EXPECT_EQ(Get(statement).state(), v1::CREDIT_STATE_DRAWN);
  }
}

TEST_F(DisputeStatementTest, AnAgreementDrawsItAnewToo) {
  const std::string statement = NewStatement();
  const std::string name = Opened(statement, "mia@marketing").name();
  v1::ProposeAgreementRequest proposal = Named<v1::ProposeAgreementRequest>(name);
  *proposal.mutable_outcome() = Halves();
  ASSERT_TRUE(Do(&DisputeService::ProposeAgreement, proposal, "sam@sales").ok());
  v1::AgreeDisputeRequest agree = Named<v1::AgreeDisputeRequest>(name);
  agree.set_number(1);
  const auto agreed = Do(&DisputeService::AgreeDispute, agree, "mia@marketing");
  ASSERT_TRUE(agreed.ok()) << agreed.status();
  EXPECT_EQ(Get(agreed->statement()).lines(0).basis_points(), 5000);
  EXPECT_THAT(JournalOf(name), ElementsAre("opened", "agreement-offered", "agreed-to", "agreed"));
}

}  // namespace
}  // namespace comity::gateway
