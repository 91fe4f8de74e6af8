#include "services/client/output/handover_view.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/columns.h"

namespace comity::client {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kOffered = absl::FromUnixSeconds(1'800'000'000);  // 2027-01-15 08:00

gateway::v1::Handover Offered() {
  gateway::v1::Handover handover;
  handover.set_name("handovers/0191");
  handover.set_agreement("agreements/qualified-lead");
  handover.set_charter_revision(3);
  handover.set_subject("leads/0192");
  handover.set_from("departments/marketing");
  handover.set_to("departments/sales");
  handover.set_state(gateway::v1::HANDOVER_STATE_OFFERED);
  auto* answer = handover.add_checklist();
  answer->set_item("Who decides?");
  answer->set_answer("Ms Weber");
  handover.mutable_offered_by()->set_person("persons/mia");
  handover.mutable_offered_by()->set_department("departments/marketing");
  *handover.mutable_create_time() = resource::FromTime(kOffered);
  *handover.mutable_accept_clock()->mutable_due_time() =
      resource::FromTime(kOffered + absl::Hours(8));
  return handover;
}

gateway::v1::Handover Accepted() {
  gateway::v1::Handover handover = Offered();
  handover.set_state(gateway::v1::HANDOVER_STATE_ACCEPTED);
  handover.mutable_answered_by()->set_person("persons/ana");
  handover.mutable_answered_by()->set_department("departments/sales");
  handover.set_owner("persons/sam");
  *handover.mutable_answer_time() = resource::FromTime(kOffered + absl::Hours(1));
  *handover.mutable_accept_clock()->mutable_stop_time() = handover.answer_time();
  *handover.mutable_act_clock()->mutable_due_time() = resource::FromTime(kOffered + absl::Hours(9));
  handover.mutable_act_clock()->set_breached(true);
  return handover;
}

TEST(HandoverView, TellsOfAnOffer) {
  gateway::v1::Handover handover = Offered();
  const std::string text = ShowHandover(handover);
  EXPECT_THAT(text,
              AllOf(HasSubstr("leads/0192 from marketing to sales by agreements/qualified-lead "
                              "(charter 3): offered\noffered by mia@marketing 2027-01-15 08:00\n"),
                    HasSubstr("Who decides?\n  Ms Weber\n"),
                    HasSubstr("to answer: due 2027-01-15 16:00\n"), Not(HasSubstr("to act"))));
  handover.set_offers_before(2);
  EXPECT_THAT(ShowHandover(handover), HasSubstr("and 2 times before"));
}

TEST(HandoverView, TellsWhoAnsweredAndWhatTheClocksSay) {
  EXPECT_THAT(ShowHandover(Accepted()),
              AllOf(HasSubstr("accepted by ana@sales 2027-01-15 09:00, to be worked on by sam\n"),
                    HasSubstr("to answer: due 2027-01-15 16:00, stopped 2027-01-15 09:00\n"),
                    HasSubstr("to act: due 2027-01-15 17:00, breached\n")));
  gateway::v1::Handover returned = Offered();
  returned.set_state(gateway::v1::HANDOVER_STATE_RETURNED);
  *returned.mutable_answered_by() = Accepted().answered_by();
  returned.set_return_reason("no-need");
  returned.set_return_note("They have one");
  EXPECT_THAT(ShowHandover(returned), HasSubstr(": no-need, They have one\n"));
}

// What others wrote steers no terminal, and makes up no line.
TEST(HandoverView, TellsToWhomItWasEscalated) {
  gateway::v1::Handover handover = Accepted();
  handover.set_escalate_to("departments/management");
  handover.mutable_act_clock()->set_escalated(true);
  EXPECT_THAT(ShowHandover(handover),
              HasSubstr("to act: due 2027-01-15 17:00, breached, escalated to management\n"));
  gateway::v1::ListHandoversResponse reply;
  *reply.add_handovers() = handover;
  EXPECT_THAT(ShowHandoverList(reply, 0), ContainsRegex("2027-01-15 17:00 +escalated"));
}

TEST(HandoverView, TellsThatTheCustomerIsAwaited) {
  gateway::v1::Handover handover = Accepted();
  handover.mutable_act_clock()->set_breached(false);
  *handover.mutable_act_clock()->mutable_pause_time() = resource::FromTime(kOffered);
  handover.mutable_act_clock()->mutable_paused_for()->set_seconds(5'400);
  EXPECT_THAT(ShowHandover(handover),
              HasSubstr("to act: due 2027-01-15 17:00, paused since 2027-01-15 08:00: the customer "
                        "is awaited, stood still for 1h30m before\n"));
}

TEST(HandoverView, TellsWhatBecameOfWhatWasPromised) {
  gateway::v1::Handover handover = Offered();
  lead::v1::PromiseSet known;
  EXPECT_EQ(ShowPromisesOf(handover, known), "");
  for (const char* name : {"facts/1", "facts/2", "facts/3", "facts/4"}) {
    handover.add_promises(name);
  }
  auto* late = known.add_promises();
  late->set_name("facts/1");
  late->set_text("Training\nfor 40");
  late->set_contact("contacts/1");
  *late->mutable_due_time() = resource::FromTime(kOffered);
  late->set_state(lead::v1::PROMISE_STATE_KEPT);
  late->set_late(true);
  late->mutable_marked_by()->set_person("persons/sue");
  late->mutable_marked_by()->set_department("departments/support");
  *late->mutable_mark_time() = resource::FromTime(kOffered + absl::Hours(1));
  auto* corrected = known.add_promises();
  corrected->set_name("facts/9");
  corrected->add_former_names("facts/2");
  corrected->set_state(lead::v1::PROMISE_STATE_OPEN);
  corrected->set_late(true);
  auto* voided = known.add_promises();
  voided->set_name("facts/3");
  voided->set_state(lead::v1::PROMISE_STATE_VOIDED);
  EXPECT_THAT(ShowPromisesOf(handover, known),
              AllOf(HasSubstr("  Training for 40, to contacts/1, by 2027-01-15 08:00: kept late by "
                              "sue@support 2027-01-15 09:00 (facts/1)\n"),
                    HasSubstr(": open, overdue (facts/9)\n"), HasSubstr(": voided (facts/3)\n"),
                    HasSubstr("\n  facts/4\n")));
}

TEST(HandoverView, KeepsWhatOthersWroteOnItsLine) {
  gateway::v1::Handover handover = Offered();
  handover.mutable_checklist(0)->set_answer("Ms Weber\nto answer: never\x1b[2J");
  handover.set_note("a\nb");
  EXPECT_THAT(ShowHandover(handover),
              AllOf(HasSubstr("  Ms Weber to answer: never [2J\n"), HasSubstr("note: a b\n")));
  type::v1::Charter charter;
  charter.add_handovers()->add_checklist("Who?\x1b[2J\n  returned always");
  EXPECT_THAT(ShowAgreements(charter), HasSubstr("  asks     Who? [2J   returned always\n"));
}

TEST(HandoverView, ListsTheClockThatRuns) {
  gateway::v1::ListHandoversResponse reply;
  *reply.add_handovers() = Offered();
  *reply.add_handovers() = Accepted();
  EXPECT_THAT(ShowHandoverList(reply, 0),
              AllOf(ContainsRegex("handovers/0191 .* offered .*2027-01-15 16:00"),
                    ContainsRegex("handovers/0191 .* accepted .*2027-01-15 17:00 +breached")));
}

TEST(HandoverView, ShowsAgreements) {
  type::v1::Charter charter;
  EXPECT_THAT(ShowAgreements(charter), HasSubstr("no handover agreements"));
  auto* agreement = charter.add_handovers();
  agreement->set_name("agreements/qualified-lead");
  agreement->set_collection("leads");
  agreement->set_from("departments/marketing");
  agreement->set_to("departments/sales");
  agreement->set_accept_hours(4);
  agreement->set_calendar("calendars/office");
  EXPECT_EQ(ShowAgreements(charter),
            "agreements/qualified-lead: leads from marketing to sales\n"
            "  to answer within 4 h of calendars/office\n");
}

}  // namespace
}  // namespace comity::client
