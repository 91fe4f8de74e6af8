// Asks the services that own records who is responsible for them.
#ifndef COMITY_GATEWAY_HANDOVER_RESPONSIBILITY_READER_H_
#define COMITY_GATEWAY_HANDOVER_RESPONSIBILITY_READER_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/gateway/workflow/step_caller.h"
#include "services/runtime/server/call.h"

namespace comity::gateway {

// What a department has done about it since a version of the record; by default nobody is asked.
struct DeedsOf {
  std::string department;
  int64_t after_version = 0;
};

// For one thread, and many records: a service that has not answered is not asked for the next
// record as well.
class ResponsibilityReader {
 public:
  // `pause`: for how long such a service is left alone.
  ResponsibilityReader(StepCaller* caller, absl::Duration pause) : caller_(caller), pause_(pause) {}
  // Leaves a part of the call's time for what is done with the answer. Errors: those of
  // ParticipantService.GetResponsibility.
  absl::StatusOr<workflow::v1::Responsibility> Read(const Call& call, const std::string& subject,
                                                    const DeedsOf& deeds = {});

 private:
  struct Away {
    absl::Time until;
    absl::Status why;
  };

  StepCaller* const caller_;
  const absl::Duration pause_;
  std::map<std::string, Away> away_;  // by service
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_RESPONSIBILITY_READER_H_
