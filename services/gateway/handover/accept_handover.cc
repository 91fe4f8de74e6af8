#include "services/gateway/handover/accept_handover.h"

#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/gateway/handover/handover_rules.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

const v1::AcceptHandoverRequest& Input(const StepContext& context) {
  return static_cast<const v1::AcceptHandoverRequest&>(context.input);
}
const v1::AcceptHandoverData& Data(const StepContext& context) {
  return static_cast<const v1::AcceptHandoverData&>(context.data);
}

// Everybody sees how a workflow goes: what an offer says in words is for its two sides.
void TakeHandover(const Message& reply, Message* data) {
  v1::Handover& handover = *static_cast<v1::AcceptHandoverData*>(data)->mutable_handover();
  handover = static_cast<const v1::Handover&>(reply);
  handover.clear_checklist();
  handover.clear_note();
}

StepCall Claim(const StepContext& context) {
  v1::BeginAcceptanceRequest request;
  request.set_name(Input(context).name());
  request.set_owner(Input(context).owner());
  request.set_workflow(context.workflow);
  *request.mutable_accept_time() = context.create_time;
  return MakeCall("gateway", "comity.gateway.v1.HandoverService/BeginAcceptance", request);
}

StepCall Release(const StepContext& context) {
  v1::ReleaseAcceptanceRequest request;
  request.set_name(Input(context).name());
  request.set_workflow(context.workflow);
  return MakeCall("gateway", "comity.gateway.v1.HandoverService/ReleaseAcceptance", request);
}

workflow::v1::ResponsibilityChange ChangeOf(const v1::Handover& handover) {
  workflow::v1::ResponsibilityChange change;
  change.set_handover(handover.name());
  change.set_agreement(handover.agreement());
  change.set_from(handover.from());
  change.set_to(handover.to());
  change.set_owner(handover.owner());
  return change;
}

StepCall Transfer(const StepContext& context) {
  const v1::Handover& handover = Data(context).handover();
  workflow::v1::TransferResponsibilityRequest request;
  request.set_name(handover.subject());
  *request.mutable_change() = ChangeOf(handover);
  request.set_charter_revision(handover.charter_revision());
  return MakeCall(ServiceOfSubject(handover.subject()),
                  "comity.workflow.v1.ParticipantService/TransferResponsibility", request);
}

void TakeTransfer(const Message& reply, Message* data) {
  const auto& said = static_cast<const workflow::v1::Responsibility&>(reply);
  auto& known = *static_cast<v1::AcceptHandoverData*>(data);
  known.set_former_owner(said.former_owner());
  known.set_subject_version(said.version());
}

StepCall Restore(const StepContext& context) {
  const v1::AcceptHandoverData& known = Data(context);
  workflow::v1::RestoreResponsibilityRequest request;
  request.set_name(known.handover().subject());
  *request.mutable_change() = ChangeOf(known.handover());
  request.set_version(known.subject_version());
  request.set_former_owner(known.former_owner());
  return MakeCall(ServiceOfSubject(known.handover().subject()),
                  "comity.workflow.v1.ParticipantService/RestoreResponsibility", request);
}

StepCall Complete(const StepContext& context) {
  v1::CompleteAcceptanceRequest request;
  request.set_name(Input(context).name());
  request.set_workflow(context.workflow);
  request.set_subject_version(Data(context).subject_version());
  return MakeCall("gateway", "comity.gateway.v1.HandoverService/CompleteAcceptance", request);
}

}  // namespace

Definition AcceptHandoverWorkflow() {
  Definition definition;
  definition.kind = kAcceptHandover;
  definition.make_data = []() -> std::unique_ptr<Message> {
    return std::make_unique<v1::AcceptHandoverData>();
  };
  definition.steps = {
      {.name = "claim-handover", .call = Claim, .take = TakeHandover, .undo = Release},
      {.name = "transfer-responsibility", .call = Transfer, .take = TakeTransfer, .undo = Restore},
      {.name = "complete-handover", .call = Complete, .take = TakeHandover}};
  definition.result = [](const StepContext& context) -> std::unique_ptr<Message> {
    return std::make_unique<v1::Handover>(Data(context).handover());
  };
  return definition;
}

}  // namespace comity::gateway
