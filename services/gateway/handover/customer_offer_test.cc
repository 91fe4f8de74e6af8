// What goes along with offers of customers, and offers that a workflow makes, on a real database.
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/handover/handover_fixture.h"

namespace comity::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CustomerOfferTest : public HandoverServiceTest {
 protected:
  // An account of that department, with an open promise and a kept one.
  std::string NewAccount(const std::string& department) {
    std::string name = resource::MakeName("accounts", resource::NewId(absl::Now()));
    owners_.Put(name, department, "persons/sam");
    lead::v1::PromiseSet promises;
    promises.set_name(name);
    auto* open = promises.add_promises();
    open->set_name("opportunities/1/facts/1");
    open->set_text(kOfferSecret);
    open->set_state(lead::v1::PROMISE_STATE_OPEN);
    auto* kept = promises.add_promises();
    kept->set_name("opportunities/1/facts/2");
    kept->set_state(lead::v1::PROMISE_STATE_KEPT);
    owners_.Promise(promises);
    return name;
  }
  static v1::OfferCustomerRequest CustomerOf(const std::string& account) {
    v1::OfferCustomerRequest request;
    request.set_account(account);
    request.mutable_opportunity()->set_name("opportunities/1");
    request.set_workflow("workflows/1");
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  absl::StatusOr<v1::OfferCustomerResponse> OfferCustomer(const v1::OfferCustomerRequest& request,
                                                          const std::string& as = "sam@sales") {
    Call call = runtime_.MakeCall(as, "test/OfferCustomer");
    return service_.OfferCustomer(call, request);
  }
  // The offer's name.
  std::string OfferedCustomer(const std::string& account) {
    const auto offered = OfferCustomer(CustomerOf(account));
    EXPECT_TRUE(offered.ok()) << offered.status();
    return offered.value_or(v1::OfferCustomerResponse()).handover();
  }
  std::string WhyNot(const std::string& account, const std::string& as = "sam@sales") {
    const auto offered = OfferCustomer(CustomerOf(account), as);
    EXPECT_TRUE(offered.ok()) << offered.status();
    EXPECT_EQ(offered->handover(), "");
    return offered->why_not();
  }
  absl::StatusOr<bool> TakeBack(const std::string& handover,
                                const std::string& request_id = testlib::NewRequestId()) {
    Call call = runtime_.MakeCall("nobody@nowhere", "test/TakeBackOffer");
    call.principal.person.clear();
    call.principal.department.clear();
    call.principal.workload = "service/gateway";
    v1::TakeBackOfferRequest request;
    request.set_name(handover);
    request.set_request_id(request_id);
    const auto taken = service_.TakeBackOffer(call, request);
    if (!taken.ok()) return taken.status();
    return taken->withdrawn();
  }
};

TEST_F(CustomerOfferTest, OpenPromisesTravelWithAnOffer) {
  v1::OfferHandoverRequest request;
  request.set_agreement("agreements/new-customer");
  request.set_subject(NewAccount("departments/sales"));
  request.set_request_id(testlib::NewRequestId());
  const auto* agreement = FindAgreement(call_.charter().document(), "agreements/new-customer");
  ASSERT_NE(agreement, nullptr);
  for (const std::string& item : agreement->checklist()) {
    auto* answer = request.add_checklist();
    answer->set_item(item);
    answer->set_answer(kOfferSecret);
  }
  const auto offered = Offer(request, "sam@sales");
  ASSERT_TRUE(offered.ok()) << offered.status();
  EXPECT_THAT(offered->promises(), ElementsAre("opportunities/1/facts/1"));
  EXPECT_FALSE(offered->more_promises());
  // A lead was promised nothing.
  EXPECT_THAT(Offered().promises(), IsEmpty());
}

TEST_F(CustomerOfferTest, AnOfferWaitsForTheServiceThatKnowsPromises) {
  const std::string account = NewAccount("departments/sales");
  owners_.before = [](const std::string& method) {
    return absl::EndsWith(method, "/GetPromises") ? Unavailable("SERVICE_UNAVAILABLE", "away")
                                                  : absl::OkStatus();
  };
  EXPECT_TRUE(absl::IsUnavailable(OfferCustomer(CustomerOf(account)).status()));
  owners_.before = nullptr;
  EXPECT_NE(OfferedCustomer(account), "");
}

TEST_F(CustomerOfferTest, ACustomerIsOfferedOnceByTheChartersAgreement) {
  const v1::OfferCustomerRequest request = CustomerOf(NewAccount("departments/sales"));
  const auto first = OfferCustomer(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const v1::Handover handover = Get(first->handover());
  EXPECT_EQ(handover.agreement(), "agreements/new-customer");
  EXPECT_EQ(handover.to(), "departments/support");
  EXPECT_EQ(handover.state(), v1::HANDOVER_STATE_OFFERED);
  EXPECT_EQ(handover.offered_by().person(), "persons/sam");
  EXPECT_THAT(handover.promises(), ElementsAre("opportunities/1/facts/1"));
  ASSERT_EQ(handover.checklist_size(), 3);
  EXPECT_THAT(handover.checklist(0).answer(), HasSubstr(kOfferSecret));
  // The same request again: the same offer, whatever has become of the record since.
  owners_.Put(request.account(), "departments/support", "persons/sue");
  const auto again = OfferCustomer(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->handover(), first->handover());
  EXPECT_THAT(TypesOf(first->handover()), ElementsAre("offered"));
}

TEST_F(CustomerOfferTest, WhereNothingIsOfferedItSaysWhy) {
  EXPECT_THAT(WhyNot(NewAccount("departments/support")), HasSubstr("departments/support is"));
  EXPECT_THAT(WhyNot(NewAccount("departments/marketing"), "mia@marketing"),
              HasSubstr("no agreement"));
  const std::string account = NewAccount("departments/sales");
  const std::string open = OfferedCustomer(account);
  EXPECT_THAT(WhyNot(account), HasSubstr(open));
}

TEST_F(CustomerOfferTest, AnOfferThatNobodyAnsweredIsTakenBack) {
  const std::string name = OfferedCustomer(NewAccount("departments/sales"));
  const std::string request_id = testlib::NewRequestId();
  for (int i = 0; i < 2; ++i) {
    const auto taken = TakeBack(name, request_id);
    ASSERT_TRUE(taken.ok()) << taken.status();
    EXPECT_TRUE(*taken);
  }
  EXPECT_EQ(Get(name).state(), v1::HANDOVER_STATE_WITHDRAWN);
  EXPECT_THAT(TypesOf(name), ElementsAre("offered", "withdrawn"));
  EXPECT_EQ(EntriesOf(name).back().actor().workload(), "service/gateway");
}

TEST_F(CustomerOfferTest, WhatWasAnsweredStays) {
  const std::string returned = OfferedCustomer(NewAccount("departments/sales"));
  ASSERT_EQ(Return(returned, "sue@support", "promise-unclear"), "");
  const auto taken = TakeBack(returned);
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_FALSE(*taken);
  EXPECT_EQ(Get(returned).state(), v1::HANDOVER_STATE_RETURNED);

  const std::string accepting = OfferedCustomer(NewAccount("departments/sales"));
  // The acceptance has claimed the offer, and is held up at the record.
  owners_.before = [](const std::string& method) {
    return absl::EndsWith(method, "/TransferResponsibility")
               ? Unavailable("SERVICE_UNAVAILABLE", "away")
               : absl::OkStatus();
  };
  const auto workflow = BeginAccept(accepting, "sue@support");
  ASSERT_TRUE(workflow.ok()) << workflow.status();
  runner_.RunDue();
  ASSERT_EQ(Get(accepting).state(), v1::HANDOVER_STATE_ACCEPTING);
  EXPECT_EQ(Reason(TakeBack(accepting).status()), "ACCEPTANCE_UNDER_WAY");
  owners_.before = nullptr;
  EXPECT_EQ(AwaitEnd(*workflow).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  const auto late = TakeBack(accepting);
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_FALSE(*late);
  EXPECT_EQ(Get(accepting).state(), v1::HANDOVER_STATE_ACCEPTED);
}

}  // namespace
}  // namespace comity::gateway
