// The kill matrix of a revision's way into all services: wherever a process dies, it comes into
// force, everywhere, from one moment on, once.
#include <signal.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/faults/matrix.h"
#include "tests/faults/workflow_check.h"
#include "tests/faults/workflow_world.h"
#include "tests/integration/database.h"
#include "tests/integration/proposals.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::CharterProposal;
using ::testing::IsEmpty;

constexpr char kPrepare[] = "comity.charter.v1.RevisionService/PrepareRevision";
// A step, and the method by which it is done.
struct Step {
  const char* name;
  const char* service;
  const char* method;
};
constexpr Step kEnact[] = {{"prepare-lead", "lead", kPrepare},
                           {"prepare-account", "account", kPrepare},
                           {"prepare-support", "support", kPrepare},
                           {"prepare-reporting", "reporting", kPrepare},
                           {"enact", "gateway", "comity.gateway.v1.CharterService/EnactProposal"}};

class EnactKill : public ::testing::Test {
 protected:
  void SetUp() override {
    UseFailpoints();
    Suite::Get();
  }
  void TearDown() override {
    EXPECT_THAT(Suite::Get().Mishaps(), IsEmpty());
    ASSERT_TRUE(AwaitAllEnded(absl::Seconds(60)));
    EXPECT_THAT(WorkflowProblems(), IsEmpty());
    EXPECT_TRUE(Eventually([] { return AllHoldTheSame(); }));
  }
  // What was signed, and from when on it is in force.
  static bool AllHoldTheSame() {
    std::set<std::string> held;
    for (const std::string& service : Suite::Get().services()) {
      held.insert(Sql(absl::StrCat("SELECT r.revision, HEX(r.signed), HEX(e.effect) FROM comity_",
                                   service, ".charter_revisions r LEFT JOIN comity_", service,
                                   ".charter_effects e ON e.revision = r.revision ORDER BY 1")));
    }
    return held.size() == 1 && !held.begin()->empty();
  }

  // A proposal that lacks the last signature.
  static CharterProposal AlmostSigned() {
    CharterProposal proposal =
        Propose("sam@sales", CharterWithCriteria(absl::StrCat("Asked at ", NewRequestId())));
    for (int i = 0; i + 1 < proposal.affected_size(); ++i) {
      EXPECT_TRUE(Sign(StewardOf(proposal.affected(i)), proposal).ok());
    }
    return proposal;
  }
  // Sends the last signature, as the same request until it is answered.
  static void SignLast(const CharterProposal& proposal) {
    const std::string as = StewardOf(*proposal.affected().rbegin());
    gateway::v1::SignProposalRequest request;
    request.set_name(proposal.name());
    *request.mutable_signature() = SignatureOf(as, proposal.body());
    request.set_request_id(NewRequestId());
    absl::Status status;
    EXPECT_TRUE(Eventually([&] {
      status = Suite::Get()
                   .Call(&gateway::v1::CharterService::Stub::SignProposal, "gateway", as, request)
                   .status();
      return status.ok();
    })) << status;
  }
  static void ExpectInForce(const CharterProposal& proposal) {
    const CharterProposal enacted =
        AwaitState(proposal.name(), gateway::v1::CHARTER_PROPOSAL_STATE_ENACTED);
    EXPECT_TRUE(enacted.has_effective_time());
    AwaitRevision(proposal.base_revision() + 1);
    EXPECT_EQ(WorkflowsOf(proposal.name()).size(), 1u);
  }
};

TEST_F(EnactKill, TheGatewayAtEveryPoint) {
  for (const Step& step : kEnact) {
    for (const char* point : kPoints) {
      SCOPED_TRACE(absl::StrCat(step.name, "/", point));
      const CharterProposal proposal = AlmostSigned();
      SetFailpoint("gateway", absl::StrCat(step.name, "/", point), "kill");
      std::thread signer([&] { SignLast(proposal); });
      AwaitKilled("gateway");
      signer.join();
      ExpectInForce(proposal);
    }
  }
}

// Killed between its commit and its answer; the answer lost; the same sent twice.
TEST_F(EnactKill, TheTargetOfEveryStep) {
  for (const Step& step : kEnact) {
    SCOPED_TRACE(step.name);
    const std::string answer = absl::StrCat(step.method, "/before-answer");
    const CharterProposal killed = AlmostSigned();
    SetFailpoint(step.service, answer, "kill");
    std::thread signer([&] { SignLast(killed); });
    AwaitKilled(step.service);
    signer.join();
    ExpectInForce(killed);
    for (const char* action : {"lose", "cut"}) {
      if (!kWhole && absl::string_view(step.name) != "enact") continue;
      const CharterProposal lost = AlmostSigned();
      SetFailpoint(step.service, answer, action);
      SignLast(lost);
      ExpectInForce(lost);
      EXPECT_TRUE(WasHit(step.service)) << action;
    }
    if (!kWhole && absl::string_view(step.name) != "prepare-lead") continue;
    const CharterProposal twice = AlmostSigned();
    SetFailpoint("gateway", absl::StrCat(step.method, "/send"), "twice");
    SignLast(twice);
    ExpectInForce(twice);
    EXPECT_TRUE(WasHit("gateway"));
  }
}

TEST_F(EnactKill, TheDatabaseAtEveryStep) {
  for (const Step& step : kEnact) {
    if (!kWhole && absl::string_view(step.name) != "enact") continue;
    SCOPED_TRACE(step.name);
    const CharterProposal proposal = AlmostSigned();
    SetFailpoint("gateway", absl::StrCat(step.name, "/after-call"), "stop");
    std::thread signer([&] { SignLast(proposal); });
    EXPECT_TRUE(Eventually([] { return WasHit("gateway"); }));
    Suite::Get().Kill("mariadb");
    Suite::Get().Signal("gateway", SIGCONT);
    Suite::Get().StartMissing();
    EXPECT_TRUE(Eventually([] { return Suite::Get().AllServing(); }));
    signer.join();
    ExpectInForce(proposal);
  }
}

}  // namespace
}  // namespace comity::integration
