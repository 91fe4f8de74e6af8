// The kill matrix of workflows: every step, every point, every victim; then everything is looked
// at: by the test what it started, by an independent checker all that there is.
#include <signal.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/account/v1/contact_service.grpc.pb.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/gateway/v1/move_owner_service.pb.h"
#include "comity/gateway/v1/onboard_customer.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/workflow/definition.h"
#include "services/runtime/status/errors.h"
#include "tests/faults/matrix.h"
#include "tests/faults/workflow_check.h"
#include "tests/faults/workflow_world.h"
#include "tests/integration/database.h"
#include "tests/integration/journal_check.h"
#include "tests/integration/journals.h"
#include "tests/integration/report_check.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using google::longrunning::Operation;
using ::testing::IsEmpty;

// A step of a workflow, and the method by which it is done.
struct Step {
  const char* name;
  const char* service;
  const char* method;
};
constexpr Step kConvert[] = {
    {"claim-lead", "lead", "comity.lead.v1.LeadService/BeginConversion"},
    {"find-account", "account", "comity.account.v1.AccountService/EnsureAccount"},
    {"create-contact", "account", "comity.account.v1.ContactService/CreateContact"},
    {"create-opportunity", "lead", "comity.lead.v1.OpportunityService/CreateOpportunity"},
    {"complete-lead", "lead", "comity.lead.v1.LeadService/CompleteConversion"}};
constexpr Step kOnboard[] = {
    {"read-opportunity", "lead", "comity.lead.v1.OpportunityService/GetSignedBrief"},
    {"ensure-relationship", "account", "comity.account.v1.RelationshipService/EnsureRelationship"},
    {"open-case", "support", "comity.support.v1.CaseService/OpenOnboardingCase"},
    {"offer-customer", "gateway", "comity.gateway.v1.HandoverService/OfferCustomer"}};
constexpr Step kMove[] = {
    {"move-leads-and-opportunities", "lead", "comity.workflow.v1.ParticipantService/MoveOwned"},
    {"move-accounts", "account", "comity.workflow.v1.ParticipantService/MoveOwned"},
    {"move-cases", "support", "comity.workflow.v1.ParticipantService/MoveOwned"}};

class WorkflowKill : public ::testing::Test {
 protected:
  void SetUp() override {
    UseFailpoints();
    Suite::Get();
  }
  void TearDown() override {
    EXPECT_THAT(Suite::Get().Mishaps(), IsEmpty());
    ASSERT_TRUE(AwaitAllEnded(absl::Seconds(60)));
    EXPECT_THAT(WorkflowProblems(), IsEmpty());
    ASSERT_TRUE(AwaitReportingCaughtUp());
    Journals journals;
    ReadOn(&journals);
    for (const auto& [service, journal] : journals) ExpectSound(service, journal);
    ExpectReportsFollowFrom(journals["lead"]);
  }

  static std::string NewFirm() {
    static int number = 0;
    return absl::StrCat("firm", ++number);
  }

  static void ExpectConverted(const lead::v1::Lead& lead, const Operation& operation) {
    ASSERT_TRUE(operation.has_response()) << operation.ShortDebugString();
    gateway::v1::ConvertLeadResponse made;
    ASSERT_TRUE(operation.response().UnpackTo(&made));
    EXPECT_EQ(GetLead(lead.name()).conversion().opportunity(), made.opportunity());
    EXPECT_FALSE(made.account().empty() || made.contact().empty());
  }
  static void ExpectOnboarded(const Operation& operation) {
    ASSERT_TRUE(operation.has_response()) << operation.ShortDebugString();
    gateway::v1::OnboardCustomerResponse made;
    ASSERT_TRUE(operation.response().UnpackTo(&made));
    EXPECT_FALSE(made.relationship().empty() || made.case_().empty());
  }
  static bool IsWithdrawn(const std::string& workflow) {
    return GetWorkflow(workflow).state() == gateway::v1::WORKFLOW_STATE_WITHDRAWN;
  }
  static std::string ReasonOf(const Operation& operation) {
    return Reason(FromRpcStatus(operation.error()));
  }
};

TEST_F(WorkflowKill, TheGatewayAtEveryPointOfAConversion) {
  for (const Step& step : kConvert) {
    for (const char* point : kPoints) {
      SCOPED_TRACE(absl::StrCat(step.name, "/", point));
      const lead::v1::Lead lead = MakeLead(NewFirm());
      SetFailpoint("gateway", absl::StrCat(step.name, "/", point), "kill");
      std::string name;
      std::thread caller([&] { name = Convert(lead); });
      AwaitKilled("gateway");
      caller.join();
      ExpectConverted(lead, AwaitEnd(name));
    }
  }
}

TEST_F(WorkflowKill, TheGatewayAtEveryPointOfAnOnboarding) {
  for (const Step& step : kOnboard) {
    for (const char* point : kPoints) {
      SCOPED_TRACE(absl::StrCat(step.name, "/", point));
      SetFailpoint("gateway", absl::StrCat(step.name, "/", point), "kill");
      const SignedOpportunity made = Sign(NewFirm());
      AwaitKilled("gateway");
      ExpectOnboarded(AwaitEnd(OnboardingOf(made.opportunity)));
    }
  }
}

TEST_F(WorkflowKill, TheGatewayAtEveryPointOfAMove) {
  MakeOwned(26);  // two batches of the lead service
  std::string from = "persons/ana";
  std::string to = "persons/sam";
  for (const Step& step : kMove) {
    for (const char* point : kPoints) {
      SCOPED_TRACE(absl::StrCat(step.name, "/", point));
      const int owned = OwnedBy(from);
      EXPECT_GT(owned, 0);
      SetFailpoint("gateway", absl::StrCat(step.name, "/", point), "kill");
      std::string name;
      std::thread caller([&] { name = MoveOwner(from, to); });
      AwaitKilled("gateway");
      caller.join();
      const Operation operation = AwaitEnd(name);
      gateway::v1::MoveOwnerResponse moved;
      ASSERT_TRUE(operation.response().UnpackTo(&moved)) << operation.ShortDebugString();
      EXPECT_EQ(moved.moved(), owned);
      EXPECT_EQ(OwnedBy(from), 0);
      std::swap(from, to);
    }
  }
}

// Killed between its commit and its answer; the answer lost; the same sent twice.
TEST_F(WorkflowKill, TheTargetOfEveryStepOfAConversion) {
  for (const Step& step : kConvert) {
    SCOPED_TRACE(step.method);
    const std::string answer = absl::StrCat(step.method, "/before-answer");
    const lead::v1::Lead killed = MakeLead(NewFirm());
    SetFailpoint(step.service, answer, "kill");
    const std::string name = Convert(killed);
    AwaitKilled(step.service);
    ExpectConverted(killed, AwaitEnd(name));
    for (const char* action : {"lose", "cut"}) {
      const lead::v1::Lead lost = MakeLead(NewFirm());
      SetFailpoint(step.service, answer, action);
      ExpectConverted(lost, AwaitEnd(Convert(lost)));
      EXPECT_TRUE(WasHit(step.service)) << action;
    }
    const lead::v1::Lead twice = MakeLead(NewFirm());
    SetFailpoint("gateway", absl::StrCat(step.method, "/send"), "twice");
    ExpectConverted(twice, AwaitEnd(Convert(twice)));
    EXPECT_TRUE(WasHit("gateway"));
  }
}

TEST_F(WorkflowKill, TheTargetOfEveryStepOfAnOnboarding) {
  for (const Step& step : kOnboard) {
    SCOPED_TRACE(step.method);
    const std::string answer = absl::StrCat(step.method, "/before-answer");
    SetFailpoint(step.service, answer, "kill");
    const SignedOpportunity killed = Sign(NewFirm());
    AwaitKilled(step.service);
    ExpectOnboarded(AwaitEnd(OnboardingOf(killed.opportunity)));
    for (const char* action : {"lose", "cut"}) {
      SetFailpoint(step.service, answer, action);
      ExpectOnboarded(AwaitEnd(OnboardingOf(Sign(NewFirm()).opportunity)));
      EXPECT_TRUE(WasHit(step.service)) << action;
    }
    SetFailpoint("gateway", absl::StrCat(step.method, "/send"), "twice");
    ExpectOnboarded(AwaitEnd(OnboardingOf(Sign(NewFirm()).opportunity)));
    EXPECT_TRUE(WasHit("gateway"));
  }
}

TEST_F(WorkflowKill, TheTargetOfEveryStepOfAMove) {
  MakeOwned(2);
  std::string from = "persons/ana";
  std::string to = "persons/sam";
  if (OwnedBy(from) == 0) std::swap(from, to);
  for (const Step& step : kMove) {
    for (const char* action : {"kill", "lose", "cut"}) {
      SCOPED_TRACE(absl::StrCat(step.name, ", ", action));
      const int owned = OwnedBy(from);
      SetFailpoint(step.service, absl::StrCat(step.method, "/before-answer"), action);
      const std::string name = MoveOwner(from, to);
      if (absl::string_view(action) == "kill") AwaitKilled(step.service);
      gateway::v1::MoveOwnerResponse moved;
      ASSERT_TRUE(AwaitEnd(name).response().UnpackTo(&moved));
      EXPECT_TRUE(WasHit(step.service));
      EXPECT_EQ(moved.moved(), owned);
      EXPECT_EQ(OwnedBy(from), 0);
      std::swap(from, to);
    }
  }
}

// A point of an undoing, and whether only the whole matrix has it.
struct UndoPoint {
  const char* step;
  const char* point;
  bool whole = false;
};
// The method that undoes, and the service that has it.
struct UndoMethod {
  const char* service;
  const char* method;
};

// An opportunity cannot be worth less than nothing: the fourth step is refused, with account and
// contact made.
TEST_F(WorkflowKill, ACompensationAtEveryPoint) {
  for (const UndoPoint& at :
       {UndoPoint{"create-opportunity", "before-void", true},
        UndoPoint{"create-opportunity", "after-void"},
        UndoPoint{"create-opportunity", "after-record", true},
        UndoPoint{"create-contact", "after-undo"}, UndoPoint{"find-account", "after-undo"},
        UndoPoint{"find-account", "after-record", true}, UndoPoint{"claim-lead", "after-undo"}}) {
    if (at.whole && !kWhole) continue;
    SCOPED_TRACE(absl::StrCat(at.step, "/", at.point));
    const lead::v1::Lead lead = MakeLead(NewFirm());
    SetFailpoint("gateway", absl::StrCat(at.step, "/", at.point), "kill");
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

TEST_F(WorkflowKill, TheTargetOfEveryUndoing) {
  for (const UndoMethod& undo :
       {UndoMethod{"lead", "comity.workflow.v1.ParticipantService/VoidRequest"},
        UndoMethod{"account", "comity.workflow.v1.ParticipantService/WithdrawRecord"},
        UndoMethod{"account", "comity.account.v1.AccountService/ReleaseAccount"},
        UndoMethod{"lead", "comity.lead.v1.LeadService/ReleaseConversion"}}) {
    for (const char* action : {"kill", "lose"}) {
      SCOPED_TRACE(absl::StrCat(undo.method, ", ", action));
      const lead::v1::Lead lead = MakeLead(NewFirm());
      SetFailpoint(undo.service, absl::StrCat(undo.method, "/before-answer"), action);
      const std::string name = ConvertInVain(lead);
      if (absl::string_view(action) == "kill") AwaitKilled(undo.service);
      EXPECT_EQ(ReasonOf(AwaitEnd(name)), "AMOUNT_NEGATIVE");
      EXPECT_TRUE(WasHit(undo.service));
    }
  }
  for (const UndoMethod& undo :
       {UndoMethod{"account", "comity.account.v1.RelationshipService/ReleaseRelationship"},
        UndoMethod{"support", "comity.workflow.v1.ParticipantService/WithdrawRecord"}}) {
    for (const char* action : {"kill", "lose"}) {
      SCOPED_TRACE(absl::StrCat(undo.method, ", ", action));
      const SignedOpportunity made = Sign(NewFirm());
      const std::string name = OnboardingOf(made.opportunity);
      ExpectOnboarded(AwaitEnd(name));
      SetFailpoint(undo.service, absl::StrCat(undo.method, "/before-answer"), action);
      VoidSignature(made);
      if (absl::string_view(action) == "kill") AwaitKilled(undo.service);
      ASSERT_TRUE(Eventually([&] { return IsWithdrawn(name); }));
      EXPECT_TRUE(WasHit(undo.service));
    }
  }
}

TEST_F(WorkflowKill, AVoidedSignatureAtEveryPoint) {
  for (const UndoPoint& at :
       {UndoPoint{"open-case", "after-undo"}, UndoPoint{"open-case", "after-record", true},
        UndoPoint{"ensure-relationship", "after-undo"},
        UndoPoint{"ensure-relationship", "after-record", true},
        UndoPoint{"read-opportunity", "after-undo", true}}) {
    if (at.whole && !kWhole) continue;
    SCOPED_TRACE(absl::StrCat(at.step, "/", at.point));
    const SignedOpportunity made = Sign(NewFirm());
    const std::string name = OnboardingOf(made.opportunity);
    ExpectOnboarded(AwaitEnd(name));
    SetFailpoint("gateway", absl::StrCat(at.step, "/", at.point), "kill");
    VoidSignature(made);
    AwaitKilled("gateway");
    ASSERT_TRUE(Eventually([&] { return IsWithdrawn(name); }));
    EXPECT_EQ(ReasonOf(AwaitEnd(name)), "SIGNATURE_VOIDED");
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
  for (const Step& step : kOnboard) {
    SCOPED_TRACE(step.name);
    // The gateway stands still in the middle, the signature is voided, it goes on.
    SetFailpoint("gateway", absl::StrCat(step.name, "/after-call"), "stop");
    const SignedOpportunity made = Sign(NewFirm());
    ASSERT_TRUE(Eventually([] { return WasHit("gateway"); }));
    VoidSignature(made);
    Suite::Get().Signal("gateway", SIGCONT);
    const std::string name = OnboardingOf(made.opportunity);
    ASSERT_TRUE(Eventually(
        [&] { return GetWorkflow(name).state() == gateway::v1::WORKFLOW_STATE_WITHDRAWN; }));
  }
}

// The first try of a step arrives when it was undone already.
TEST_F(WorkflowKill, ALateFirstAttemptMeetsAVoidedRequest) {
  const lead::v1::Lead lead = MakeLead(NewFirm());
  SetFailpoint("gateway", "comity.account.v1.ContactService/CreateContact/send", "refuse");
  const std::string name = Convert(lead);
  EXPECT_EQ(ReasonOf(AwaitEnd(name)), "ROLE_REQUIRED");
  account::v1::CreateContactRequest late;
  late.set_request_id(gateway::StepRequestId(name, "create-contact", "do"));
  late.mutable_contact()->set_account("accounts/01a218a0-e63d-70e8-8a42-ae119c7aa80e");
  late.mutable_contact()->set_family_name("late");
  EXPECT_EQ(Reason(Suite::Get()
                       .Call(&account::v1::ContactService::Stub::CreateContact, "account",
                             "ana@sales", late)
                       .status()),
            "REQUEST_VOIDED");
  ExpectConverted(lead, AwaitEnd(Convert(lead)));
}

// The database is killed while the gateway stands still between a step's answer and its record.
void KillTheDatabaseMeanwhile() {
  ASSERT_TRUE(Eventually([] { return WasHit("gateway"); }));
  Suite::Get().Kill("mariadb");
  Suite::Get().Signal("gateway", SIGCONT);
  Suite::Get().StartMissing();
  ASSERT_TRUE(Eventually([] { return Suite::Get().AllServing(); }));
}

TEST_F(WorkflowKill, TheDatabaseAtEveryStepOfAConversion) {
  for (const Step& step : kConvert) {
    if (!kWhole && absl::string_view(step.name) != "create-opportunity") continue;
    SCOPED_TRACE(step.name);
    const lead::v1::Lead lead = MakeLead(NewFirm());
    SetFailpoint("gateway", absl::StrCat(step.name, "/after-call"), "stop");
    const std::string name = Convert(lead);
    KillTheDatabaseMeanwhile();
    ExpectConverted(lead, AwaitEnd(name));
  }
}

TEST_F(WorkflowKill, TheDatabaseAtEveryStepOfAMove) {
  if (!kWhole) GTEST_SKIP() << "in the whole matrix";
  MakeOwned(2);
  std::string from = "persons/ana";
  std::string to = "persons/sam";
  if (OwnedBy(from) == 0) std::swap(from, to);
  for (const Step& step : kMove) {
    SCOPED_TRACE(step.name);
    const int owned = OwnedBy(from);
    SetFailpoint("gateway", absl::StrCat(step.name, "/after-call"), "stop");
    const std::string name = MoveOwner(from, to);
    KillTheDatabaseMeanwhile();
    gateway::v1::MoveOwnerResponse moved;
    ASSERT_TRUE(AwaitEnd(name).response().UnpackTo(&moved));
    EXPECT_EQ(moved.moved(), owned);
    std::swap(from, to);
  }
}

TEST_F(WorkflowKill, TheDatabaseAtEveryStepOfAnOnboarding) {
  for (const Step& step : kOnboard) {
    if (!kWhole && absl::string_view(step.name) != "open-case") continue;
    SCOPED_TRACE(step.name);
    SetFailpoint("gateway", absl::StrCat(step.name, "/after-call"), "stop");
    const SignedOpportunity made = Sign(NewFirm());
    KillTheDatabaseMeanwhile();
    ExpectOnboarded(AwaitEnd(OnboardingOf(made.opportunity)));
  }
}

// The first gateway stands still for longer than its lease; another one takes over and ends it;
// then the first goes on where it stood.
TEST_F(WorkflowKill, WhoStandsStillForLongerThanItsLeaseIsTakenOverByAnother) {
  const GatewayReplica replica;
  for (const char* step : {"create-contact", "complete-lead"}) {
    for (const char* point : {"before-call", "after-call"}) {
      if (!kWhole && absl::string_view(point) != "before-call") continue;
      SCOPED_TRACE(absl::StrCat(step, "/", point));
      const lead::v1::Lead lead = MakeLead(NewFirm());
      SetFailpoint("gateway", absl::StrCat(step, "/", point), "stop");
      const std::string name = Convert(lead);
      const std::string ended = absl::StrCat(
          "SELECT COUNT(*) FROM comity_gateway.workflows WHERE state = 4 AND subject = '",
          lead.name(), "'");
      // Which of the two runs it is not said: the failpoint is the first one's.
      ASSERT_TRUE(Eventually([&] { return WasHit("gateway") || Sql(ended) == "1"; }));
      EXPECT_TRUE(Eventually([&] { return Sql(ended) == "1"; }));
      Suite::Get().Signal("gateway", SIGCONT);
      ExpectConverted(lead, AwaitEnd(name));
      AwaitWordFromTheGateway();
    }
  }
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
  ASSERT_TRUE(Eventually(
      [&] { return GetWorkflow(onboarding).state() == gateway::v1::WORKFLOW_STATE_WITHDRAWN; }));
  EXPECT_THAT(WorkflowProblems(), IsEmpty());  // the other's account is a customer still
  VoidSignature(other);
  ASSERT_TRUE(Eventually([&] { return IsWithdrawn(its); }));
}

}  // namespace
}  // namespace comity::integration
