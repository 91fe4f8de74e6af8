#include "services/client/output/dispute_view.h"

#include "comity/lead/v1/opportunity_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/columns.h"

namespace comity::client {
namespace {

using gateway::v1::Dispute;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kObjected = absl::FromUnixSeconds(1'800'000'000);  // 2027-01-15 08:00

Dispute Objection() {
  Dispute dispute;
  dispute.set_name("disputes/0191");
  dispute.set_kind(gateway::v1::DISPUTE_KIND_CREDIT_STATEMENT);
  dispute.set_about("credit-statements/0192");
  dispute.set_subject("opportunities/0193");
  dispute.set_disputed("credit-rules/new-business");
  dispute.set_charter_revision(3);
  dispute.set_department("departments/marketing");
  dispute.add_others("departments/sales");
  dispute.set_state(gateway::v1::DISPUTE_STATE_OPENED);
  dispute.set_reason("touch-missed");
  dispute.set_note("The fair\nended 2027: final\x1b[2J");
  dispute.mutable_opened_by()->set_person("persons/mia");
  dispute.mutable_opened_by()->set_department("departments/marketing");
  *dispute.mutable_create_time() = resource::FromTime(kObjected);
  auto* evidence = dispute.add_evidence();
  evidence->set_service("lead");
  evidence->set_position(12);
  evidence->set_words("the visit");
  dispute.mutable_amount()->set_currency_code("EUR");
  dispute.mutable_amount()->set_units(1200);
  *dispute.mutable_answer_clock()->mutable_due_time() =
      resource::FromTime(kObjected + absl::Hours(8));
  return dispute;
}

Dispute Heard() {
  Dispute dispute = Objection();
  dispute.set_state(gateway::v1::DISPUTE_STATE_SUBMITTED);
  auto* answer = dispute.add_answers();
  answer->set_department("departments/sales");
  answer->set_note("It was ours");
  answer->set_late(true);
  auto* hearing = dispute.add_hearings();
  hearing->set_arbiter("departments/management");
  *hearing->mutable_clock()->mutable_due_time() = resource::FromTime(kObjected + absl::Hours(9));
  return dispute;
}

TEST(DisputeView, TellsOfBothSidesAndTheMoney) {
  Dispute dispute = Heard();
  EXPECT_THAT(ShowDispute(dispute),
              AllOf(HasSubstr("disputes/0191: marketing against sales about the credit-statement "
                              "credit-statements/0192"),
                    HasSubstr("in dispute: 1,200.00 EUR\n"),
                    HasSubstr("touch-missed, The fair ended 2027: final [2J\n"),
                    HasSubstr("  lead 12: the visit\n"), ContainsRegex("sales answers .*, late"),
                    HasSubstr("management decides: due 2027-01-15 17:00\n")));
  *dispute.mutable_current_amount() = dispute.amount();
  EXPECT_THAT(ShowDispute(dispute), Not(HasSubstr(", now ")));
  dispute.mutable_current_amount()->set_units(900);
  EXPECT_THAT(ShowDispute(dispute), HasSubstr("1,200.00 EUR, now 900.00 EUR\n"));
}

TEST(DisputeView, TellsOfTheOutcomeAndItsPrecedents) {
  Dispute dispute = Heard();
  auto* outcome = dispute.mutable_outcome();
  outcome->set_verdict(gateway::v1::DISPUTE_VERDICT_PARTLY);
  outcome->set_reason("shared");
  outcome->add_split()->set_department("departments/sales");
  outcome->mutable_split(0)->set_basis_points(6550);
  dispute.set_state(gateway::v1::DISPUTE_STATE_FINAL);
  *dispute.mutable_end_time() = resource::FromTime(kObjected);
  dispute.set_statement("credit-statements/0194");
  auto* precedent = dispute.add_precedents();
  precedent->set_name("disputes/0100");
  precedent->set_arbiter("departments/it");
  EXPECT_THAT(ShowDispute(dispute),
              AllOf(HasSubstr("ended 2027-01-15 08:00: final, partly, sales 65.50 %: shared\n"),
                    HasSubstr("split anew by credit-statements/0194\n"),
                    HasSubstr("precedent disputes/0100")));
  dispute.set_state(gateway::v1::DISPUTE_STATE_LAPSED);
  dispute.clear_outcome();
  EXPECT_THAT(ShowDispute(dispute), HasSubstr("lapsed: what was disputed stands\n"));
}

TEST(DisputeView, ListsTheClockThatRuns) {
  gateway::v1::ListDisputesResponse reply;
  *reply.add_disputes() = Objection();
  *reply.add_disputes() = Heard();
  EXPECT_THAT(ShowDisputeList(reply, 0),
              AllOf(ContainsRegex("disputes/0191 +credit-statement .* opened +2027-01-15 16:00"),
                    ContainsRegex("1,200.00 EUR +submitted +2027-01-15 17:00")));
}

TEST(DisputeView, FlagsWhatIsInDispute) {
  lead::v1::ListOpportunitiesResponse list;
  list.add_opportunities()->set_name("opportunities/0192");
  list.add_opportunities()->set_name("opportunities/0193");
  list.mutable_opportunities(1)->add_open_disputes("disputes/0191");
  list.mutable_opportunities(1)->add_open_disputes("disputes/0195");
  const std::string line = "in dispute: opportunities/0193 by disputes/0191, disputes/0195\n";
  EXPECT_EQ(DisputedIn(list), line);
  EXPECT_EQ(DisputedIn(list.opportunities(1)), line);
  EXPECT_EQ(DisputedIn(list.opportunities(0)), "");
  EXPECT_EQ(DisputedIn(Objection()), "");
}

TEST(DisputeView, SaysWhatWaitsForWhom) {
  EXPECT_EQ(TaskOf(Objection(), "departments/sales").what, "to be answered");
  EXPECT_EQ(TaskOf(Heard(), "departments/management").what, "to be decided");
  Dispute offered = Heard();
  offered.mutable_agreement()->add_agreed("departments/marketing");
  EXPECT_EQ(TaskOf(offered, "departments/sales").what, "to be agreed");
  EXPECT_EQ(TaskOf(offered, "departments/management").what, "to be decided");
  Dispute ended = Heard();
  ended.set_state(gateway::v1::DISPUTE_STATE_FINAL);
  ended.add_remedies()->set_department("departments/sales");
  EXPECT_EQ(TaskOf(ended, "departments/sales").what, "to act on");
  EXPECT_EQ(TaskOf(ended, "departments/sales").clock, nullptr);
}

}  // namespace
}  // namespace comity::client
