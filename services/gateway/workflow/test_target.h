// Services as workflows see them, for tests: replies by request id, records, withdrawal; with
// failures on the way there and back.
#ifndef COMITY_GATEWAY_WORKFLOW_TEST_TARGET_H_
#define COMITY_GATEWAY_WORKFLOW_TEST_TARGET_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/gateway/workflow/step_caller.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {

class TestTarget final : public StepCaller {
 public:
  // What happens to the n-th call (from 0): before it is done, and after; OK lets it pass.
  std::function<absl::Status(int n)> before;
  std::function<absl::Status(int n)> after;
  // Names of opportunities that are refused.
  std::set<std::string> refused;
  // Names of those that others have changed since: they are not withdrawn.
  std::set<std::string> kept;

  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Call(
      const StepCall& call, const type::v1::Actor& actor) override {
    int n = 0;
    {
      absl::MutexLock lock(&mutex_);
      n = calls_++;
    }
    if (before) {
      if (absl::Status status = before(n); !status.ok()) return status;
    }
    auto reply = Do(call, actor);
    if (after) {
      if (absl::Status status = after(n); !status.ok()) return status;
    }
    return reply;
  }

  // By display name, how often each was made and stands.
  std::map<std::string, int> Standing() const {
    absl::MutexLock lock(&mutex_);
    std::map<std::string, int> standing;
    for (const auto& [name, title] : records_) standing[title] += withdrawn_.contains(name) ? 0 : 1;
    return standing;
  }
  std::vector<std::string> withdrawals() const {
    absl::MutexLock lock(&mutex_);
    return order_;
  }
  int calls() const {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }
  // Every request as it arrived: step's request id.
  std::multiset<std::string> request_ids() const {
    absl::MutexLock lock(&mutex_);
    return request_ids_;
  }

 private:
  using Reply = absl::StatusOr<std::unique_ptr<google::protobuf::Message>>;

  Reply Do(const StepCall& call, const type::v1::Actor& actor) {
    absl::MutexLock lock(&mutex_);
    if (absl::EndsWith(call.method, "VoidRequest")) return Void(call);
    if (absl::EndsWith(call.method, "WithdrawRecord")) return Withdraw(call);
    const auto& request = static_cast<const lead::v1::CreateOpportunityRequest&>(*call.request);
    request_ids_.insert(request.request_id());
    if (actor.person().empty()) return Unauthenticated("TOKEN_MISSING", "by nobody");
    // As services keep them: of a person.
    const std::string key = absl::StrCat(actor.person(), "|", request.request_id());
    const auto known = replies_.find(key);
    if (known != replies_.end()) return std::make_unique<lead::v1::Opportunity>(known->second);
    if (voided_.contains(key)) {
      return PreconditionFailed("REQUEST_VOIDED", call.method, "too late");
    }
    const std::string& title = request.opportunity().display_name();
    if (refused.contains(title)) return PreconditionFailed("NOT_SO", title, "refused");
    lead::v1::Opportunity made = request.opportunity();
    made.set_name(absl::StrCat("opportunities/", records_.size() + 1));
    records_[made.name()] = title;
    replies_[key] = made;
    return std::make_unique<lead::v1::Opportunity>(made);
  }

  Reply Void(const StepCall& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto& request = static_cast<const workflow::v1::VoidRequestRequest&>(*call.request);
    auto response = std::make_unique<workflow::v1::VoidRequestResponse>();
    const std::string key = absl::StrCat(request.person(), "|", request.voided_request_id());
    const auto known = replies_.find(key);
    if (known == replies_.end()) {
      voided_.insert(key);
    } else {
      response->set_happened(true);
      response->mutable_reply()->PackFrom(known->second);
    }
    return response;
  }

  Reply Withdraw(const StepCall& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto& request = static_cast<const workflow::v1::WithdrawRecordRequest&>(*call.request);
    auto response = std::make_unique<workflow::v1::WithdrawRecordResponse>();
    response->set_withdrawn(!kept.contains(records_[request.name()]));
    if (response->withdrawn() && withdrawn_.insert(request.name()).second) {
      order_.push_back(records_[request.name()]);
    }
    return response;
  }

  mutable absl::Mutex mutex_;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::string> records_ ABSL_GUARDED_BY(mutex_);  // name → title
  std::map<std::string, lead::v1::Opportunity> replies_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> voided_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> withdrawn_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> order_ ABSL_GUARDED_BY(mutex_);
  std::multiset<std::string> request_ids_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_TEST_TARGET_H_
