// comity convert and comity workflow against a real suite.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/gateway/v1/move_owner_service.pb.h"
#include "comity/gateway/v1/workflow_service.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/integration/command.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;

std::string NewLead() {
  const auto lead = CreateLead("mia@marketing");
  EXPECT_TRUE(lead.ok()) << lead.status();
  return lead.ok() ? lead->name() : "";
}

lead::v1::Lead ReadLead(const std::string& name) {
  return ComityJson<lead::v1::Lead>("lead get " + name);
}

std::string CaseOf(const gateway::v1::Workflow& onboarding) {
  for (const auto& step : onboarding.steps()) {
    if (step.step() == "open-case") return step.record();
  }
  return "";
}

TEST(ClientConvert, MakesALeadAnOpportunityOnce) {
  const std::string name = NewLead();
  const auto made = ComityJson<gateway::v1::ConvertLeadResponse>(
      absl::StrCat("convert ", name, " --as ana@sales"));
  EXPECT_EQ(made.lead(), name);
  EXPECT_EQ(ReadLead(name).conversion().opportunity(), made.opportunity());
  EXPECT_THAT(Comity("opportunity get " + made.opportunity()), HasSubstr(made.account()));
  const Outcome again = TryComity(absl::StrCat("convert ", name, " --as ana@sales"));
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.errors, HasSubstr("LEAD_CONVERTED"));
  const Outcome denied = TryComity(absl::StrCat("convert ", NewLead(), " --as ida@it"));
  EXPECT_EQ(denied.code, 1);
  EXPECT_THAT(denied.errors, HasSubstr("PERMISSION_DENIED"));
}

TEST(ClientWorkflow, ListsShowsAndResumes) {
  const std::string name = NewLead();
  Comity(absl::StrCat("convert ", name, " --as ana@sales"));
  const auto list = ComityJson<gateway::v1::ListWorkflowsResponse>(
      absl::StrCat("workflow list --filter 'subject = \"", name, "\"'"));
  ASSERT_EQ(list.workflows_size(), 1);
  const gateway::v1::Workflow& workflow = list.workflows(0);
  EXPECT_EQ(workflow.state(), gateway::v1::WORKFLOW_STATE_SUCCEEDED);
  EXPECT_THAT(Comity("workflow show " + workflow.name()),
              ::testing::ContainsRegex("create-opportunity +done +opportunities/"));
  // One that needs nobody is answered as it is.
  const auto resumed = ComityJson<gateway::v1::Workflow>(
      absl::StrCat("workflow resume ", workflow.name(), " --as ivo@it"));
  EXPECT_TRUE(MessageDifferencer::Equals(resumed, workflow)) << resumed.DebugString();
  EXPECT_THAT(TryComity(absl::StrCat("workflow resume ", workflow.name(), " --as ivo@it")).errors,
              ::testing::ContainsRegex("has ended .*; nothing was done"));
  EXPECT_THAT(TryComity(absl::StrCat("workflow stop ", workflow.name(), " --as ivo@it")).errors,
              HasSubstr("NOT_STOPPABLE"));
  EXPECT_THAT(Comity("history " + name),
              ::testing::ContainsRegex("converted +.*conversion.opportunity: opportunities/"));
  EXPECT_THAT(TryComity("workflow list --filter 'state = LOST'").errors, HasSubstr("STUCK"));
}

TEST(ClientWorkflow, ListsByPages) {
  for (int i = 0; i < 3; ++i) Comity(absl::StrCat("convert ", NewLead(), " --as ana@sales"));
  const std::string first = Comity("workflow list --page-size 1");
  const size_t token = first.find("--page-token ");
  ASSERT_NE(token, std::string::npos) << first;
  const std::string second = Comity(absl::StrCat(
      "workflow list --page-size 1 ", first.substr(token, first.find(" or ", token) - token)));
  EXPECT_THAT(second, HasSubstr("workflows/"));
  EXPECT_EQ(first.find(second.substr(second.find("workflows/"), 46)), std::string::npos);
  EXPECT_GE(ComityJson<gateway::v1::ListWorkflowsResponse>("workflow list --page-size 1 --all")
                .workflows_size(),
            3);
}

TEST(ClientMoveOwner, GivesWhatAPersonWorksOnToOthers) {
  const std::string name =
      ComityJson<lead::v1::Lead>("lead create --set family_name=Moved --set owner=persons/ana")
          .name();
  const std::string move = "move-owner ana --to sam --as sam@sales";
  EXPECT_THAT(Comity(move + " --validate-only"), ::testing::Not(HasSubstr("workflows/")));
  EXPECT_EQ(Comity(move + " --validate-only -o json"), "{}\n");
  const auto made = ComityJson<gateway::v1::MoveOwnerResponse>(move);
  EXPECT_GE(made.moved(), 1);
  EXPECT_EQ(ReadLead(name).owner(), "persons/sam");
  EXPECT_THAT(Comity("history " + name), HasSubstr("owner-changed"));
  EXPECT_THAT(Comity("move-owner sam --to ana --as sam@sales"), HasSubstr("moved "));
  EXPECT_EQ(ReadLead(name).owner(), "persons/ana");
  for (const auto& [arguments, reason] :
       {std::pair("ana --to sam", "ROLE_REQUIRED"),
        std::pair("ana --to sue --as sam@sales", "SUCCESSOR_INVALID"),
        std::pair("ana --to ana --as sam@sales", "SUCCESSOR_INVALID"),
        std::pair("nobody --to sam --as sam@sales", "UNKNOWN_PERSON")}) {
    const Outcome refused = TryComity(absl::StrCat("move-owner ", arguments));
    EXPECT_EQ(refused.code, 1) << arguments;
    EXPECT_THAT(refused.errors, HasSubstr(reason)) << arguments;
  }
}

// Signed, received as a customer; taken back.
TEST(ClientWorkflow, ASignatureIsFollowedToItsCase) {
  const auto converted = ComityJson<gateway::v1::ConvertLeadResponse>(
      absl::StrCat("convert ", NewLead(), " --amount '1200 EUR'"));
  const std::string recorded =
      Comity(absl::StrCat("fact record ", converted.opportunity(), " --kind signed"));
  const auto latest = [&] {
    const auto list = ComityJson<gateway::v1::ListWorkflowsResponse>(
        absl::StrCat("workflow list --filter 'subject = \"", converted.opportunity(),
                     "\" AND kind = onboard-customer'"));
    return list.workflows_size() == 0 ? gateway::v1::Workflow() : list.workflows(0);
  };
  ASSERT_TRUE(
      Eventually([&] { return latest().state() == gateway::v1::WORKFLOW_STATE_SUCCEEDED; }));
  EXPECT_THAT(Comity("customer " + converted.account()), HasSubstr("Onboarding: "));
  EXPECT_EQ(TryComity(absl::StrCat("workflow stop ", latest().name(), " --as ivo@it")).code, 1);
  const std::string fact = recorded.substr(recorded.find("opportunities/"));
  Comity(absl::StrCat("fact void ", fact.substr(0, fact.find('\n')), " --reason mistake"));
  ASSERT_TRUE(
      Eventually([&] { return latest().state() == gateway::v1::WORKFLOW_STATE_WITHDRAWN; }));
  EXPECT_THAT(Comity("workflow show " + latest().name()), HasSubstr("SIGNATURE_VOIDED"));
  EXPECT_THAT(Comity("customer " + converted.account()), ::testing::Not(HasSubstr("Onboarding: ")));
  const std::string onboarding = CaseOf(latest());
  EXPECT_EQ(Comity("case get " + onboarding + " --as sue@support").rfind("WITHDRAWN ", 0), 0u);
}

// Somebody has worked on the case by then: it stays, and says why there is nothing to do.
TEST(ClientWorkflow, ACaseThatStaysSaysThatItsSignatureIsVoid) {
  const auto converted = ComityJson<gateway::v1::ConvertLeadResponse>(
      absl::StrCat("convert ", NewLead(), " --amount '1200 EUR'"));
  const auto fact = ComityJson<fact::v1::Fact>(
      absl::StrCat("fact record ", converted.opportunity(), " --kind signed"));
  const auto latest = [&] {
    const auto list = ComityJson<gateway::v1::ListWorkflowsResponse>(
        absl::StrCat("workflow list --filter 'subject = \"", converted.opportunity(),
                     "\" AND kind = onboard-customer'"));
    return list.workflows_size() == 0 ? gateway::v1::Workflow() : list.workflows(0);
  };
  ASSERT_TRUE(
      Eventually([&] { return latest().state() == gateway::v1::WORKFLOW_STATE_SUCCEEDED; }));
  const std::string onboarding = CaseOf(latest());
  Comity(absl::StrCat("fact record ", onboarding, " --kind call --as sue@support"));
  Comity(absl::StrCat("fact void ", fact.name(), " --reason mistake"));
  ASSERT_TRUE(
      Eventually([&] { return latest().state() == gateway::v1::WORKFLOW_STATE_WITHDRAWN; }));
  EXPECT_THAT(Comity("workflow show " + latest().name()), HasSubstr("stays: in use"));
  EXPECT_THAT(Comity("facts " + onboarding + " --as sue@support"),
              ::testing::ContainsRegex("note .*service/gateway .*signature-voided"));
  EXPECT_THAT(Comity("history " + onboarding + " --as sue@support"),
              ::testing::ContainsRegex("service/gateway +fact-recorded +note signature-voided"));
}

}  // namespace
}  // namespace comity::integration
