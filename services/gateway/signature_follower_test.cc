// What signatures start and take back, on a real database.
#include "services/gateway/signature_follower.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/credit/draw_credit.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/onboard_customer.h"
#include "services/gateway/workflow/workflow_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr char kOne[] = "opportunities/0190f3a1-1234-7abc-8def-0123456789ab";
constexpr char kOther[] = "opportunities/0190f3a1-1234-7abc-8def-0123456789ac";

class SignatureFollowerTest : public testing::Test {
 protected:
  // The next entry of the lead service's journal.
  journal::v1::Entry& Add(const std::string& subject, const std::string& type) {
    journal::v1::PositionedEntry& positioned = *journal_.Add();
    positioned.set_position(journal_.size() - 1);
    journal::v1::Entry& entry = *positioned.mutable_entry();
    entry.set_entry_id(testlib::NewRequestId());
    entry.set_subject(subject);
    entry.set_type(type);
    entry.mutable_actor()->set_person("persons/ana");
    entry.mutable_actor()->set_department("departments/sales");
    *entry.mutable_record_time() = resource::FromTime(now_);
    *entry.mutable_occur_time() = resource::FromTime(now_);
    return entry;
  }
  void Sign(const std::string& subject, const std::string& id,
            absl::Duration ago = absl::ZeroDuration()) {
    journal::v1::Entry& entry = Add(subject, "fact-recorded");
    fact::v1::Fact fact;
    fact.set_name(absl::StrCat(subject, "/facts/", id));
    fact.set_kind(fact::v1::FACT_KIND_SIGNED);
    entry.mutable_payload()->PackFrom(fact);
    *entry.mutable_occur_time() = resource::FromTime(now_ - ago);
  }
  void Correct(const std::string& subject, const std::string& id,
               absl::Duration ago = absl::ZeroDuration()) {
    Sign(subject, id, ago);
    journal::v1::Entry& entry = *(journal_.end() - 1)->mutable_entry();
    entry.set_type("fact-corrected");
    fact::v1::Fact fact;
    ASSERT_TRUE(entry.payload().UnpackTo(&fact));
    fact.set_corrects("another");
    entry.mutable_payload()->PackFrom(fact);
  }
  void Void(const std::string& subject, bool signed_otherwise) {
    journal::v1::Entry& entry = Add(subject, "fact-voided");
    lead::v1::Opportunity opportunity;
    if (signed_otherwise) *opportunity.mutable_sign_time() = resource::FromTime(now_);
    entry.mutable_record()->PackFrom(opportunity);
  }
  // All that was added since the last time, or from `from` on.
  void Take(int from = -1) {
    SignatureTaker::Entries batch(journal_.begin() + (from < 0 ? taken_ : from), journal_.end());
    ASSERT_TRUE(taker_.Take(batch, journal_.size()).ok());
    taken_ = journal_.size();
  }
  std::vector<std::string> Started(const std::string& kind = kOnboardCustomer) {
    std::vector<std::string> subjects;
    Call call = runtime_.MakeCall("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(const auto all,
                                          ListWorkflows(reader, {.kind = kind, .limit = 100}));
                  for (const auto& workflow : all) subjects.push_back(workflow.subject());
                  return absl::OkStatus();
                }).ok());
    return subjects;
  }
  std::vector<std::string> AskedToWithdraw(const std::string& kind = kOnboardCustomer) {
    const auto session = *storage::Session::Open(database_.options());
    const auto rows = *session->Query(
        "SELECT subject FROM workflows WHERE asked = 'SIGNATURE_VOIDED' AND kind = ?", {kind});
    std::vector<std::string> subjects;
    while (rows->Next()) subjects.push_back(rows->Bytes(0));
    return subjects;
  }

  const absl::Time now_ = absl::Now();
  testlib::Database database_{GatewayMigrations()};
  testlib::TestRuntime runtime_{&database_};
  const Definition onboarding_ = OnboardCustomerWorkflow();
  const Definition drawing_ = DrawCreditWorkflow();
  SignatureTaker taker_{runtime_.runtime(), {&onboarding_, &drawing_}, absl::Hours(720)};
  SignatureTaker::Entries journal_;
  int taken_ = 0;
};

TEST_F(SignatureFollowerTest, ASignatureStartsOneOnboarding) {
  Add(kOne, "created");
  Sign(kOne, "1");
  Add("leads/x", "fact-recorded");
  Take();
  EXPECT_THAT(Started(), ElementsAre(kOne));
  Take(0);  // the same again: another replica was faster, or its answer was lost
  EXPECT_THAT(Started(), ElementsAre(kOne));
  EXPECT_EQ(taker_.Position().value_or(-1), 3);
  EXPECT_EQ(taker_.LastEntry(3).value_or(""), journal_[2].entry().entry_id());
}

// What concerns nothing is not worth a transaction each time; it is taken once more after a
// restart.
TEST_F(SignatureFollowerTest, EntriesThatConcernNothingAreStoredWithLaterOnes) {
  Sign(kOne, "1");
  Take();
  for (int i = 0; i < 3; ++i) {
    Add("leads/x", "updated");
    Take();
  }
  EXPECT_EQ(taker_.Position().value_or(-1), 1);
  Void(kOne, /*signed_otherwise=*/false);
  Take();
  EXPECT_EQ(taker_.Position().value_or(-1), 5);
  EXPECT_THAT(AskedToWithdraw(), ElementsAre(kOne));
  for (int i = 0; i < 500; ++i) Add("leads/x", "updated");
  Take();
  EXPECT_EQ(taker_.Position().value_or(-1), 505);
}

TEST_F(SignatureFollowerTest, WhatIsOnlyKnownLateIsHistory) {
  Sign(kOne, "1", absl::Hours(721));
  Sign(kOther, "2", absl::Hours(719));
  Take();
  EXPECT_THAT(Started(), ElementsAre(kOther));
}

TEST_F(SignatureFollowerTest, AVoidedSignatureTakesBackItsOwn) {
  Sign(kOne, "1");
  Sign(kOther, "2");
  Void(kOne, /*signed_otherwise=*/false);
  Void(kOther, /*signed_otherwise=*/true);  // another fact was voided
  Take();
  EXPECT_THAT(AskedToWithdraw(), ElementsAre(kOne));
}

TEST_F(SignatureFollowerTest, SignedAgainIsAnotherOnboarding) {
  Sign(kOne, "1");
  Void(kOne, false);
  Sign(kOne, "2");
  Take();
  EXPECT_THAT(Started(), ElementsAre(kOne, kOne));
  EXPECT_THAT(AskedToWithdraw(), ElementsAre(kOne));
}

TEST_F(SignatureFollowerTest, ASignatureDrawsItsCreditAndAVoidTakesItBack) {
  Sign(kOne, "1");
  Sign(kOther, "2");
  Void(kOne, /*signed_otherwise=*/false);
  Take();
  Take(0);
  EXPECT_THAT(Started(kDrawCredit), UnorderedElementsAre(kOne, kOther));
  EXPECT_THAT(AskedToWithdraw(kDrawCredit), ElementsAre(kOne));
}

TEST_F(SignatureFollowerTest, ACorrectionDrawsAnewAndOnboardsNobodyAgain) {
  Sign(kOne, "1");
  Correct(kOne, "2");
  Take();
  EXPECT_THAT(Started(kDrawCredit), ElementsAre(kOne, kOne));
  EXPECT_THAT(Started(), ElementsAre(kOne));
}

TEST_F(SignatureFollowerTest, WhatIsHistoryIsDrawnAnewOnlyWhereItWasDrawn) {
  Sign(kOne, "1");
  Correct(kOne, "2", absl::Hours(721));  // it was signed earlier than was said
  Sign(kOther, "3", absl::Hours(721));
  Correct(kOther, "4", absl::Hours(722));
  Take();
  EXPECT_THAT(Started(kDrawCredit), ElementsAre(kOne, kOne));
  EXPECT_THAT(Started(), ElementsAre(kOne));
}

TEST_F(SignatureFollowerTest, OtherFactsStartNothing) {
  journal::v1::Entry& entry = Add(kOne, "fact-recorded");
  fact::v1::Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_ENGAGED);
  entry.mutable_payload()->PackFrom(fact);
  Add(kOne, "fact-recorded").mutable_payload()->set_type_url("of a newer release");
  Take();
  EXPECT_THAT(Started(), IsEmpty());
  EXPECT_THAT(Started(kDrawCredit), IsEmpty());
}

}  // namespace
}  // namespace comity::gateway
