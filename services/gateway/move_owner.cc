#include "services/gateway/move_owner.h"

#include <string>
#include <utility>

#include "comity/gateway/v1/move_owner_service.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

// So few that their transaction ends long before the call's deadline, which is below the lease.
constexpr int kBatch = 10;
// Of a service. Two moves that each give to whom the other takes from would never end.
constexpr int kMostPasses = 5;

const v1::MoveOwnerRequest& MoveInput(const StepContext& context) {
  return static_cast<const v1::MoveOwnerRequest&>(context.input);
}

// A batch of one service; the step is called again until it says that there is no more.
Step MoveIn(std::string name, const std::string& service) {
  Step step;
  step.name = std::move(name);
  step.call = [service](const StepContext& context) {
    const auto& data = static_cast<const v1::MoveOwnerData&>(context.data);
    workflow::v1::MoveOwnedRequest request;
    request.set_person(MoveInput(context).person());
    request.set_department(context.actor.department());
    *request.mutable_successors() = MoveInput(context).successors();
    request.set_moved(data.made().moved());
    request.set_after(data.after());
    request.set_limit(kBatch);
    request.set_workflow(context.workflow);
    return MakeCall(service, "comity.workflow.v1.ParticipantService/MoveOwned", request);
  };
  step.take = [](const Message& reply, Message* data) {
    const auto& batch = static_cast<const workflow::v1::MoveOwnedResponse&>(reply);
    auto& known = *static_cast<v1::MoveOwnerData*>(data);
    known.set_after(batch.next());
    known.set_moved_in_pass(known.moved_in_pass() + batch.moved());
    v1::MoveOwnerResponse& made = *known.mutable_made();
    made.set_moved(made.moved() + batch.moved());
    known.set_kept_in_pass(known.kept_in_pass() + batch.kept());
    // Others may have got something while the pass went by: it is over when one moves nothing.
    known.set_goes_on(!batch.next().empty());
    if (known.goes_on()) return;
    known.set_passes(known.passes() + 1);
    known.set_goes_on(known.moved_in_pass() > 0 && known.passes() < kMostPasses);
    if (!known.goes_on()) {
      made.set_kept(made.kept() + known.kept_in_pass());
      known.clear_passes();
    }
    known.clear_moved_in_pass();
    known.clear_kept_in_pass();
  };
  step.more = [](const Message& data) {
    return static_cast<const v1::MoveOwnerData&>(data).goes_on();
  };
  return step;
}

}  // namespace

Definition MoveOwnerWorkflow() {
  Definition definition;
  definition.kind = "move-owner";
  definition.make_data = []() -> std::unique_ptr<Message> {
    return std::make_unique<v1::MoveOwnerData>();
  };
  definition.steps = {MoveIn("move-leads-and-opportunities", "lead"),
                      MoveIn("move-accounts", "account"), MoveIn("move-cases", "support")};
  definition.goes_by_batches = true;
  definition.done = [](const Message& data) {
    return static_cast<const v1::MoveOwnerData&>(data).made().moved();
  };
  definition.result = [](const StepContext& context) -> std::unique_ptr<Message> {
    return std::make_unique<v1::MoveOwnerResponse>(
        static_cast<const v1::MoveOwnerData&>(context.data).made());
  };
  return definition;
}

}  // namespace comity::gateway
