// The touches of an opportunity, through the handlers, on a real database.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/lead_service.h"
#include "services/lead/opportunity_service.h"
#include "services/lead/touch_rules.h"
#include "services/lead/touch_store.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::lead {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

class TouchesTest : public testing::Test {
 protected:
  std::string CreateLead(const std::string& as, const std::string& source = "web-form") {
    v1::CreateLeadRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_lead()->set_family_name("Lovelace");
    request.mutable_lead()->set_source(source);
    Call call = runtime_.MakeCall(as);
    const auto made = leads_.CreateLead(call, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->name() : "";
  }
  std::string CreateOpportunity(const std::string& lead, const std::string& contact = "",
                                bool with_amount = true) {
    v1::CreateOpportunityRequest request;
    request.set_request_id(testlib::NewRequestId());
    v1::Opportunity& opportunity = *request.mutable_opportunity();
    opportunity.set_display_name("Engine");
    opportunity.set_lead(lead);
    opportunity.set_contact(contact);
    if (!contact.empty()) opportunity.set_account(account_);
    if (with_amount) opportunity.mutable_amount()->set_currency_code("EUR");
    if (with_amount) opportunity.mutable_amount()->set_units(100);
    Call call = runtime_.MakeCall("ana@sales");
    const auto made = opportunities_.CreateOpportunity(call, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->name() : "";
  }
  std::string Record(const std::string& as, const std::string& subject, fact::v1::FactKind kind,
                     absl::Time occurred = absl::InfinitePast()) {
    fact::v1::RecordFactRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_parent(subject);
    request.mutable_fact()->set_kind(kind);
    if (kind == fact::v1::FACT_KIND_TOUCH) request.mutable_fact()->set_channel("email");
    if (occurred != absl::InfinitePast()) {
      *request.mutable_fact()->mutable_occur_time() = resource::FromTime(occurred);
    }
    Call call = runtime_.MakeCall(as);
    const auto recorded = facts_.RecordFact(call, request);
    EXPECT_TRUE(recorded.ok()) << recorded.status();
    return recorded.ok() ? recorded->name() : "";
  }
  void Void(const std::string& as, const std::string& fact) {
    fact::v1::VoidFactRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_name(fact);
    request.set_reason("wrong");
    Call call = runtime_.MakeCall(as);
    EXPECT_TRUE(facts_.VoidFact(call, request).ok());
  }
  // Names another lead and contact, which may be empty.
  void Rename(const std::string& opportunity, const std::string& lead, const std::string& contact) {
    v1::UpdateOpportunityRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_opportunity()->set_name(opportunity);
    request.mutable_opportunity()->set_lead(lead);
    request.mutable_opportunity()->set_contact(contact);
    request.mutable_update_mask()->add_paths("lead");
    request.mutable_update_mask()->add_paths("contact");
    Call call = runtime_.MakeCall("ana@sales");
    const auto updated = opportunities_.UpdateOpportunity(call, request);
    EXPECT_TRUE(updated.ok()) << updated.status();
  }
  void Sequence() {
    const auto session = *storage::Session::Open(database_.options());
    EXPECT_TRUE(journal::SequenceBatch(*session).ok());
  }
  absl::StatusOr<v1::TouchSet> Get(const std::string& name, const std::string& as = "ana@sales") {
    v1::GetTouchesRequest request;
    request.set_name(name);
    Call call = runtime_.MakeCall(as);
    return opportunities_.GetTouches(call, request);
  }
  // `mia email at 3` for a touch, `mia lead` for the making of a lead.
  static std::vector<std::string> Lines(const v1::TouchSet& set) {
    std::vector<std::string> lines;
    for (const v1::Touch& touch : set.touches()) {
      lines.push_back(absl::StrCat(touch.actor().person().substr(8), " ",
                                   touch.lead_creation()          ? "made its lead"
                                   : touch.opportunity_creation() ? "made it"
                                   : touch.kind() == fact::v1::FACT_KIND_UNSPECIFIED
                                       ? "made a lead"
                                       : fact::v1::FactKind_Name(touch.kind()).substr(10)));
    }
    return lines;
  }

  testlib::Database database_{LeadMigrations()};
  testlib::TestRuntime runtime_{&database_};
  LeadService leads_{nullptr};
  OpportunityService opportunities_{nullptr};
  fact::FactService facts_{nullptr, Subjects()};
  const std::string account_ = absl::StrCat("accounts/", testlib::NewRequestId());
};

TEST_F(TouchesTest, AreItsOwnAndThoseOfItsLead) {
  const std::string lead = CreateLead("mia@marketing");
  Record("mia@marketing", lead, fact::v1::FACT_KIND_TOUCH);
  Record("mia@marketing", lead, fact::v1::FACT_KIND_NOTE);
  CreateLead("mia@marketing");  // of somebody else
  const std::string opportunity = CreateOpportunity(lead);
  Record("sam@sales", opportunity, fact::v1::FACT_KIND_CALL);
  const auto set = Get(opportunity);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(Lines(*set),
              ElementsAre("ana made it", "sam CALL", "mia made its lead", "mia TOUCH"));
  EXPECT_EQ(set->opportunity(), opportunity);
  EXPECT_EQ(set->responsible_department(), "departments/sales");
  EXPECT_EQ(set->charter_revision(), 1);
  EXPECT_EQ(set->amount().units(), 100);
  EXPECT_FALSE(set->has_signature());
  EXPECT_EQ(set->touches(2).name(), lead);
  for (const v1::Touch& touch : set->touches()) {
    EXPECT_EQ(touch.position(), -1) << "nothing is sequenced yet";
    EXPECT_EQ(touch.charter_revision(), 1);
    EXPECT_TRUE(touch.has_occur_time() && touch.has_record_time());
  }
}

TEST_F(TouchesTest, AreThoseOfOtherLeadsOfItsContact) {
  const std::string contact = absl::StrCat("contacts/", testlib::NewRequestId());
  const std::string other_contact = absl::StrCat("contacts/", testlib::NewRequestId());
  const std::string first = CreateLead("mia@marketing");
  Record("mia@marketing", first, fact::v1::FACT_KIND_TOUCH);
  CreateOpportunity(first, contact);
  CreateOpportunity(CreateLead("sam@sales"), other_contact);
  const std::string opportunity = CreateOpportunity(CreateLead("ana@sales"), contact);
  const auto set = Get(opportunity);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(Lines(*set), UnorderedElementsAre("ana made it", "ana made its lead",
                                                "mia made a lead", "mia TOUCH"));
}

TEST_F(TouchesTest, ThePositionInTheJournalSaysWhatCameBeforeTheSignature) {
  const std::string lead = CreateLead("mia@marketing");
  const std::string opportunity = CreateOpportunity(lead);
  const std::string voided = Record("mia@marketing", lead, fact::v1::FACT_KIND_TOUCH);
  Void("mia@marketing", voided);
  const std::string standing = Record("mia@marketing", lead, fact::v1::FACT_KIND_TOUCH);
  const std::string signature = Record("ana@sales", opportunity, fact::v1::FACT_KIND_SIGNED);
  EXPECT_EQ(Get(opportunity)->signature().position(), -1);
  Sequence();
  Void("mia@marketing", standing);
  const std::string late = Record("mia@marketing", lead, fact::v1::FACT_KIND_TOUCH);
  Sequence();
  const auto set = Get(opportunity);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->signature().fact(), signature);
  EXPECT_GT(set->signature().position(), 0);
  for (const v1::Touch& touch : set->touches()) {
    EXPECT_EQ(touch.position() > set->signature().position(), touch.name() == late)
        << touch.DebugString();
    EXPECT_EQ(touch.voided_by(), touch.name() == voided ? "departments/marketing" : "");
  }
  EXPECT_EQ(set->touches_size(), 5);
}

TEST_F(TouchesTest, NoUpdateAfterTheSignatureAddsOrRemovesALead) {
  const std::string contact = absl::StrCat("contacts/", testlib::NewRequestId());
  const std::string other_contact = absl::StrCat("contacts/", testlib::NewRequestId());
  const std::string other = CreateOpportunity(CreateLead("mia@marketing"), contact);
  const std::string stranger = CreateOpportunity(CreateLead("sam@sales"), other_contact);
  const std::string opportunity = CreateOpportunity(CreateLead("mia@marketing"), contact);
  Record("ana@sales", opportunity, fact::v1::FACT_KIND_SIGNED);
  Sequence();
  const auto before = Get(opportunity);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_THAT(Lines(*before),
              UnorderedElementsAre("ana made it", "mia made its lead", "mia made a lead"));
  Rename(opportunity, CreateLead("sam@sales"), other_contact);
  Rename(other, "", "");
  Rename(stranger, CreateLead("sam@sales"), contact);
  CreateOpportunity(CreateLead("sam@sales"), contact);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Get(opportunity)->SerializeAsString(), before->SerializeAsString());
    Sequence();
  }
}

TEST_F(TouchesTest, NoUpdateBeforeTheSignatureRemovesALead) {
  const std::string contact = absl::StrCat("contacts/", testlib::NewRequestId());
  CreateOpportunity(CreateLead("mia@marketing"), contact);
  const std::string opportunity = CreateOpportunity(CreateLead("mia@marketing"), contact);
  Rename(opportunity, CreateLead("sam@sales"), "");
  const std::vector<std::string> lines = {"ana made it", "mia made its lead", "sam made its lead",
                                          "mia made a lead"};
  EXPECT_THAT(Lines(*Get(opportunity)), UnorderedElementsAreArray(lines));
  Record("ana@sales", opportunity, fact::v1::FACT_KIND_SIGNED);
  Sequence();
  EXPECT_THAT(Lines(*Get(opportunity)), UnorderedElementsAreArray(lines));
}

TEST_F(TouchesTest, AnotherDepartmentsVoidIsShown) {
  const std::string lead = CreateLead("mia@marketing");
  const std::string opportunity = CreateOpportunity(lead);
  Void("sam@sales", Record("mia@marketing", lead, fact::v1::FACT_KIND_TOUCH));
  const v1::Touch touch = Get(opportunity)->touches(2);
  EXPECT_EQ(touch.voided_by(), "");
  EXPECT_EQ(touch.contradicted_by(), "departments/sales");
}

TEST_F(TouchesTest, SigningAgainLetsNothingIn) {
  const std::string opportunity = CreateOpportunity(CreateLead("mia@marketing"));
  const std::string first = Record("ana@sales", opportunity, fact::v1::FACT_KIND_SIGNED);
  Sequence();
  const int64_t position = Get(opportunity)->signature().position();
  const absl::Time before_void = absl::Now();
  Void("ana@sales", first);
  EXPECT_FALSE(Get(opportunity)->has_signature());
  const std::string late = Record("sam@sales", opportunity, fact::v1::FACT_KIND_CALL);
  const std::string again =
      Record("ana@sales", opportunity, fact::v1::FACT_KIND_SIGNED, before_void);
  Sequence();
  const auto set = Get(opportunity);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->signature().fact(), again);
  EXPECT_EQ(set->signature().position(), position);
  for (const v1::Touch& touch : set->touches()) {
    EXPECT_EQ(touch.position() > position, touch.name() == late) << touch.DebugString();
  }
  Void("ana@sales", again);
  Record("ana@sales", opportunity, fact::v1::FACT_KIND_SIGNED);  // now: another sale
  Sequence();
  EXPECT_GT(Get(opportunity)->signature().position(), position + 3);
}

TEST_F(TouchesTest, LateFactsAreNotTooMany) {
  const std::string lead = CreateLead("mia@marketing");
  for (int i = 0; i < 4; ++i) Record("mia@marketing", lead, fact::v1::FACT_KIND_CALL);
  Sequence();
  // How many are read of four at positions 1 to 4; -1: too many before the cut.
  const auto read = [&](int64_t cut, int limit) {
    Call call = runtime_.MakeCall("ana@sales");
    int count = -1;
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(
                      const auto found,
                      ReadFactsBefore(reader, lead, KindsOfTouches(), cut, limit));
                  count = found.has_value() ? static_cast<int>(found->size()) : -1;
                  return absl::OkStatus();
                }).ok());
    return count;
  };
  EXPECT_EQ(read(100, 4), 4);
  EXPECT_EQ(read(100, 3), -1);
  EXPECT_EQ(read(4, 3), 3) << "the fourth is late";
  EXPECT_EQ(read(5, 3), -1);
}

TEST_F(TouchesTest, TooManyAreToldToBe) {
  const std::string contact = absl::StrCat("contacts/", testlib::NewRequestId());
  std::string last;
  for (int i = 0; i < 51; ++i) last = CreateOpportunity(CreateLead("ana@sales"), contact);
  const auto many = Get(last);
  ASSERT_TRUE(many.ok()) << many.status();
  EXPECT_TRUE(many->too_many());
  EXPECT_EQ(many->touches_size(), 0);
  EXPECT_TRUE(many->has_amount());
}

TEST_F(TouchesTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(Reason(Get(absl::StrCat("opportunities/", testlib::NewRequestId())).status()),
            "RESOURCE_NOT_FOUND");
}

// Support reads opportunities and no leads, as of a next charter.
TEST_F(TouchesTest, AreNotToldToWhoMayReadOpportunitiesAlone) {
  const std::string opportunity = CreateOpportunity(CreateLead("mia@marketing"));
  EXPECT_TRUE(Get(opportunity, "sue@support").ok());
  charter::Book& book = *runtime_.runtime()->charters;
  type::v1::Charter document = book.last().charter.document();
  document.set_revision(document.revision() + 1);
  for (auto& access : *document.mutable_access()) {
    const bool is_it = access.department() == "departments/support";
    if (is_it && access.collection() == "leads") access.set_read(false);
  }
  book.Put({charter::Charter::Make(document).value(), "", absl::Now()});
  const auto refused = Get(opportunity, "sue@support");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reason(refused.status()), "RIGHT_REQUIRED");
  EXPECT_TRUE(Get(opportunity, "ana@sales").ok());
  EXPECT_TRUE(Get(opportunity, "aud@management").ok());
}

TEST_F(TouchesTest, AreToldToWhoMayReadLeads) {
  const std::string opportunity = CreateOpportunity("", "", /*with_amount=*/false);
  EXPECT_FALSE(Get(opportunity)->has_amount());
  EXPECT_TRUE(Get(opportunity, "sue@support").ok());
  EXPECT_TRUE(Get(opportunity, "aud@management").ok());
  const auto refused = Get(opportunity, "ivo@it");  // who may not read opportunities either
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reason(refused.status()), "RIGHT_REQUIRED");
}

}  // namespace
}  // namespace comity::lead
