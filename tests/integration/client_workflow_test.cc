// comity convert and comity workflow against a real suite.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/gateway/v1/workflow_service.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/integration/command.h"
#include "tests/integration/records.h"

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
  EXPECT_THAT(TryComity("workflow list --filter 'state = LOST'").errors, HasSubstr("STUCK"));
}

}  // namespace
}  // namespace comity::integration
