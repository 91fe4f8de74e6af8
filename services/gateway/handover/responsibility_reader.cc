#include "services/gateway/handover/responsibility_reader.h"

#include <algorithm>

#include "services/gateway/handover/handover_rules.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr int kPartForTheRest = 4;  // of the call's time

absl::Time DeadlineOf(const Call& call) {
  return call.deadline -
         std::max((call.deadline - call.now) / kPartForTheRest, absl::ZeroDuration());
}

// Then it would not answer for another record either.
bool IsAway(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

absl::StatusOr<workflow::v1::Responsibility> ResponsibilityReader::Read(const Call& call,
                                                                        const std::string& subject,
                                                                        const DeedsOf& deeds) {
  const std::string service = ServiceOfSubject(subject);
  const auto known = away_.find(service);
  if (known != away_.end() && call.now < known->second.until) return known->second.why;
  workflow::v1::GetResponsibilityRequest request;
  request.set_name(subject);
  request.set_acting(deeds.department);
  request.set_after_version(deeds.after_version);
  const auto reply =
      caller_->Call(MakeCall(service, "comity.workflow.v1.ParticipantService/GetResponsibility",
                             request, DeadlineOf(call)),
                    /*actor=*/{});
  if (IsAway(reply.status())) away_[service] = {call.now + pause_, reply.status()};
  COMITY_RETURN_IF_ERROR(reply.status());
  return static_cast<const workflow::v1::Responsibility&>(**reply);
}

}  // namespace comity::gateway
