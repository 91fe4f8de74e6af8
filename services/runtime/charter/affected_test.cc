#include "services/runtime/charter/affected.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/charter.h"

namespace comity::charter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";
constexpr char kSupport[] = "departments/support";
constexpr char kManagement[] = "departments/management";
constexpr char kIt[] = "departments/it";

// Marketing and sales judge leads, sales and management opportunities; management reads reports.
type::v1::Charter MakeCharter() {
  type::v1::Charter charter;
  charter.set_revision(2);
  for (const char* department : {kSales, kMarketing, kSupport, kManagement, kIt}) {
    charter.add_departments(department);
    auto* key = charter.add_keys();
    key->set_department(department);
    key->set_person("persons/someone");
  }
  auto* quality = charter.add_questions();
  quality->set_name("questions/quality");
  quality->add_voices(kMarketing);
  quality->add_voices(kSales);
  auto* outcome = charter.add_questions();
  outcome->set_name("questions/outcome");
  outcome->add_voices(kSales);
  outcome->add_answers()->add_leaves_working_list_of(kMarketing);
  auto* metric = charter.add_metrics();
  metric->set_name("metrics/win-rate");
  metric->add_questions("questions/outcome");
  auto* reports = charter.add_access();
  reports->set_department(kManagement);
  reports->set_collection("reports");
  reports->set_read(true);
  auto* leads = charter.add_access();
  leads->set_department(kSales);
  leads->set_collection("leads");
  leads->set_update(true);
  return charter;
}

std::vector<std::string> AffectedBy(void (*change)(type::v1::Charter*)) {
  const type::v1::Charter before = MakeCharter();
  type::v1::Charter after = before;
  after.set_revision(before.revision() + 1);
  change(&after);
  return AffectedDepartments(before, after);
}

TEST(Affected, NobodyWhereNothingChanges) {
  EXPECT_THAT(AffectedBy([](auto*) {}), IsEmpty());
}

TEST(Affected, WhereSectionsStandInAnotherOrderNothingChanges) {
  EXPECT_THAT(AffectedBy([](auto* charter) { charter->mutable_questions()->SwapElements(0, 1); }),
              IsEmpty());
}

TEST(Affected, AQuestionTouchesItsVoices) {
  EXPECT_THAT(AffectedBy([](auto* charter) { charter->mutable_questions(0)->set_text("new"); }),
              ElementsAre(kSales, kMarketing));
}

TEST(Affected, AVoiceThatIsTakenAwayIsTouchedUnderTheOldText) {
  EXPECT_THAT(AffectedBy([](auto* charter) {
                charter->mutable_questions(0)->clear_voices();
                charter->mutable_questions(0)->add_voices(kSupport);
              }),
              ElementsAre(kSales, kMarketing, kSupport));
}

TEST(Affected, ACountedQuestionTouchesWhoReadsReports) {
  EXPECT_THAT(AffectedBy([](auto* charter) { charter->mutable_questions(1)->set_text("new"); }),
              ElementsAre(kSales, kMarketing, kManagement));
}

TEST(Affected, ARightTouchesWhoGetsItAndWhoseDataItIs) {
  EXPECT_THAT(AffectedBy([](auto* charter) {
                auto* access = charter->add_access();
                access->set_department(kIt);
                access->set_collection("leads");
                access->set_read(true);
              }),
              ElementsAre(kSales, kIt));
}

TEST(Affected, ARightToWhatNobodyUpdatesTouchesAll) {
  for (const char* collection : {"handovers", "*"}) {
    const type::v1::Charter before = MakeCharter();
    type::v1::Charter after = before;
    auto* access = after.add_access();
    access->set_department(kIt);
    access->set_collection(collection);
    access->set_read(true);
    access->set_update(true);  // who makes himself its owner does not own it yet
    EXPECT_EQ(AffectedDepartments(before, after).size(), 5u) << collection;
  }
}

// Sales and marketing share, and support has a rule of its own.
type::v1::Charter WithCreditRules() {
  type::v1::Charter charter = MakeCharter();
  auto* shared = charter.add_credit_rules();
  shared->set_name("credit-rules/shared");
  shared->add_departments(kSales);
  shared->add_departments(kMarketing);
  auto* own = charter.add_credit_rules();
  own->set_name("credit-rules/own");
  own->add_departments(kSupport);
  return charter;
}

TEST(Affected, ARuleOfCreditTouchesAllWhoShareByAny) {
  const type::v1::Charter before = WithCreditRules();
  type::v1::Charter after = before;
  auto* first = after.add_credit_rules();
  first->set_name("credit-rules/first");
  first->add_departments(kMarketing);
  after.mutable_credit_rules()->SwapElements(0, 2);
  EXPECT_THAT(AffectedDepartments(before, after), ElementsAre(kSales, kMarketing, kSupport));
}

TEST(Affected, TheOrderOfRulesOfCreditIsContent) {
  const type::v1::Charter before = WithCreditRules();
  type::v1::Charter after = before;
  after.mutable_credit_rules()->SwapElements(0, 1);
  EXPECT_THAT(AffectedDepartments(before, after), ElementsAre(kSales, kMarketing, kSupport));
}

TEST(Affected, AMetricTouchesWhoReadsReports) {
  EXPECT_THAT(AffectedBy([](auto* charter) { charter->mutable_metrics(0)->set_text("new"); }),
              ElementsAre(kManagement));
}

TEST(Affected, AnAgreementTouchesBothSides) {
  EXPECT_THAT(AffectedBy([](auto* charter) {
                auto* agreement = charter->add_handovers();
                agreement->set_from(kMarketing);
                agreement->set_to(kSales);
              }),
              ElementsAre(kSales, kMarketing));
}

TEST(Affected, AnAgreementTouchesWhomItIsEscalatedTo) {
  type::v1::Charter before = MakeCharter();
  auto* agreement = before.add_handovers();
  agreement->set_from(kMarketing);
  agreement->set_to(kSales);
  agreement->set_escalate_to(kManagement);
  type::v1::Charter after = before;
  after.mutable_handovers(0)->clear_escalate_to();
  EXPECT_THAT(AffectedDepartments(before, after), ElementsAre(kSales, kMarketing, kManagement))
      << "also whoever is told no longer";
}

TEST(Affected, ACalendarTouchesWhoCountsByIt) {
  type::v1::Charter before = MakeCharter();
  auto* agreement = before.add_handovers();
  agreement->set_from(kSales);
  agreement->set_to(kSupport);
  agreement->set_calendar("calendars/office");
  before.add_calendars()->set_name("calendars/office");
  type::v1::Charter after = before;
  after.mutable_calendars(0)->set_time_zone("Europe/Berlin");
  EXPECT_THAT(AffectedDepartments(before, after), ElementsAre(kSales, kSupport));
  for (type::v1::Charter* charter : {&before, &after}) {
    charter->mutable_disputes()->set_calendar("calendars/office");
  }
  EXPECT_EQ(AffectedDepartments(before, after).size(), 5u) << "anybody may be a party";
}

TEST(Affected, AKeyTouchesItsDepartment) {
  EXPECT_THAT(AffectedBy([](auto* charter) {
                auto* key = charter->add_keys();
                key->set_department(kSales);
                key->set_person("persons/other");
              }),
              ElementsAre(kSales));
}

TEST(Affected, AFirstKeyTouchesAll) {
  type::v1::Charter before = MakeCharter();
  before.mutable_keys()->RemoveLast();  // of IT
  type::v1::Charter after = before;
  *after.add_keys() = MakeCharter().keys(4);
  EXPECT_EQ(AffectedDepartments(before, after).size(), 5u);
}

TEST(Affected, WhoHasAVoiceAtAllIsForAll) {
  EXPECT_EQ(AffectedBy([](auto* charter) { charter->add_departments("departments/new"); }).size(),
            6u);
  EXPECT_EQ(AffectedBy([](auto* charter) { charter->mutable_departments()->RemoveLast(); }).size(),
            5u);
  EXPECT_EQ(AffectedBy([](auto* charter) { charter->set_arbiter(kManagement); }).size(), 5u);
  EXPECT_EQ(AffectedBy([](auto* charter) { charter->set_blameless(true); }).size(), 5u);
  EXPECT_EQ(AffectedBy([](auto* charter) { charter->add_names_shown_to(kManagement); }).size(), 5u);
  EXPECT_EQ(AffectedBy([](auto* charter) {
              charter->mutable_disputes()->add_arbiters(kManagement);
            }).size(),
            5u);
}

TEST(Affected, AnyChangeOfAProvisionalCharterIsForAll) {
  type::v1::Charter before = MakeCharter();
  before.set_provisional(true);
  type::v1::Charter after = MakeCharter();
  EXPECT_EQ(AffectedDepartments(before, after).size(), 5u);
}

}  // namespace
}  // namespace comity::charter
