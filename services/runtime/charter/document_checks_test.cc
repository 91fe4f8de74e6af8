#include "services/runtime/charter/document_checks.h"

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/signing_test_keys.h"
#include "services/runtime/status/errors.h"

namespace comity::charter {
namespace {

using type::v1::Charter;

constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";

// One of everything that stands beside questions and access.
Charter Whole() {
  Charter document;
  document.set_revision(1);
  document.add_departments(kSales);
  document.add_departments(kMarketing);
  document.add_questions()->set_name("questions/quality");
  auto& metric = *document.add_metrics();
  metric.set_name("metrics/win-rate");
  metric.add_questions("questions/quality");
  auto& calendar = *document.add_calendars();
  calendar.set_name("calendars/office");
  calendar.set_time_zone("Europe/Berlin");
  auto& hours = *calendar.add_open();
  hours.add_days(1);
  hours.set_from("09:00");
  hours.set_until("17:00");
  auto& agreement = *document.add_handovers();
  agreement.set_name("handovers/qualified-lead");
  agreement.set_collection("leads");
  agreement.set_from(kMarketing);
  agreement.set_to(kSales);
  agreement.add_return_reasons()->set_id("no-budget");
  agreement.set_accept_hours(4);
  agreement.set_calendar("calendars/office");
  auto& rule = *document.add_credit_rules();
  rule.set_name("credit-rules/by-role");
  rule.set_model(type::v1::CREDIT_MODEL_BY_ROLE);
  rule.set_term_days(14);
  for (const char* department : {kSales, kMarketing}) {
    rule.add_departments(department);
    auto& share = *rule.add_shares();
    share.set_department(department);
    share.set_basis_points(5000);
  }
  TestKeys keys;
  keys.Register("sam@sales", &document);
  keys.Register("mia@marketing", &document);
  document.set_blameless(true);
  document.add_names_shown_to(kSales);
  document.set_arbiter(kSales);
  document.set_arbiter_term_days(0.5);
  auto& disputes = *document.mutable_disputes();
  disputes.add_arbiters(kSales);
  disputes.set_answer_hours(24);
  disputes.set_decide_hours(40);
  disputes.set_appeal_hours(0.5);
  disputes.set_calendar("calendars/office");
  return document;
}

TEST(DocumentChecks, TakesWhatIsWhole) {
  EXPECT_TRUE(CheckSections(Whole()).ok()) << CheckSections(Whole());
  EXPECT_TRUE(CheckSections(Charter()).ok()) << "no section is needed";
}

struct Bad {
  const char* why;
  const char* place;
  std::function<void(Charter*)> spoil;
};

void ExpectRefused(const std::vector<Bad>& table) {
  for (const Bad& bad : table) {
    Charter document = Whole();
    bad.spoil(&document);
    const absl::Status status = CheckSections(document);
    EXPECT_EQ(Reason(status), "CHARTER_INVALID") << bad.why;
    EXPECT_EQ(ErrorValue(status, "field"), bad.place) << bad.why << status;
  }
}

TEST(DocumentChecks, NamesThePlaceOfABadName) {
  ExpectRefused({
      {"a metric without a name", "metrics[0]",
       [](auto* d) { d->mutable_metrics(0)->clear_name(); }},
      {"a metric twice", "metrics/win-rate", [](auto* d) { *d->add_metrics() = d->metrics(0); }},
      {"a question that is not there", "metrics/win-rate.questions",
       [](auto* d) { d->mutable_metrics(0)->add_questions("questions/none"); }},
      {"an agreement without a name", "handovers[0]",
       [](auto* d) { d->mutable_handovers(0)->clear_name(); }},
      {"a credit rule twice", "credit-rules/by-role",
       [](auto* d) { *d->add_credit_rules() = d->credit_rules(0); }},
      {"a calendar twice", "calendars/office",
       [](auto* d) { *d->add_calendars() = d->calendars(0); }},
      {"a department without a name", "departments[2]", [](auto* d) { d->add_departments(""); }},
      {"one that stands for all", "departments[2]", [](auto* d) { d->add_departments("*"); }},
      {"a department twice", "departments[2]", [](auto* d) { d->add_departments(kSales); }},
  });
}

TEST(DocumentChecks, NamesThePlaceInAnAgreement) {
  const auto spoiled = [](void (*spoil)(type::v1::HandoverAgreement*)) {
    return [spoil](Charter* document) { spoil(document->mutable_handovers(0)); };
  };
  const char* name = "handovers/qualified-lead";
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  ExpectRefused({
      {"from nobody", "handovers/qualified-lead.from", spoiled([](auto* a) { a->clear_from(); })},
      {"to nobody known", "handovers/qualified-lead.to",
       spoiled([](auto* a) { a->set_to("departments/piracy"); })},
      {"to itself", name, spoiled([](auto* a) { a->set_to(a->from()); })},
      {"of nothing", name, spoiled([](auto* a) { a->clear_collection(); })},
      {"at once", name, spoiled([](auto* a) { a->set_accept_hours(0); })},
      {"before it was offered", name, spoiled([](auto* a) { a->set_act_hours(-1); })},
      {"never", name, spoiled([](auto* a) { a->set_accept_hours(HUGE_VAL); })},
      {"at no time", name, spoiled([](auto* a) { a->set_accept_hours(kNan); })},
      {"acting at no time", name, spoiled([](auto* a) { a->set_act_hours(kNan); })},
      {"escalated to nobody", "handovers/qualified-lead.escalate_to",
       spoiled([](auto* a) { a->set_escalate_hours(1); })},
      {"escalated to nobody known", "handovers/qualified-lead.escalate_to",
       spoiled([](auto* a) { a->set_escalate_to("departments/piracy"); })},
      {"escalated to who is late", "handovers/qualified-lead.escalate_to",
       spoiled([](auto* a) { a->set_escalate_to(a->to()); })},
      {"escalated before it is late", "handovers/qualified-lead.escalate_hours",
       spoiled([](auto* a) { a->set_escalate_hours(-1); })},
      {"escalated at no time", "handovers/qualified-lead.escalate_hours",
       spoiled([](auto* a) { a->set_escalate_hours(kNan); })},
      {"by no calendar", "handovers/qualified-lead.calendar",
       spoiled([](auto* a) { a->set_calendar("calendars/moon"); })},
      {"a reason twice", "handovers/qualified-lead.return_reasons",
       spoiled([](auto* a) { a->add_return_reasons()->set_id("no-budget"); })},
      {"a reason without an id", "handovers/qualified-lead.return_reasons",
       spoiled([](auto* a) { a->add_return_reasons(); })},
  });
}

TEST(DocumentChecks, NamesThePlaceInACreditRule) {
  const auto spoiled = [](void (*spoil)(type::v1::CreditRule*)) {
    return [spoil](Charter* document) { spoil(document->mutable_credit_rules(0)); };
  };
  const char* name = "credit-rules/by-role";
  const char* shares = "credit-rules/by-role.shares";
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  ExpectRefused({
      {"by no model", name, spoiled([](auto* r) { r->clear_model(); })},
      {"among nobody", name, spoiled([](auto* r) { r->clear_departments(); })},
      {"among strangers", "credit-rules/by-role.departments",
       spoiled([](auto* r) { r->add_departments("departments/piracy"); })},
      {"backwards", name, spoiled([](auto* r) { r->set_window_days(-1); })},
      {"growing", name, spoiled([](auto* r) { r->set_half_life_days(-1); })},
      {"a term that ends before it begins", name, spoiled([](auto* r) { r->set_term_days(-0.1); })},
      {"no window at all", name, spoiled([](auto* r) { r->set_window_days(kNan); })},
      {"no half-life at all", name, spoiled([](auto* r) { r->set_half_life_days(kNan); })},
      {"a term without end", name, spoiled([](auto* r) { r->set_term_days(HUGE_VAL); })},
      {"a term beyond times", name, spoiled([](auto* r) { r->set_term_days(1.1e6); })},
      {"no term", name, spoiled([](auto* r) { r->clear_term_days(); })},
      {"a window beyond times", name, spoiled([](auto* r) { r->set_window_days(1.1e6); })},
      {"a half-life beyond times", name, spoiled([](auto* r) { r->set_half_life_days(1.1e6); })},
      {"a half-life of nothing", name, spoiled([](auto* r) { r->set_half_life_days(1e-300); })},
      {"by an unknown model", name,
       spoiled([](auto* r) { r->set_model(static_cast<type::v1::CreditModel>(99)); })},
      {"to unknown parties", name,
       spoiled([](auto* r) { r->set_party(static_cast<type::v1::CreditParty>(99)); })},
      {"less than all", shares,
       spoiled([](auto* r) { r->mutable_shares(0)->set_basis_points(4999); })},
      {"more than all", shares,
       spoiled([](auto* r) { r->mutable_shares(0)->set_basis_points(5001); })},
      {"less than nothing", shares, spoiled([](auto* r) {
         r->mutable_shares(0)->set_basis_points(-1);
         r->mutable_shares(1)->set_basis_points(10001);
       })},
      {"a share of strangers", shares,
       spoiled([](auto* r) { r->mutable_shares(0)->set_department("departments/piracy"); })},
      {"two shares of one department", shares,
       spoiled([](auto* r) { r->mutable_shares(1)->set_department(kSales); })},
      {"shares where a model splits", shares,
       spoiled([](auto* r) { r->set_model(type::v1::CREDIT_MODEL_LINEAR); })},
      {"shares of nothing where a model splits", shares, spoiled([](auto* r) {
         r->set_model(type::v1::CREDIT_MODEL_LINEAR);
         for (auto& share : *r->mutable_shares()) share.set_basis_points(0);
       })},
  });
}

TEST(DocumentChecks, SharesAreTheWholeHoweverLargeTheyAre) {
  // 2^32 + 10,000 together: as 32 bits, that is the whole.
  ExpectRefused({{"more than an int holds", "credit-rules/by-role.shares", [](Charter* document) {
                    document->add_departments("departments/support");
                    auto& rule = *document->mutable_credit_rules(0);
                    for (auto& share : *rule.mutable_shares()) {
                      share.set_basis_points(std::numeric_limits<int32_t>::max());
                    }
                    auto& rest = *rule.add_shares();
                    rest.set_department("departments/support");
                    rest.set_basis_points(10002);
                  }}});
}

TEST(DocumentChecks, NamesThePlaceOfABadKey) {
  const auto key = [](void (*spoil)(type::v1::StewardKey*)) {
    return [spoil](Charter* document) { spoil(document->mutable_keys(1)); };
  };
  ExpectRefused({
      {"of no department", "keys[1]", key([](auto* k) { k->clear_department(); })},
      {"of nobody", "keys[1]", key([](auto* k) { k->clear_person(); })},
      {"no key", "keys[1]", key([](auto* k) { k->clear_public_key(); })},
      {"no base64", "keys[1]", key([](auto* k) { k->set_public_key("a key"); })},
      {"31 bytes", "keys[1]",
       key([](auto* k) { k->set_public_key(absl::Base64Escape(std::string(31, 'k'))); })},
      {"33 bytes", "keys[1]",
       key([](auto* k) { k->set_public_key(absl::Base64Escape(std::string(33, 'k'))); })},
      {"another's", "keys[1]",
       [](auto* d) { d->mutable_keys(1)->set_public_key(d->keys(0).public_key()); }},
      {"a second one of theirs", "keys[2]", [](auto* d) { *d->add_keys() = d->keys(1); }},
  });
}

TEST(DocumentChecks, AKeyIsWrittenInOneWay) {
  // Written otherwise it would be another key by its text, and yet the same person's hand.
  const auto written = [](const std::function<std::string(std::string)>& otherwise) {
    return [otherwise](Charter* document) {
      document->mutable_keys(1)->set_public_key(otherwise(document->keys(0).public_key()));
    };
  };
  ExpectRefused({
      {"with a space", "keys[1]", written([](const std::string& key) { return key + " "; })},
      {"without padding", "keys[1]",
       written([](const std::string& key) { return key.substr(0, key.size() - 1); })},
      {"with a line", "keys[1]",
       written([](const std::string& key) { return key.substr(0, 8) + "\n" + key.substr(8); })},
  });
}

TEST(DocumentChecks, NamesThePlaceInACalendar) {
  const auto spoiled = [](void (*spoil)(type::v1::Calendar*)) {
    return [spoil](Charter* document) { spoil(document->mutable_calendars(0)); };
  };
  ExpectRefused({
      {"by no collection", "calendars/Office.name",
       [](auto* d) {
         d->mutable_calendars(0)->set_name("calendars/Office");
         d->mutable_handovers(0)->set_calendar("calendars/Office");
       }},
      {"without a zone", "calendars/office.time_zone",
       spoiled([](auto* c) { c->clear_time_zone(); })},
      {"of no zone", "calendars/office.time_zone",
       spoiled([](auto* c) { c->set_time_zone("Europe/Bonn"); })},
      {"hours of no day", "calendars/office.open[1].days", spoiled([](auto* c) { c->add_open(); })},
      {"no time of day", "calendars/office.open[0].until",
       spoiled([](auto* c) { c->mutable_open(0)->set_until("25:00"); })},
      {"no date", "calendars/office.holidays[0]",
       spoiled([](auto* c) { c->add_holidays("25.12.2026"); })},
      {"the second of two", "calendars/night.time_zone",
       [](auto* d) {
         auto& night = *d->add_calendars();
         night = d->calendars(0);
         night.set_name("calendars/night");
         night.set_time_zone("night");
       }},
  });
}

TEST(DocumentChecks, AnArbiterHasATerm) {
  ExpectRefused({
      {"a stranger", "arbiter", [](auto* d) { d->set_arbiter("departments/piracy"); }},
      {"all", "arbiter", [](auto* d) { d->set_arbiter("*"); }},
      {"at once", "arbiter_term_days", [](auto* d) { d->clear_arbiter_term_days(); }},
      {"before it was proposed", "arbiter_term_days",
       [](auto* d) { d->set_arbiter_term_days(-1); }},
      {"at no time", "arbiter_term_days",
       [](auto* d) { d->set_arbiter_term_days(std::numeric_limits<double>::quiet_NaN()); }},
      {"of nobody", "arbiter_term_days", [](auto* d) { d->clear_arbiter(); }},
  });
}

TEST(DocumentChecks, NamesAreShownToDepartmentsWhereItIsBlameless) {
  ExpectRefused({
      {"a stranger", "names_shown_to",
       [](auto* d) { d->add_names_shown_to("departments/piracy"); }},
      {"all", "names_shown_to", [](auto* d) { d->add_names_shown_to("*"); }},
      {"twice", "names_shown_to", [](auto* d) { d->add_names_shown_to(kSales); }},
      {"where all read them", "names_shown_to", [](auto* d) { d->clear_blameless(); }},
  });
  Charter document = Whole();
  document.clear_names_shown_to();
  EXPECT_TRUE(CheckSections(document).ok()) << "auditors alone read names then";
}

TEST(DocumentChecks, DisputesHaveArbitersHoursAndACalendar) {
  ExpectRefused({
      {"nobody decides", "disputes.arbiters",
       [](auto* d) { d->mutable_disputes()->clear_arbiters(); }},
      {"a stranger", "disputes.arbiters",
       [](auto* d) { d->mutable_disputes()->add_arbiters("departments/piracy"); }},
      {"one who hears the appeal against himself", "disputes.arbiters",
       [](auto* d) { d->mutable_disputes()->add_arbiters(kSales); }},
      {"no time to answer", "disputes",
       [](auto* d) { d->mutable_disputes()->clear_answer_hours(); }},
      {"less than no time", "disputes",
       [](auto* d) { d->mutable_disputes()->set_decide_hours(-1); }},
      {"for ever", "disputes", [](auto* d) { d->mutable_disputes()->set_appeal_hours(1e6); }},
      {"at no time", "disputes",
       [](auto* d) {
         d->mutable_disputes()->set_appeal_hours(std::numeric_limits<double>::quiet_NaN());
       }},
      {"by no calendar", "disputes.calendar",
       [](auto* d) { d->mutable_disputes()->set_calendar("calendars/none"); }},
  });
}

}  // namespace
}  // namespace comity::charter
