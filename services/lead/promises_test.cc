// What was promised on opportunities, through the handlers, on a real database.
#include <string>
#include <utility>

#include "comity/lead/v1/opportunity_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/opportunity_service.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"

namespace comity::lead {
namespace {

using fact::v1::Fact;
using ::testing::HasSubstr;

class PromisesTest : public ::testing::Test {
 protected:
  static std::string NewName(const std::string& collection) {
    return resource::MakeName(collection, resource::NewId(absl::Now()));
  }
  v1::Opportunity Create(const std::string& account) {
    v1::CreateOpportunityRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_opportunity()->set_display_name("Engine");
    request.mutable_opportunity()->set_account(account);
    request.mutable_opportunity()->set_contact(contact_);
    Call call = runtime_.MakeCall("ana@sales");
    auto made = opportunities_.CreateOpportunity(call, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }
  absl::StatusOr<Fact> Record(const std::string& opportunity, Fact fact,
                              const std::string& as = "ana@sales") {
    fact::v1::RecordFactRequest request;
    request.set_parent(opportunity);
    *request.mutable_fact() = std::move(fact);
    request.set_request_id(testlib::NewRequestId());
    Call call = runtime_.MakeCall(as);
    return facts_.RecordFact(call, request);
  }
  static Fact Promised(const std::string& words, absl::Duration until) {
    Fact fact;
    fact.set_kind(fact::v1::FACT_KIND_PROMISED);
    fact.set_summary(words);
    *fact.mutable_due_time() = resource::FromTime(absl::Now() + until);
    return fact;
  }
  std::string Promise(const std::string& opportunity, const std::string& words,
                      absl::Duration until) {
    const auto fact = Record(opportunity, Promised(words, until));
    EXPECT_TRUE(fact.ok()) << fact.status();
    return fact.ok() ? fact->name() : "";
  }
  absl::StatusOr<Fact> Mark(const std::string& opportunity, fact::v1::FactKind kind,
                            const std::string& promise, const std::string& as) {
    Fact fact;
    fact.set_kind(kind);
    fact.set_promise(promise);
    return Record(opportunity, fact, as);
  }
  absl::StatusOr<Fact> Void(const std::string& name, const std::string& as) {
    fact::v1::VoidFactRequest request;
    request.set_name(name);
    request.set_reason("entered by mistake");
    request.set_request_id(testlib::NewRequestId());
    Call call = runtime_.MakeCall(as);
    return facts_.VoidFact(call, request);
  }
  absl::StatusOr<v1::PromiseSet> Get(const std::string& name) {
    v1::GetPromisesRequest request;
    request.set_name(name);
    Call call = runtime_.MakeCall("sue@support");
    return opportunities_.GetPromises(call, request);
  }

  testlib::Database database_{LeadMigrations()};
  testlib::TestRuntime runtime_{&database_};
  OpportunityService opportunities_{nullptr};
  fact::FactService facts_{nullptr, Subjects()};
  const std::string contact_ = NewName("contacts");
};

TEST_F(PromisesTest, ThoseOfAnAccountAreReadTogetherAndOtherDepartmentsMarkThem) {
  const std::string account = NewName("accounts");
  const v1::Opportunity first = Create(account);
  const v1::Opportunity second = Create(account);
  const v1::Opportunity other = Create(NewName("accounts"));
  const std::string late = Promise(first.name(), "training", absl::Hours(-1));
  const std::string soon = Promise(second.name(), "an import", absl::Hours(1));
  Promise(other.name(), "nothing of theirs", absl::Hours(1));

  // Support, which the customer is handed to, says what became of them; and nothing else of it.
  ASSERT_TRUE(Mark(first.name(), fact::v1::FACT_KIND_PROMISE_KEPT, late, "sue@support").ok());
  EXPECT_EQ(
      Reason(
          Mark(second.name(), fact::v1::FACT_KIND_PROMISE_BROKEN, soon, "mia@marketing").status()),
      "FACT_NOT_ALLOWED");
  EXPECT_EQ(Reason(Record(second.name(), Promised("more", absl::Hours(1)), "sue@support").status()),
            "FACT_NOT_ALLOWED");

  const auto set = Get(account);
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->promises_size(), 2);
  EXPECT_FALSE(set->more());
  EXPECT_EQ(set->promises(0).name(), late);
  EXPECT_EQ(set->promises(0).state(), v1::PROMISE_STATE_KEPT);
  EXPECT_TRUE(set->promises(0).late());
  EXPECT_EQ(set->promises(0).marked_by().person(), "persons/sue");
  EXPECT_EQ(set->promises(0).contact(), contact_);
  EXPECT_EQ(set->promises(1).name(), soon);
  EXPECT_EQ(set->promises(1).state(), v1::PROMISE_STATE_OPEN);
  EXPECT_EQ(set->promises(1).text(), "an import");
}

TEST_F(PromisesTest, OneIsCorrectedAndVoidedLikeAnyFact) {
  const v1::Opportunity made = Create(NewName("accounts"));
  const std::string first = Promise(made.name(), "training", absl::Hours(1));
  Fact correction = Promised("training for forty", absl::Hours(2));
  correction.set_corrects(first);
  correction.set_reason("more exactly");
  const auto corrected = Record(made.name(), correction);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(
      Reason(Mark(made.name(), fact::v1::FACT_KIND_PROMISE_KEPT, first, "sue@support").status()),
      "PROMISE_NOT_STANDING");
  const auto kept =
      Mark(made.name(), fact::v1::FACT_KIND_PROMISE_KEPT, corrected->name(), "sue@support");
  ASSERT_TRUE(kept.ok()) << kept.status();
  // It is support's word: sales does not make it undone by another promise.
  EXPECT_EQ(Reason(Void(corrected->name(), "ana@sales").status()), "ALREADY_MARKED");
  ASSERT_TRUE(Void(kept->name(), "sue@support").ok());
  const auto set = Get(made.name());
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->promises_size(), 1);
  EXPECT_EQ(set->promises(0).name(), corrected->name());
  EXPECT_EQ(set->promises(0).former_names(0), first);
  EXPECT_EQ(set->promises(0).state(), v1::PROMISE_STATE_OPEN);
  ASSERT_TRUE(Void(corrected->name(), "ana@sales").ok());
  EXPECT_EQ(Get(made.name())->promises(0).state(), v1::PROMISE_STATE_VOIDED);
}

TEST_F(PromisesTest, WhatIsNoPromiseIsRefused) {
  const v1::Opportunity made = Create(NewName("accounts"));
  Fact wordless = Promised(" ", absl::Hours(1));
  EXPECT_EQ(Reason(Record(made.name(), wordless).status()), "FACT_FIELD_REQUIRED");
  Fact timeless = Promised("training", absl::Hours(1));
  timeless.clear_due_time();
  const auto refused = Record(made.name(), timeless);
  EXPECT_EQ(Reason(refused.status()), "FACT_FIELD_REQUIRED");
  EXPECT_THAT(refused.status().message(), HasSubstr("due_time"));
  Fact kept;
  kept.set_kind(fact::v1::FACT_KIND_PROMISE_KEPT);
  EXPECT_EQ(Reason(Record(made.name(), kept).status()), "FACT_FIELD_REQUIRED");
  Fact call;
  call.set_kind(fact::v1::FACT_KIND_CALL);
  call.set_promise(made.name());
  EXPECT_EQ(Reason(Record(made.name(), call).status()), "FACT_FIELD_UNKNOWN");
}

TEST_F(PromisesTest, WhatIsNotThereHasNone) {
  const v1::Opportunity made = Create(NewName("accounts"));
  EXPECT_EQ(Get(made.name())->promises_size(), 0);
  EXPECT_EQ(Get(NewName("accounts"))->promises_size(), 0);
  EXPECT_TRUE(absl::IsNotFound(Get(NewName("opportunities")).status()));
}

}  // namespace
}  // namespace comity::lead
