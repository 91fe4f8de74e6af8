// What draws an opportunity's credit is killed at every point of every step, and so is what takes
// it back: one statement stands for what is signed, none for what is not.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/faults/matrix.h"
#include "tests/faults/workflow_check.h"
#include "tests/faults/workflow_world.h"
#include "tests/integration/journal_check.h"
#include "tests/integration/journals.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using ::testing::IsEmpty;

struct DrawingStep {
  const char* name;
  const char* service;
  const char* method;
};
constexpr DrawingStep kDrawing[] = {
    {"read-touches", "lead", "comity.lead.v1.OpportunityService/GetTouches"},
    {"draw-statement", "gateway", "comity.gateway.v1.CreditService/DrawStatement"}};
constexpr char kReverse[] = "comity.gateway.v1.CreditService/ReverseStatement";

class CreditKill : public ::testing::Test {
 protected:
  void SetUp() override {
    UseFailpoints();
    Suite::Get();
  }
  void TearDown() override {
    EXPECT_THAT(Suite::Get().Mishaps(), IsEmpty());
    ASSERT_TRUE(AwaitAllEnded(absl::Seconds(60)));
    EXPECT_THAT(WorkflowProblems(), IsEmpty());
    Journals journals;
    ReadOn(&journals);
    for (const auto& [service, journal] : journals) ExpectSound(service, journal);
  }

  static SignedOpportunity SignOne() {
    static int number = 0;
    return Sign(absl::StrCat("credited", ++number));
  }
  static std::string DrawingOf(const SignedOpportunity& made) {
    return WorkflowOf(made.opportunity, "draw-credit");
  }
  static void ExpectDrawn(const SignedOpportunity& made) {
    const auto operation = AwaitEnd(DrawingOf(made));
    EXPECT_TRUE(operation.has_response()) << operation.ShortDebugString();
  }
};

TEST_F(CreditKill, TheGatewayAtEveryPointOfADrawing) {
  for (const DrawingStep& step : kDrawing) {
    for (const char* point : kPoints) {
      SCOPED_TRACE(absl::StrCat(step.name, "/", point));
      SetFailpoint("gateway", absl::StrCat(step.name, "/", point), "kill");
      const SignedOpportunity made = SignOne();
      AwaitKilled("gateway");
      ExpectDrawn(made);
    }
  }
}

TEST_F(CreditKill, TheTargetOfEveryStepOfADrawing) {
  for (const DrawingStep& step : kDrawing) {
    for (const char* action : {"kill", "lose", "cut"}) {
      SCOPED_TRACE(absl::StrCat(step.method, ", ", action));
      SetFailpoint(step.service, absl::StrCat(step.method, "/before-answer"), action);
      const SignedOpportunity made = SignOne();
      if (absl::string_view(action) == "kill") AwaitKilled(step.service);
      ExpectDrawn(made);
      EXPECT_TRUE(WasHit(step.service));
    }
    SetFailpoint("gateway", absl::StrCat(step.method, "/send"), "twice");
    ExpectDrawn(SignOne());
    EXPECT_TRUE(WasHit("gateway"));
  }
}

TEST_F(CreditKill, AReversalAtEveryPoint) {
  std::vector<std::string> points = {absl::StrCat(kReverse, "/before-answer")};
  if (kWhole) points.insert(points.end(), {"draw-statement/after-undo", "read-touches/after-undo"});
  for (const std::string& point : points) {
    SCOPED_TRACE(point);
    const SignedOpportunity made = SignOne();
    ExpectDrawn(made);
    SetFailpoint("gateway", point, "kill");
    VoidSignature(made);
    AwaitKilled("gateway");
    EXPECT_TRUE(Eventually([&] {
      return GetWorkflow(DrawingOf(made)).state() == gateway::v1::WORKFLOW_STATE_WITHDRAWN;
    }));
  }
}

}  // namespace
}  // namespace comity::integration
