#include "services/gateway/handover/customer_offer_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kJune = 1'780'272'000;  // 2026-06-01

class CustomerOfferRulesTest : public ::testing::Test {
 protected:
  CustomerOfferRulesTest() {
    agreement_.set_name("agreements/new-customer");
    agreement_.add_checklist("What was promised, to whom, and by when?");
    agreement_.add_checklist("What was bought?");
    agreement_.add_checklist("Who speaks for the customer, and who decides?");
    agreement_.add_checklist("Anything else?");
    request_.set_account("accounts/1");
    request_.set_workflow("workflows/1");
    lead::v1::Opportunity& opportunity = *request_.mutable_opportunity();
    opportunity.set_name("opportunities/1");
    opportunity.set_contact("contacts/weber");
    opportunity.add_lines()->set_product("products/engine");
    opportunity.mutable_lines(0)->set_quantity(3);
  }
  void Promise(const std::string& text,
               lead::v1::PromiseState state = lead::v1::PROMISE_STATE_OPEN) {
    lead::v1::Promise& promise = *promises_.add_promises();
    promise.set_text(text);
    promise.set_contact("contacts/weber");
    promise.mutable_due_time()->set_seconds(kJune);
    promise.set_state(state);
  }
  std::string AnswerTo(int item) {
    const v1::OfferHandoverRequest offer = OfferOfCustomer(agreement_, request_, promises_);
    EXPECT_EQ(offer.checklist_size(), agreement_.checklist_size());
    EXPECT_EQ(offer.checklist(item).item(), agreement_.checklist(item));
    return offer.checklist(item).answer();
  }

  type::v1::HandoverAgreement agreement_;
  v1::OfferCustomerRequest request_;
  lead::v1::PromiseSet promises_;
};

TEST_F(CustomerOfferRulesTest, EachItemIsAnsweredFromTheRecord) {
  Promise("Training for 40");
  Promise("An import", lead::v1::PROMISE_STATE_KEPT);
  EXPECT_EQ(AnswerTo(0), "Training for 40, to contacts/weber, by 2026-06-01");
  EXPECT_EQ(AnswerTo(1), "3 of products/engine");
  EXPECT_EQ(AnswerTo(2), "contacts/weber, the contact of opportunities/1");
  EXPECT_THAT(AnswerTo(3), AllOf(HasSubstr("Training for 40"), HasSubstr("products/engine"),
                                 HasSubstr("contact of"), Not(HasSubstr("An import"))));
}

TEST_F(CustomerOfferRulesTest, WhatTheRecordDoesNotSayIsSaidToBeMissing) {
  request_.mutable_opportunity()->clear_lines();
  request_.mutable_opportunity()->clear_contact();
  EXPECT_EQ(AnswerTo(0), "No promise is open on the record.");
  EXPECT_THAT(AnswerTo(1), HasSubstr("no lines"));
  EXPECT_THAT(AnswerTo(2), HasSubstr("nobody"));
}

TEST_F(CustomerOfferRulesTest, AnAnswerFitsAndSaysHowMuchItLeavesOut) {
  for (int i = 0; i < 20; ++i) Promise(std::string(999, 'x') + "ü");
  const std::string answer = AnswerTo(0);
  EXPECT_LE(answer.size(), 2000u);
  EXPECT_THAT(answer, HasSubstr("; and 15 more"));
  for (int length = 40; length <= 300; ++length) {
    promises_.clear_promises();
    for (int i = 0; i < 20; ++i) Promise(std::string(length, 'x'));
    ASSERT_LE(AnswerTo(0).size(), 2000u) << length;
    ASSERT_THAT(AnswerTo(0), HasSubstr(std::string(length, 'x'))) << length;
  }
  promises_.clear_promises();
  promises_.set_more(true);
  EXPECT_THAT(AnswerTo(0), Not(HasSubstr("No promise")));
  promises_.set_more(false);
  Promise(std::string(299, 'x') + "ü");
  EXPECT_THAT(AnswerTo(0), HasSubstr(std::string(299, 'x') + "…")) << "no half character";
}

TEST_F(CustomerOfferRulesTest, TheOfferIsByTheFirstAgreementAboutAccounts) {
  type::v1::Charter charter;
  const auto add = [&](const char* name, const char* collection, const char* from) {
    auto* agreement = charter.add_handovers();
    agreement->set_name(name);
    agreement->set_collection(collection);
    agreement->set_from(from);
  };
  add("agreements/leads", "leads", "departments/sales");
  add("agreements/renewal", "accounts", "departments/support");
  add("agreements/customer", "accounts", "departments/sales");
  add("agreements/other", "accounts", "departments/sales");
  EXPECT_EQ(AgreementForCustomers(charter, "departments/sales"), &charter.handovers(2));
  EXPECT_EQ(AgreementForCustomers(charter, "departments/membership"), nullptr);
  const v1::OfferHandoverRequest offer = OfferOfCustomer(agreement_, request_, promises_);
  EXPECT_EQ(offer.agreement(), "agreements/new-customer");
  EXPECT_EQ(offer.subject(), "accounts/1");
  EXPECT_THAT(offer.note(), AllOf(HasSubstr("workflows/1"), HasSubstr("opportunities/1")));
}

}  // namespace
}  // namespace comity::gateway
