// The gateway and the lead service as one process without a network, for workflows that cross both.
#ifndef COMITY_TESTS_FAULTS_LEAD_AND_GATEWAY_H_
#define COMITY_TESTS_FAULTS_LEAD_AND_GATEWAY_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "google/protobuf/message.h"
#include "services/gateway/handover/handover_service.h"
#include "services/gateway/workflow/step_caller.h"
#include "services/lead/lead_facts.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/workflow/participant_service.h"

namespace comity::gateway {

// The handlers of the gateway and of the lead service. A call may be lost on its way there, or its
// answer on the way back.
class LeadAndGateway final : public StepCaller {
 public:
  std::function<absl::Status(const std::string& method)> before;
  std::function<absl::Status(const std::string& method)> after;
  HandoverService* handovers = nullptr;

  using StepReply = absl::StatusOr<std::unique_ptr<google::protobuf::Message>>;
  LeadAndGateway(testlib::TestRuntime* gateway, testlib::TestRuntime* lead)
      : gateway_(gateway), lead_(lead) {}

  StepReply Call(const StepCall& step, const type::v1::Actor& actor) override {
    if (before) {
      if (absl::Status status = before(step.method); !status.ok()) return status;
    }
    StepReply reply = step.service == "gateway" ? AtGateway(step, actor) : AtLead(step, actor);
    if (after) {
      if (absl::Status status = after(step.method); !status.ok()) return status;
    }
    return reply;
  }

 private:
  static comity::Call As(testlib::TestRuntime* runtime, const StepCall& step,
                         const type::v1::Actor& actor) {
    comity::Call call = runtime->MakeCall("nobody@nowhere", step.method);
    call.principal.workload = "service/gateway";
    call.principal.person = actor.person();
    call.principal.department = actor.department();
    return call;
  }
  template <typename Service, typename Request, typename Response>
  static StepReply Do(Service* service,
                      absl::StatusOr<Response> (Service::*method)(comity::Call&, const Request&),
                      comity::Call call, const StepCall& step) {
    auto response = (service->*method)(call, static_cast<const Request&>(*step.request));
    if (!response.ok()) return response.status();
    return std::make_unique<Response>(*std::move(response));
  }
  StepReply AtGateway(const StepCall& step, const type::v1::Actor& actor) {
    const comity::Call call = As(gateway_, step, actor);
    const auto is = [&](const char* method) { return absl::EndsWith(step.method, method); };
    if (is("/BeginAcceptance")) return Do(handovers, &HandoverService::BeginAcceptance, call, step);
    if (is("/CompleteAcceptance")) {
      return Do(handovers, &HandoverService::CompleteAcceptance, call, step);
    }
    if (is("/ReleaseAcceptance")) {
      return Do(handovers, &HandoverService::ReleaseAcceptance, call, step);
    }
    return Do(&own_, &workflow::ParticipantService::VoidRequest, call, step);
  }
  StepReply AtLead(const StepCall& step, const type::v1::Actor& actor) {
    const comity::Call call = As(lead_, step, actor);
    const auto is = [&](const char* method) { return absl::EndsWith(step.method, method); };
    if (is("/GetResponsibility"))
      return Do(&of_lead, &workflow::ParticipantService::GetResponsibility, call, step);
    if (is("/TransferResponsibility")) {
      return Do(&of_lead, &workflow::ParticipantService::TransferResponsibility, call, step);
    }
    if (is("/RestoreResponsibility")) {
      return Do(&of_lead, &workflow::ParticipantService::RestoreResponsibility, call, step);
    }
    return Do(&of_lead, &workflow::ParticipantService::VoidRequest, call, step);
  }

  testlib::TestRuntime* const gateway_;
  testlib::TestRuntime* const lead_;
  workflow::ParticipantService own_{nullptr, {}, {}};

 public:
  workflow::ParticipantService of_lead{nullptr, lead::Withdrawables(), lead::Subjects()};
};

}  // namespace comity::gateway

#endif  // COMITY_TESTS_FAULTS_LEAD_AND_GATEWAY_H_
