// A lead of marketing is offered to sales, and accepted.
#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/handover_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "tests/faults/insist.h"
#include "tests/faults/trial.h"
#include "tests/faults/workflow_world.h"

namespace comity::integration {
namespace {

using gateway::v1::Handover;
using HandoverStub = gateway::v1::HandoverService::Stub;

Handover Offer(const std::string& lead) {
  gateway::v1::OfferHandoverRequest request;
  request.set_agreement("agreements/qualified-lead");
  request.set_subject(lead);
  for (const char* item :
       {"What do they need, in their own words?", "Who decides, and how do we reach them?",
        "What was agreed as the next step?"}) {
    auto* answer = request.add_checklist();
    answer->set_item(item);
    answer->set_answer("as agreed");
  }
  request.set_request_id(NewRequestId());
  return Insist(&HandoverStub::OfferHandover, "gateway", request, "mia@marketing");
}

gateway::v1::HandoverState StateOf(const Handover& handover) {
  gateway::v1::GetHandoverRequest request;
  request.set_name(handover.name());
  return Insist(&HandoverStub::GetHandover, "gateway", request).state();
}

int CountEntries(const Journal& journal, const std::string& subject, const std::string& type) {
  int count = 0;
  for (const auto& positioned : journal) {
    const auto& entry = positioned.entry();
    if (entry.subject() == subject && entry.type() == type) ++count;
  }
  return count;
}

class AcceptanceTrial final : public Trial {
 public:
  void Prepare() override { offered_ = Offer(MakeLead(NewFirm(), "mia@marketing").name()); }
  void Start() override {
    gateway::v1::AcceptHandoverRequest request;
    request.set_name(offered_.name());
    request.set_request_id(NewRequestId());
    workflow_ = Insist(&HandoverStub::AcceptHandover, "gateway", request).name();
  }
  std::string Workflow() override { return workflow_; }
  void ExpectDone() override {
    const auto operation = AwaitEnd(workflow_);
    EXPECT_TRUE(operation.has_response()) << operation.ShortDebugString();
    EXPECT_EQ(StateOf(offered_), gateway::v1::HANDOVER_STATE_ACCEPTED);
    const lead::v1::Lead lead = GetLead(offered_.subject());
    EXPECT_EQ(lead.responsible_department(), "departments/sales");
    EXPECT_EQ(lead.owner(), "persons/ana");
    ExpectPassedOn(1);
  }
  void ExpectUndone() override {
    EXPECT_EQ(ReasonOf(AwaitEnd(workflow_)), "ROLE_REQUIRED");
    EXPECT_EQ(StateOf(offered_), gateway::v1::HANDOVER_STATE_OFFERED);
    EXPECT_EQ(GetLead(offered_.subject()).responsible_department(), "departments/marketing");
    ExpectPassedOn(0);
  }

 private:
  // So often the journals say it did, but for what was given back.
  void ExpectPassedOn(int times) {
    Journal lead;
    Journal gateway;
    // What is committed has its place within a moment.
    EXPECT_TRUE(Eventually([&] {
      ReadOn("lead", &lead);
      ReadOn("gateway", &gateway);
      return CountEntries(lead, offered_.subject(), "responsibility-changed") -
                     CountEntries(lead, offered_.subject(), "responsibility-restored") ==
                 times &&
             CountEntries(gateway, offered_.name(), "accepted") == times;
    })) << offered_.name()
        << " has not passed on " << times << " times";
  }

  Handover offered_;
  std::string workflow_;
};

}  // namespace

std::unique_ptr<Trial> TryAcceptance() { return std::make_unique<AcceptanceTrial>(); }

}  // namespace comity::integration
