// Defects that are planted into the suite ($COMITY_PLANT), each of which the checker must find: a
// checker that finds nothing in them proves nothing elsewhere. One process a defect.
#include <signal.h>

#include <cstdlib>
#include <thread>

#include "absl/strings/str_cat.h"
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

using ::testing::IsEmpty;
using ::testing::Not;

class Planted : public ::testing::Test {
 protected:
  static void Plant(const char* defect) {
    setenv("COMITY_PLANT", defect, 1);  // before the suite starts
    UseFailpoints();
    Suite::Get();
  }
};

// The gateway dies between a step's answer and its record, and asks again: the service has
// forgotten.
TEST_F(Planted, NoStoredReply) {
  Plant("no-stored-reply");
  const lead::v1::Lead lead = MakeLead("firm");
  SetFailpoint("gateway", "create-contact/after-call", "kill");
  std::string name;
  std::thread caller([&] { name = Convert(lead); });
  AwaitKilled("gateway");
  caller.join();
  ASSERT_TRUE(AwaitAllEnded(absl::Seconds(60)));
  EXPECT_THAT(WorkflowProblems(), Not(IsEmpty()));
}

// A service answers before it has committed, and then it does not commit.
TEST_F(Planted, AnswerBeforeCommit) {
  Plant("answer-before-commit:comity.account.v1.ContactService/CreateContact");
  Convert(MakeLead("firm"));
  ASSERT_TRUE(AwaitAllEnded(absl::Seconds(60)));
  EXPECT_THAT(WorkflowProblems(), Not(IsEmpty()));
}

// Who stood still for longer than his lease writes over what another has done since: that his call
// could not be made. (What is journaled has a version, which would stop him all the same.)
TEST_F(Planted, NoEpochCheck) {
  Plant("no-epoch-check");
  const lead::v1::Lead lead = MakeLead("firm");
  SetFailpoint("gateway", "create-contact/before-call", "stop");
  Convert(lead);
  ASSERT_TRUE(Eventually([] { return WasHit("gateway"); }));
  {
    const GatewayReplica replica;
    ASSERT_TRUE(AwaitAllEnded(absl::Seconds(60)));
  }
  Suite::Get().Kill("account");
  Suite::Get().Signal("gateway", SIGCONT);
  EXPECT_TRUE(Eventually([] {
    return Sql("SELECT COUNT(*) FROM comity_gateway.workflows WHERE state = 4") == "0";
  })) << "it says that it has not ended";
  Suite::Get().StartMissing();
  EXPECT_FALSE(AwaitAllEnded(absl::Seconds(15)));
  EXPECT_THAT(WorkflowProblems(), Not(IsEmpty()));
}

}  // namespace
}  // namespace comity::integration
