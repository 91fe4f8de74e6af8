#include "services/client/charter/charter_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::client {
namespace {

using gateway::v1::CharterRevision;
using gateway::v1::ListRevisionsResponse;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

void AddSignature(const char* person, const char* department, charter::v1::Verdict verdict,
                  CharterRevision* revision) {
  charter::v1::Signature& signature = *revision->add_signatures();
  signature.set_person(person);
  signature.set_department(department);
  signature.set_verdict(verdict);
}

TEST(CharterText, TellsOfRevisionsWhoSignedThem) {
  ListRevisionsResponse response;
  CharterRevision& last = *response.add_revisions();
  last.set_revision(4);
  last.set_proposal("charterProposals/4");
  CharterRevision& third = *response.add_revisions();
  third.set_revision(3);
  third.set_proposal("charterProposals/3");
  third.mutable_effective_time()->set_seconds(1800000000);
  AddSignature("persons/mia", "departments/marketing", charter::v1::VERDICT_SIGN, &third);
  AddSignature("persons/max", "departments/management", charter::v1::VERDICT_DECIDE, &third);
  third.add_over_objection_of("departments/sales");
  CharterRevision& second = *response.add_revisions();
  second.set_revision(2);
  second.set_in_force(true);
  second.set_proposal("charterProposals/2");
  second.mutable_effective_time()->set_seconds(1700000000);
  CharterRevision& first = *response.add_revisions();
  first.set_revision(1);
  first.set_provisional(true);
  EXPECT_EQ(ShowRevisions(response, 6),
            "Revision 4: signed\n"
            "  signed by 0 of 0 departments\n"
            "  charterProposals/4\n"
            "Revision 3: comes into force, from 2027-01-15 08:00 on\n"
            "  signed by 1 of 2 departments: mia@marketing, max@management (arbiter)\n"
            "  over the objection of sales\n"
            "  charterProposals/3\n"
            "Revision 2: in force, from 2023-11-14 22:13 on\n"
            "  signed by 0 of 0 departments\n"
            "  charterProposals/2\n"
            "Revision 1: earlier, from the beginning\n"
            "  provisional: signed by 0 of 6 departments\n");
}

TEST(CharterText, ShowsEverySection) {
  type::v1::Charter document;
  document.set_revision(2);
  document.add_departments("departments/sales");
  auto* handover = document.add_handovers();
  handover->set_name("agreements/lead");
  handover->set_to("departments/sales");
  handover->set_accept_hours(4.5);
  handover->set_escalate_hours(2);
  handover->set_escalate_to("departments/management");
  auto* rule = document.add_credit_rules();
  rule->set_name("credit-rules/new");
  rule->set_model(type::v1::CREDIT_MODEL_POSITION_U);
  auto* calendar = document.add_calendars();
  calendar->set_name("calendars/office");
  calendar->add_open()->set_from("08:00");
  calendar->mutable_open(0)->set_until("17:00");
  for (int day : {1, 2}) calendar->mutable_open(0)->add_days(day);
  auto* key = document.add_keys();
  key->set_person("persons/sam");
  key->set_department("departments/sales");
  key->set_public_key("abc=");
  document.set_arbiter("departments/sales");
  document.set_arbiter_term_days(0.5);
  auto* disputes = document.mutable_disputes();
  disputes->add_arbiters("departments/management");
  disputes->add_arbiters("departments/it");
  disputes->set_answer_hours(24);
  disputes->set_decide_hours(40);
  disputes->set_appeal_hours(16);
  disputes->set_calendar("calendars/office");
  EXPECT_THAT(ShowCharter(document, 0),
              HasSubstr("\nDisputes, in hours of calendars/office\n"
                        "  answered in 24 h, decided in 40 h by management, else it\n"
                        "  appealed in 16 h, to the next that is no party\n"));
  EXPECT_THAT(
      ShowCharter(document, 0),
      AllOf(HasSubstr("Charter revision 2\n"),
            ContainsRegex("lead +sales +in 4.5 h +management after 2 h more"),
            ContainsRegex("new +position-u"), ContainsRegex("days 1,2 08:00–17:00"),
            ContainsRegex("sales +sam +abc=\n"), HasSubstr("After 0.5 days sales may decide")));
  document.clear_keys();
  EXPECT_THAT(ShowCharter(document, 0), HasSubstr("nobody: no department has a key"));
  EXPECT_THAT(ShowCharter(document, 0), Not(HasSubstr("Blameless")));
  document.set_blameless(true);
  EXPECT_THAT(ShowCharter(document, 0), HasSubstr("Persons are shown to auditors, and each"));
  document.add_names_shown_to("departments/sales");
  EXPECT_THAT(ShowCharter(document, 0), HasSubstr("Persons are shown to sales and auditors"));
}

}  // namespace
}  // namespace comity::client
