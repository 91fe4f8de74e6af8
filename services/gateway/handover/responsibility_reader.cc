#include "services/gateway/handover/responsibility_reader.h"

#include <algorithm>

#include "comity/lead/v1/opportunity_service.pb.h"
#include "services/gateway/handover/handover_rules.h"
#include "services/gateway/outcome.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr int kPartForTheRest = 4;  // of the call's time

absl::Time DeadlineOf(const Call& call) {
  return call.deadline -
         std::max((call.deadline - call.now) / kPartForTheRest, absl::ZeroDuration());
}

}  // namespace

absl::StatusOr<workflow::v1::Responsibility> ResponsibilityReader::Read(const Call& call,
                                                                        const std::string& subject,
                                                                        const DeedsOf& deeds) {
  workflow::v1::GetResponsibilityRequest request;
  request.set_name(subject);
  request.set_acting(deeds.department);
  request.set_after_version(deeds.after_version);
  COMITY_ASSIGN_OR_RETURN(
      const auto reply,
      Ask(call,
          MakeCall(ServiceOfSubject(subject),
                   "comity.workflow.v1.ParticipantService/GetResponsibility", request),
          /*actor=*/{}));
  return static_cast<const workflow::v1::Responsibility&>(*reply);
}

absl::StatusOr<lead::v1::PromiseSet> ResponsibilityReader::ReadPromises(
    const Call& call, const std::string& subject) {
  const std::string collection = resource::CollectionOf(subject);
  if (collection != "opportunities" && collection != "accounts") return lead::v1::PromiseSet();
  lead::v1::GetPromisesRequest request;
  request.set_name(subject);
  const auto reply =
      Ask(call, MakeCall("lead", "comity.lead.v1.OpportunityService/GetPromises", request),
          call.actor());
  if (absl::IsPermissionDenied(reply.status())) return lead::v1::PromiseSet();
  COMITY_RETURN_IF_ERROR(reply.status());
  return static_cast<const lead::v1::PromiseSet&>(**reply);
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ResponsibilityReader::Ask(
    const Call& call, StepCall ask, const type::v1::Actor& actor) {
  const std::string service = ask.service;
  const auto known = away_.find(service);
  if (known != away_.end() && call.now < known->second.until) return known->second.why;
  ask.deadline = DeadlineOf(call);
  auto reply = caller_->Call(ask, actor);
  if (IsAway(reply.status())) away_[service] = {call.now + pause_, reply.status()};
  return reply;
}

}  // namespace comity::gateway
