// An acceptance is killed at every point of every step, and its record's service while it answers:
// it ends, and the record has passed on once.
#include <algorithm>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/handover_service.grpc.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/faults/workflow_check.h"
#include "tests/faults/workflow_world.h"
#include "tests/integration/journal_check.h"
#include "tests/integration/journals.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::Handover;
using google::longrunning::Operation;
using HandoverStub = gateway::v1::HandoverService::Stub;
using ::testing::IsEmpty;

constexpr const char* kSteps[] = {"claim-handover", "transfer-responsibility", "complete-handover"};
constexpr const char* kPoints[] = {"before-call", "after-call", "after-record"};
constexpr char kTransfer[] = "comity.workflow.v1.ParticipantService/TransferResponsibility";
constexpr char kRestore[] = "comity.workflow.v1.ParticipantService/RestoreResponsibility";

// The same request until it is answered, so that it is one.
template <typename Method, typename Request>
auto Insist(Method method, const std::string& as, const Request& request) {
  auto answer = Suite::Get().Call(method, "gateway", as, request);
  EXPECT_TRUE(Eventually([&] {
    if (!answer.ok()) answer = Suite::Get().Call(method, "gateway", as, request);
    return answer.ok();
  })) << answer.status();
  return *answer;
}

// A lead of marketing, offered to sales.
Handover Offer() {
  gateway::v1::OfferHandoverRequest request;
  request.set_agreement("agreements/qualified-lead");
  request.set_subject(CreateLead("mia@marketing")->name());
  for (const char* item :
       {"What do they need, in their own words?", "Who decides, and how do we reach them?",
        "What was agreed as the next step?"}) {
    auto* answer = request.add_checklist();
    answer->set_item(item);
    answer->set_answer("as agreed");
  }
  request.set_request_id(NewRequestId());
  return Insist(&HandoverStub::OfferHandover, "mia@marketing", request);
}

std::string Accept(const Handover& handover) {
  gateway::v1::AcceptHandoverRequest request;
  request.set_name(handover.name());
  request.set_request_id(NewRequestId());
  return Insist(&HandoverStub::AcceptHandover, "ana@sales", request).name();
}

Handover Get(const std::string& name) {
  gateway::v1::GetHandoverRequest request;
  request.set_name(name);
  return Insist(&HandoverStub::GetHandover, "ana@sales", request);
}

class HandoverKill : public ::testing::Test {
 protected:
  void SetUp() override {
    UseFailpoints();
    Suite::Get();
  }
  void TearDown() override {
    EXPECT_THAT(Suite::Get().Mishaps(), IsEmpty());
    EXPECT_TRUE(AwaitAllEnded(absl::Seconds(60)));
    EXPECT_THAT(WorkflowProblems(), IsEmpty());
    Journals journals;
    ReadOn(&journals);
    for (const auto& [service, journal] : journals) ExpectSound(service, journal);
  }

  // It has passed on, once, and every side says so.
  static void ExpectAccepted(const Handover& offered, const std::string& workflow) {
    const Operation operation = AwaitEnd(workflow);
    EXPECT_TRUE(operation.has_response()) << operation.ShortDebugString();
    EXPECT_EQ(Get(offered.name()).state(), gateway::v1::HANDOVER_STATE_ACCEPTED);
    const lead::v1::Lead lead = GetLead(offered.subject());
    EXPECT_EQ(lead.responsible_department(), "departments/sales");
    EXPECT_EQ(lead.owner(), "persons/ana");
    EXPECT_EQ(CountEntries("lead", offered.subject(), "responsibility-changed"), 1);
    EXPECT_EQ(CountEntries("gateway", offered.name(), "accepted"), 1);
  }
  static int64_t CountEntries(const std::string& service, const std::string& subject,
                              const std::string& type) {
    Journal journal;
    // What is committed has its place within a moment.
    EXPECT_TRUE(Eventually([&] {
      ReadOn(service, &journal);
      return std::any_of(journal.begin(), journal.end(), [&](const auto& positioned) {
        return positioned.entry().subject() == subject && positioned.entry().type() == type;
      });
    })) << type;
    return std::count_if(journal.begin(), journal.end(), [&](const auto& positioned) {
      return positioned.entry().subject() == subject && positioned.entry().type() == type;
    });
  }
};

TEST_F(HandoverKill, TheGatewayAtEveryPointOfAnAcceptance) {
  for (const char* step : kSteps) {
    for (const char* point : kPoints) {
      SCOPED_TRACE(absl::StrCat(step, "/", point));
      const Handover offered = Offer();
      SetFailpoint("gateway", absl::StrCat(step, "/", point), "kill");
      std::string workflow;
      std::thread caller([&] { workflow = Accept(offered); });
      AwaitKilled("gateway");
      caller.join();
      ExpectAccepted(offered, workflow);
    }
  }
}

TEST_F(HandoverKill, TheServiceOfTheRecordWhileItAnswers) {
  for (const char* action : {"kill", "lose", "cut"}) {
    SCOPED_TRACE(action);
    const Handover offered = Offer();
    SetFailpoint("lead", absl::StrCat(kTransfer, "/before-answer"), action);
    const std::string workflow = Accept(offered);
    if (absl::string_view(action) == "kill") AwaitKilled("lead");
    ExpectAccepted(offered, workflow);
    EXPECT_TRUE(WasHit("lead"));
  }
  const Handover twice = Offer();
  SetFailpoint("gateway", absl::StrCat(kTransfer, "/send"), "twice");
  ExpectAccepted(twice, Accept(twice));
  EXPECT_TRUE(WasHit("gateway"));
}

TEST_F(HandoverKill, WhatTheServiceRefusesIsOfferedAgain) {
  const Handover offered = Offer();
  SetFailpoint("gateway", absl::StrCat(kTransfer, "/send"), "refuse");
  const Operation operation = AwaitEnd(Accept(offered));
  EXPECT_EQ(Reason(FromRpcStatus(operation.error())), "ROLE_REQUIRED");
  EXPECT_EQ(Get(offered.name()).state(), gateway::v1::HANDOVER_STATE_OFFERED);
  EXPECT_EQ(GetLead(offered.subject()).responsible_department(), "departments/marketing");
  ExpectAccepted(offered, Accept(offered));
}

// The row has changed, and then the handover cannot be marked: it is given back.
TEST_F(HandoverKill, WhatCannotBeCompletedIsGivenBackThoughItIsKilledMeanwhile) {
  for (const char* action : {"", "kill", "lose"}) {
    SCOPED_TRACE(action);
    const bool is_held_up = absl::string_view(action) != "";
    const Handover offered = Offer();
    // Set before anything begins: it is met, or the test fails.
    if (is_held_up) SetFailpoint("lead", absl::StrCat(kRestore, "/before-answer"), action);
    SetFailpoint("gateway", "comity.gateway.v1.HandoverService/CompleteAcceptance/send", "refuse");
    const std::string workflow = Accept(offered);
    if (absl::string_view(action) == "kill") AwaitKilled("lead");
    EXPECT_EQ(Reason(FromRpcStatus(AwaitEnd(workflow).error())), "ROLE_REQUIRED");
    EXPECT_EQ(Get(offered.name()).state(), gateway::v1::HANDOVER_STATE_OFFERED);
    EXPECT_EQ(GetLead(offered.subject()).responsible_department(), "departments/marketing");
    EXPECT_EQ(CountEntries("lead", offered.subject(), "responsibility-changed"), 1);
    EXPECT_EQ(CountEntries("lead", offered.subject(), "responsibility-restored"), 1);
    EXPECT_TRUE(WasHit("gateway"));
    if (is_held_up) EXPECT_TRUE(WasHit("lead"));
  }
}

}  // namespace
}  // namespace comity::integration
