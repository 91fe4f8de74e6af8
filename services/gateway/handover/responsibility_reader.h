// Asks the service that owns a record who is responsible for it.
#ifndef COMITY_GATEWAY_HANDOVER_RESPONSIBILITY_READER_H_
#define COMITY_GATEWAY_HANDOVER_RESPONSIBILITY_READER_H_

#include <string>

#include "absl/status/statusor.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/gateway/workflow/step_caller.h"

namespace comity::gateway {

// What a department has done about it since a version of the record; by default nobody is asked.
struct DeedsOf {
  std::string department;
  int64_t after_version = 0;
};
// By `deadline` at the latest. Errors: those of ParticipantService.GetResponsibility.
absl::StatusOr<workflow::v1::Responsibility> ReadResponsibility(StepCaller* caller,
                                                                const std::string& subject,
                                                                absl::Time deadline,
                                                                const DeedsOf& deeds = {});

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_RESPONSIBILITY_READER_H_
