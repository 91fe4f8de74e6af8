#include "services/client/output/inbox_view.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/columns.h"

namespace comity::client {
namespace {

using gateway::v1::CharterProposal;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSales[] = "departments/sales";
constexpr char kManagement[] = "departments/management";

const absl::Time kNoon = absl::FromUnixSeconds(1'800'000'000);

CharterProposal Proposal() {
  CharterProposal proposal;
  proposal.set_name("charterProposals/0190");
  proposal.set_title("What qualified means");
  proposal.set_state(gateway::v1::CHARTER_PROPOSAL_STATE_OPEN);
  proposal.mutable_author()->set_department("departments/marketing");
  proposal.add_affected(kSales);
  proposal.add_affected("departments/marketing");
  return proposal;
}

gateway::v1::Handover Offer(absl::Time due) {
  gateway::v1::Handover handover;
  handover.set_name("handovers/0191");
  handover.set_subject("leads/0192");
  handover.set_from("departments/marketing");
  handover.set_to(kSales);
  handover.set_state(gateway::v1::HANDOVER_STATE_OFFERED);
  *handover.mutable_accept_clock()->mutable_warn_time() = resource::FromTime(due - absl::Hours(1));
  *handover.mutable_accept_clock()->mutable_due_time() = resource::FromTime(due);
  return handover;
}

TEST(InboxView, AProposalAwaitsThoseWhoHaveSaidNothing) {
  CharterProposal proposal = Proposal();
  EXPECT_TRUE(AwaitsWord(proposal, kSales, "", kNoon));
  EXPECT_FALSE(AwaitsWord(proposal, "departments/it", "", kNoon)) << "it is not touched";
  proposal.add_signatures()->set_department(kSales);
  EXPECT_FALSE(AwaitsWord(proposal, kSales, "", kNoon));
  proposal.clear_signatures();
  proposal.add_refusals()->mutable_actor()->set_department(kSales);
  EXPECT_FALSE(AwaitsWord(proposal, kSales, "", kNoon));
  proposal.clear_refusals();
  proposal.set_state(gateway::v1::CHARTER_PROPOSAL_STATE_STALE);
  EXPECT_FALSE(AwaitsWord(proposal, kSales, "", kNoon));
}

TEST(InboxView, TheArbiterIsAwaitedFromHisTermOn) {
  CharterProposal proposal = Proposal();
  EXPECT_FALSE(AwaitsWord(proposal, kManagement, kManagement, kNoon)) << "there is no term";
  *proposal.mutable_arbiter_time() = resource::FromTime(kNoon);
  EXPECT_FALSE(AwaitsWord(proposal, kManagement, kManagement, kNoon - absl::Seconds(1)));
  EXPECT_TRUE(AwaitsWord(proposal, kManagement, kManagement, kNoon));
  EXPECT_FALSE(AwaitsWord(proposal, kManagement, "departments/it", kNoon));
}

TEST(InboxView, WhatIsDueFirstIsFirst) {
  gateway::v1::Inbox inbox;
  inbox.set_department(kSales);
  *inbox.add_proposals() = Proposal();  // without a clock
  *inbox.add_handovers() = Offer(kNoon + absl::Hours(3));
  *inbox.add_handovers() = Offer(kNoon + absl::Minutes(30));
  inbox.mutable_handovers(1)->set_subject("leads/soon");
  const std::string text = ShowInbox(inbox, kNoon, 0);
  EXPECT_LT(text.find("leads/soon"), text.find("leads/0192"));
  EXPECT_LT(text.find("leads/0192"), text.find("What qualified means"));
  EXPECT_THAT(text, HasSubstr("nearly over"));
  EXPECT_THAT(ShowInbox(inbox, kNoon + absl::Hours(1), 0), HasSubstr("over  "));
  EXPECT_THAT(text, HasSubstr("to answer: comity handover accept"));
  EXPECT_THAT(text, HasSubstr("to sign: comity charter"));
  EXPECT_THAT(text, Not(HasSubstr("to act:")));
}

TEST(InboxView, WorkThatIsLateStillWaits) {
  gateway::v1::Inbox inbox;
  inbox.set_department(kSales);
  gateway::v1::Handover& late = *inbox.add_handovers();
  late = Offer(kNoon - absl::Hours(48));
  late.set_state(gateway::v1::HANDOVER_STATE_ACCEPTED);
  *late.mutable_act_clock()->mutable_due_time() = resource::FromTime(kNoon - absl::Hours(2));
  late.mutable_act_clock()->set_breached(true);
  const std::string text = ShowInbox(inbox, kNoon, 0);
  EXPECT_THAT(text, HasSubstr("over   to act  leads/0192"));
  EXPECT_THAT(text, HasSubstr("to act: comity fact record"));
}

TEST(InboxView, WhatAnotherIsLateWithIsTold) {
  gateway::v1::Inbox inbox;
  inbox.set_department(kManagement);
  *inbox.add_escalated() = Offer(kNoon - absl::Hours(3));
  const std::string text = ShowInbox(inbox, kNoon, 0);
  EXPECT_THAT(text, HasSubstr("escalated  sales is to answer  leads/0192"));
}

TEST(InboxView, AStatementWaitsForThoseWhoHaveNotAcknowledgedIt) {
  gateway::v1::CreditStatement statement;
  statement.set_name("credit-statements/0193");
  statement.set_opportunity("opportunities/0194");
  statement.set_state(gateway::v1::CREDIT_STATE_DRAWN);
  statement.add_departments(kSales);
  statement.add_departments("departments/marketing");
  *statement.mutable_term_end_time() = resource::FromTime(kNoon + absl::Hours(1));
  EXPECT_TRUE(AwaitsWord(statement, kSales));
  EXPECT_FALSE(AwaitsWord(statement, kManagement)) << "it has no part in it";
  gateway::v1::Inbox inbox;
  inbox.set_department(kSales);
  *inbox.add_statements() = statement;
  *inbox.add_handovers() = Offer(kNoon + absl::Hours(3));
  const std::string text = ShowInbox(inbox, kNoon, 0);
  EXPECT_LT(text.find("opportunities/0194"), text.find("leads/0192"));
  EXPECT_THAT(text, HasSubstr("to acknowledge: comity credit show"));
  statement.add_acknowledgements()->set_department(kSales);
  EXPECT_FALSE(AwaitsWord(statement, kSales));
  EXPECT_TRUE(AwaitsWord(statement, "departments/marketing"));
  statement.set_state(gateway::v1::CREDIT_STATE_FINAL);
  EXPECT_FALSE(AwaitsWord(statement, "departments/marketing"));
}

TEST(InboxView, ALateTouchWaitsOnceAnotherHasAcceptedIt) {
  gateway::v1::Inbox inbox;
  inbox.set_department(kSales);
  gateway::v1::CreditStatement& statement = *inbox.add_statements();
  statement.set_name("credit-statements/0193");
  statement.set_state(gateway::v1::CREDIT_STATE_DRAWN);
  statement.add_departments(kSales);
  statement.add_acknowledgements()->set_department(kSales);
  EXPECT_FALSE(AwaitsAcceptance(statement, kSales)) << "nobody has spoken for one";
  EXPECT_THAT(ShowInbox(inbox, kNoon, 0), HasSubstr("Nothing waits"));
  statement.add_late_acceptances()->add_awaits(kSales);
  EXPECT_TRUE(AwaitsAcceptance(statement, kSales));
  EXPECT_FALSE(AwaitsAcceptance(statement, kManagement));
  const std::string text = ShowInbox(inbox, kNoon, 0);
  EXPECT_THAT(text, HasSubstr("to accept late touches: comity credit show"));
  EXPECT_THAT(text, Not(HasSubstr("to acknowledge")));
  statement.set_state(gateway::v1::CREDIT_STATE_FINAL);
  EXPECT_FALSE(AwaitsAcceptance(statement, kSales));
}

TEST(InboxView, AJudgementIsAwaitedUntilSilenceAssents) {
  gateway::v1::Inbox inbox;
  inbox.set_department(kSales);
  *inbox.add_handovers() = Offer(kNoon + absl::Hours(3));
  auto* awaited = inbox.add_judgements();
  awaited->set_subject("leads/0195");
  awaited->set_question("questions/lead-quality");
  *awaited->mutable_due_time() = resource::FromTime(kNoon + absl::Hours(1));
  const std::string text = ShowInbox(inbox, kNoon, 0);
  EXPECT_LT(text.find("leads/0195"), text.find("leads/0192"));
  EXPECT_THAT(text, HasSubstr("to judge   leads/0195"));
  EXPECT_THAT(text, HasSubstr("to judge: comity standing"));
}

TEST(InboxView, AnEmptyOneSaysSoAndWhatItCouldNotSee) {
  gateway::v1::Inbox inbox;
  inbox.set_department(kSales);
  EXPECT_EQ(ShowInbox(inbox, kNoon, 0), "Nothing waits for sales.\n");
  inbox.set_handovers_missing("no right to read handovers");
  inbox.set_statements_missing("no right to read credit-statements");
  EXPECT_THAT(ShowInbox(inbox, kNoon, 0), AllOf(HasSubstr("without handovers: no right"),
                                                HasSubstr("without credit statements: no right")));
}

}  // namespace
}  // namespace comity::client
