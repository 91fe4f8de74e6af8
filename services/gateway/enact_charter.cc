#include "services/gateway/enact_charter.h"

#include "absl/strings/str_cat.h"
#include "comity/charter/v1/revision_service.pb.h"
#include "comity/gateway/v1/charter_service.pb.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

const v1::EnactCharterInput& Input(const StepContext& context) {
  return static_cast<const v1::EnactCharterInput&>(context.input);
}

Step PrepareIn(const std::string& service) {
  Step step;
  step.name = absl::StrCat("prepare-", service);
  step.call = [service](const StepContext& context) {
    charter::v1::PrepareRevisionRequest request;
    *request.mutable_signed_revision() = Input(context).signed_revision();
    return MakeCall(service, "comity.charter.v1.RevisionService/PrepareRevision", request);
  };
  step.take = [service](const Message&, Message* data) {
    static_cast<v1::EnactCharterData*>(data)->add_prepared(service);
  };
  return step;
}

Step Enact() {
  Step step;
  step.name = "enact";
  step.call = [](const StepContext& context) {
    v1::EnactProposalRequest request;
    request.set_name(Input(context).proposal());
    return MakeCall("gateway", "comity.gateway.v1.CharterService/EnactProposal", request);
  };
  step.take = [](const Message& reply, Message* data) {
    *static_cast<v1::EnactCharterData*>(data)->mutable_proposal() =
        static_cast<const v1::CharterProposal&>(reply);
  };
  return step;
}

}  // namespace

Definition EnactCharterWorkflow() {
  Definition definition;
  definition.kind = kEnactCharter;
  definition.make_data = []() -> std::unique_ptr<Message> {
    return std::make_unique<v1::EnactCharterData>();
  };
  definition.steps = {PrepareIn("lead"), PrepareIn("account"), PrepareIn("support"),
                      PrepareIn("reporting"), Enact()};
  definition.is_unattended = true;
  definition.result = [](const StepContext& context) -> std::unique_ptr<Message> {
    return std::make_unique<v1::CharterProposal>(
        static_cast<const v1::EnactCharterData&>(context.data).proposal());
  };
  return definition;
}

}  // namespace comity::gateway
