#include "services/gateway/handover/responsibility_reader.h"

#include "services/gateway/handover/handover_rules.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {

absl::StatusOr<workflow::v1::Responsibility> ReadResponsibility(StepCaller* caller,
                                                                const std::string& subject,
                                                                absl::Time deadline,
                                                                const DeedsOf& deeds) {
  workflow::v1::GetResponsibilityRequest request;
  request.set_name(subject);
  request.set_acting(deeds.department);
  request.set_after_version(deeds.after_version);
  COMITY_ASSIGN_OR_RETURN(
      const auto reply,
      caller->Call(
          MakeCall(ServiceOfSubject(subject),
                   "comity.workflow.v1.ParticipantService/GetResponsibility", request, deadline),
          /*actor=*/{}));
  return static_cast<const workflow::v1::Responsibility&>(*reply);
}

}  // namespace comity::gateway
