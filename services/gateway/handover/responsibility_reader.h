// Asks the services that own records who is responsible for them, and what was promised.
#ifndef COMITY_GATEWAY_HANDOVER_RESPONSIBILITY_READER_H_
#define COMITY_GATEWAY_HANDOVER_RESPONSIBILITY_READER_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/lead/v1/promise.pb.h"
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

  // What was promised on an opportunity, or on those of an account, as whoever calls may read it;
  // nothing where his department may not read opportunities, and of other records. Errors:
  // UNAVAILABLE and the like.
  absl::StatusOr<lead::v1::PromiseSet> ReadPromises(const Call& call, const std::string& subject);

 private:
  struct Away {
    absl::Time until;
    absl::Status why;
  };

  // `actor`: on whose behalf; nobody's, where it is empty.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Ask(const Call& call, StepCall ask,
                                                                 const type::v1::Actor& actor);

  StepCaller* const caller_;
  const absl::Duration pause_;
  std::map<std::string, Away> away_;  // by service
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_RESPONSIBILITY_READER_H_
