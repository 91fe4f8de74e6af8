// The services that an acceptance crosses, for tests: the gateway's own handlers on the test's
// database, and a service that owns records, in memory.
#ifndef COMITY_GATEWAY_HANDOVER_TEST_OWNERS_H_
#define COMITY_GATEWAY_HANDOVER_TEST_OWNERS_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "services/gateway/handover/handover_service.h"
#include "services/gateway/workflow/step_caller.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/workflow/participant_service.h"

namespace comity::gateway {

class TestOwners final : public StepCaller {
 public:
  using MessagePtr = std::unique_ptr<google::protobuf::Message>;
  explicit TestOwners(testlib::TestRuntime* runtime) : runtime_(runtime) {}

  HandoverService* service = nullptr;
  // What happens to a call of a workflow: before it is done, and after; OK lets it pass.
  std::function<absl::Status(const std::string& method)> before;
  std::function<absl::Status(const std::string& method)> after;
  // When the gateway's own handlers are called; not set: now.
  std::optional<absl::Time> now;
  absl::Time deadline;  // of the last call

  void Put(const std::string& name, const std::string& department, const std::string& owner) {
    absl::MutexLock lock(&mutex_);
    workflow::v1::Responsibility& record = records_[name];
    record.set_name(name);
    record.set_department(department);
    record.set_owner(owner);
    record.set_version(record.version() + 1);
  }
  void Act(const std::string& name, absl::Time at) {
    absl::MutexLock lock(&mutex_);
    *records_[name].mutable_act_time() = resource::FromTime(at);
  }
  // The record waits for the customer from then on; or until then, where it waits.
  void Wait(const std::string& name, absl::Time at) {
    absl::MutexLock lock(&mutex_);
    auto& waits = *records_[name].mutable_waits();
    if (!waits.empty() && !waits.rbegin()->has_end_time()) {
      *waits.rbegin()->mutable_end_time() = resource::FromTime(at);
    } else {
      *waits.Add()->mutable_start_time() = resource::FromTime(at);
    }
  }
  void UndoDeeds(const std::string& name) {
    absl::MutexLock lock(&mutex_);
    records_[name].clear_act_time();
  }
  // What was promised on an opportunity or account.
  void Promise(const lead::v1::PromiseSet& promises) {
    absl::MutexLock lock(&mutex_);
    promises_[promises.name()] = promises;
  }
  workflow::v1::Responsibility Get(const std::string& name) {
    absl::MutexLock lock(&mutex_);
    return records_[name];
  }
  int transfers() {
    absl::MutexLock lock(&mutex_);
    return transfers_;
  }

  absl::StatusOr<MessagePtr> Call(const StepCall& call, const type::v1::Actor& actor) override {
    deadline = call.deadline;
    if (before) {
      if (absl::Status status = before(call.method); !status.ok()) return status;
    }
    auto reply = call.service == "gateway" ? AtGateway(call, actor) : AtOwner(call, actor);
    if (after) {
      if (absl::Status status = after(call.method); !status.ok()) return status;
    }
    return reply;
  }

 private:
  template <typename Reply>
  static absl::StatusOr<MessagePtr> Answer(const absl::StatusOr<Reply>& reply) {
    if (!reply.ok()) return reply.status();
    return std::make_unique<Reply>(*reply);
  }
  static bool Is(const StepCall& call, const char* name) {
    return absl::EndsWith(call.method, absl::StrCat("/", name));
  }

  absl::StatusOr<MessagePtr> AtGateway(const StepCall& step, const type::v1::Actor& actor) {
    comity::Call call = runtime_->MakeCall("nobody@nowhere", step.method);
    if (now.has_value()) call.now = *now;
    call.principal.person = actor.person();
    call.principal.department = actor.department();
    call.principal.workload = "service/gateway";
    const google::protobuf::Message& request = *step.request;
    if (Is(step, "BeginAcceptance")) {
      return Answer(
          service->BeginAcceptance(call, static_cast<const v1::BeginAcceptanceRequest&>(request)));
    }
    if (Is(step, "CompleteAcceptance")) {
      return Answer(service->CompleteAcceptance(
          call, static_cast<const v1::CompleteAcceptanceRequest&>(request)));
    }
    if (Is(step, "ReleaseAcceptance")) {
      return Answer(service->ReleaseAcceptance(
          call, static_cast<const v1::ReleaseAcceptanceRequest&>(request)));
    }
    if (Is(step, "OfferCustomer")) {
      return Answer(
          service->OfferCustomer(call, static_cast<const v1::OfferCustomerRequest&>(request)));
    }
    if (Is(step, "TakeBackOffer")) {
      return Answer(
          service->TakeBackOffer(call, static_cast<const v1::TakeBackOfferRequest&>(request)));
    }
    workflow::ParticipantService participant(nullptr, {}, {});
    return Answer(participant.VoidRequest(
        call, static_cast<const workflow::v1::VoidRequestRequest&>(request)));
  }

  absl::StatusOr<MessagePtr> AtOwner(const StepCall& step, const type::v1::Actor& actor) {
    absl::MutexLock lock(&mutex_);
    if (Is(step, "GetResponsibility")) {
      return Read(static_cast<const workflow::v1::GetResponsibilityRequest&>(*step.request));
    }
    if (Is(step, "GetPromises")) {
      return Promises(static_cast<const lead::v1::GetPromisesRequest&>(*step.request), actor);
    }
    if (Is(step, "TransferResponsibility")) {
      return Transfer(
          static_cast<const workflow::v1::TransferResponsibilityRequest&>(*step.request), actor);
    }
    if (Is(step, "RestoreResponsibility")) {
      return Restore(static_cast<const workflow::v1::RestoreResponsibilityRequest&>(*step.request));
    }
    return Void(static_cast<const workflow::v1::VoidRequestRequest&>(*step.request));
  }

  absl::StatusOr<MessagePtr> Read(const workflow::v1::GetResponsibilityRequest& request)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto found = records_.find(request.name());
    if (found == records_.end()) return NotFound(request.name());
    workflow::v1::Responsibility said = found->second;
    if (request.acting().empty()) said.clear_act_time();
    return std::make_unique<workflow::v1::Responsibility>(said);
  }

  // To whoever may read opportunities.
  absl::StatusOr<MessagePtr> Promises(const lead::v1::GetPromisesRequest& request,
                                      const type::v1::Actor& actor)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const comity::Call call = runtime_->MakeCall("nobody@nowhere");
    if (!call.charter().MayRead(actor.department(), "opportunities")) {
      return PermissionDenied("RIGHT_REQUIRED", "no right to read opportunities");
    }
    return std::make_unique<lead::v1::PromiseSet>(promises_[request.name()]);
  }

  absl::StatusOr<MessagePtr> Transfer(const workflow::v1::TransferResponsibilityRequest& request,
                                      const type::v1::Actor& actor)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const std::string key = absl::StrCat(actor.person(), "|", request.request_id());
    const auto known = replies_.find(key);
    if (known != replies_.end())
      return std::make_unique<workflow::v1::Responsibility>(known->second);
    if (voided_.contains(key)) return PreconditionFailed("REQUEST_VOIDED", request.name(), "late");
    workflow::v1::Responsibility& record = records_[request.name()];
    if (record.department() != request.change().from()) {
      return PreconditionFailed("RESPONSIBILITY_MOVED", request.name(), record.department());
    }
    workflow::v1::Responsibility reply = record;
    reply.set_former_owner(record.owner());
    reply.set_department(request.change().to());
    reply.set_owner(request.change().owner());
    reply.set_version(record.version() + 1);
    record = reply;
    record.clear_former_owner();
    ++transfers_;
    replies_[key] = reply;
    return std::make_unique<workflow::v1::Responsibility>(reply);
  }

  absl::StatusOr<MessagePtr> Restore(const workflow::v1::RestoreResponsibilityRequest& request)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    workflow::v1::Responsibility& record = records_[request.name()];
    auto reply = std::make_unique<workflow::v1::RestoreResponsibilityResponse>();
    reply->set_withdrawn(record.department() == request.change().to());
    if (reply->withdrawn()) {
      record.set_department(request.change().from());
      record.set_owner(request.former_owner());
    }
    return reply;
  }

  absl::StatusOr<MessagePtr> Void(const workflow::v1::VoidRequestRequest& request)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const std::string key = absl::StrCat(request.person(), "|", request.voided_request_id());
    auto reply = std::make_unique<workflow::v1::VoidRequestResponse>();
    const auto known = replies_.find(key);
    if (known == replies_.end()) {
      voided_.insert(key);
    } else {
      reply->set_happened(true);
      reply->mutable_reply()->PackFrom(known->second);
    }
    return reply;
  }

  testlib::TestRuntime* const runtime_;
  absl::Mutex mutex_;
  int transfers_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, workflow::v1::Responsibility> records_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, lead::v1::PromiseSet> promises_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, workflow::v1::Responsibility> replies_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> voided_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_TEST_OWNERS_H_
