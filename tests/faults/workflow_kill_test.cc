// What workflows meet beside the kill matrix: real refusals, several at once, a signature that is
// voided on the way, two gateways.
#include <signal.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/gateway/v1/onboard_customer.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/faults/gateway_replica.h"
#include "tests/faults/workflow_check.h"
#include "tests/faults/workflow_world.h"
#include "tests/integration/database.h"
#include "tests/integration/failpoints.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using google::longrunning::Operation;
using ::testing::IsEmpty;

class WorkflowKill : public ::testing::Test {
 protected:
  void SetUp() override {
    UseFailpoints();
    Suite::Get();
  }
  void TearDown() override { ExpectAllSound(); }
};

// An opportunity cannot be worth less than nothing: the fourth step is refused, with account and
// contact made.
TEST_F(WorkflowKill, WhatItsServiceRefusesIsUndone) {
  for (const char* point : {"create-opportunity/after-record", "find-account/after-undo"}) {
    SCOPED_TRACE(point);
    const lead::v1::Lead lead = MakeLead(NewFirm());
    SetFailpoint("gateway", point, "kill");
    std::string name;
    std::thread caller([&] { name = ConvertInVain(lead); });
    AwaitKilled("gateway");
    caller.join();
    EXPECT_EQ(ReasonOf(AwaitEnd(name)), "AMOUNT_NEGATIVE");
    EXPECT_FALSE(GetLead(lead.name()).has_conversion());
    // It can be converted then.
    ExpectConverted(lead, AwaitEnd(Convert(lead)));
  }
}

// The services have forgotten what they answered: what is undone is what the workflow knows.
TEST_F(WorkflowKill, AVoidedSignatureWhoseRepliesWerePurged) {
  const SignedOpportunity made = Sign(NewFirm());
  const std::string name = OnboardingOf(made.opportunity);
  ExpectOnboarded(AwaitEnd(name));
  for (const char* service : {"lead", "account", "support"}) {
    Sql(absl::StrCat("DELETE FROM comity_", service, ".request_replies"));
  }
  VoidSignature(made);
  ASSERT_TRUE(Eventually([&] { return IsWithdrawn(name); }));
}

TEST_F(WorkflowKill, ASignatureThatIsVoidedWhileItIsStillOnboarding) {
  for (const char* step : {"read-opportunity", "ensure-relationship", "open-case"}) {
    SCOPED_TRACE(step);
    // The gateway stands still in the middle, the signature is voided, it goes on.
    SetFailpoint("gateway", absl::StrCat(step, "/after-call"), "stop");
    const SignedOpportunity made = Sign(NewFirm());
    ASSERT_TRUE(Eventually([] { return WasHit("gateway"); }));
    VoidSignature(made);
    Suite::Get().Signal("gateway", SIGCONT);
    const std::string name = OnboardingOf(made.opportunity);
    ASSERT_TRUE(Eventually([&] { return IsWithdrawn(name); }));
  }
}

// The first gateway stands still for longer than its lease; another one takes over and ends it;
// then the first goes on where it stood.
TEST_F(WorkflowKill, WhoStandsStillForLongerThanItsLeaseIsTakenOverByAnother) {
  const GatewayReplica replica;
  const lead::v1::Lead lead = MakeLead(NewFirm());
  SetFailpoint("gateway", "create-contact/before-call", "stop");
  const std::string name = Convert(lead);
  const std::string ended =
      absl::StrCat("SELECT COUNT(*) FROM comity_gateway.workflows WHERE state = 4 AND subject = '",
                   lead.name(), "'");
  // Which of the two runs it is not said: the failpoint is the first one's.
  ASSERT_TRUE(Eventually([&] { return WasHit("gateway") || Sql(ended) == "1"; }));
  EXPECT_TRUE(Eventually([&] { return Sql(ended) == "1"; }));
  Suite::Get().Signal("gateway", SIGCONT);
  ExpectConverted(lead, AwaitEnd(name));
  AwaitWordFromTheGateway();
  const SignedOpportunity made = Sign(NewFirm());
  ExpectOnboarded(AwaitEnd(OnboardingOf(made.opportunity)));
  for (const char* kind : {"onboard-customer", "draw-credit"}) {
    EXPECT_EQ(WorkflowsOf(made.opportunity, kind).size(), 1u) << "two follow what is signed";
  }
}

TEST_F(WorkflowKill, TwoConvertOneLeadAndTwoLeadsAreOfOneNewFirm) {
  const std::string firm = NewFirm();
  const lead::v1::Lead one = MakeLead(firm);
  const lead::v1::Lead other = MakeLead(firm);
  std::vector<std::string> names(6);
  std::vector<std::thread> callers;
  for (size_t i = 0; i < names.size(); ++i) {
    callers.emplace_back([&, i] { names[i] = Convert(i % 2 == 0 ? one : other); });
  }
  for (std::thread& caller : callers) caller.join();
  std::set<std::string> accounts;
  int converted = 0;
  for (const std::string& name : names) {
    const Operation operation = AwaitEnd(name);
    gateway::v1::ConvertLeadResponse made;
    if (operation.response().UnpackTo(&made)) {
      ++converted;
      accounts.insert(made.account());
    } else {
      EXPECT_EQ(ReasonOf(operation), "LEAD_CONVERTED");
    }
  }
  EXPECT_EQ(converted, 2);
  EXPECT_EQ(accounts.size(), 1u);
}

// Two signatures of one account: one relationship, which stays until both are voided.
TEST_F(WorkflowKill, TwoSignaturesOfOneAccountShareItsRelationship) {
  const SignedOpportunity one = Sign(NewFirm());
  const SignedOpportunity other = Sign(NewFirm(), one.account);
  gateway::v1::OnboardCustomerResponse first;
  gateway::v1::OnboardCustomerResponse second;
  const std::string onboarding = OnboardingOf(one.opportunity);
  const std::string its = OnboardingOf(other.opportunity);
  ASSERT_TRUE(AwaitEnd(onboarding).response().UnpackTo(&first));
  ASSERT_TRUE(AwaitEnd(its).response().UnpackTo(&second));
  EXPECT_EQ(first.relationship(), second.relationship());
  EXPECT_NE(first.case_(), second.case_());
  VoidSignature(one);
  ASSERT_TRUE(Eventually([&] { return IsWithdrawn(onboarding); }));
  EXPECT_THAT(WorkflowProblems(), IsEmpty());  // the other's account is a customer still
  VoidSignature(other);
  ASSERT_TRUE(Eventually([&] { return IsWithdrawn(its); }));
}

}  // namespace
}  // namespace comity::integration
