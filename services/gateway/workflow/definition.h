// What a workflow is: steps, each of which is one call to one service. Pure: no I/O, no clock.
#ifndef COMITY_GATEWAY_WORKFLOW_DEFINITION_H_
#define COMITY_GATEWAY_WORKFLOW_DEFINITION_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "comity/type/v1/resource.pb.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace comity::gateway {

// What a step may know.
struct StepContext {
  const std::string& workflow;                     // `workflows/{uuid}`
  const google::protobuf::Message& input;          // the request that started it
  const google::protobuf::Message& data;           // what earlier steps have learnt
  const type::v1::Actor& actor;                    // on whose behalf
  const google::protobuf::Timestamp& create_time;  // when it was started
};

// A request to a service; its `request_id` is set by the runner.
struct StepCall {
  std::string service;  // `lead`
  std::string method;   // `comity.lead.v1.LeadService/BeginConversion`
  std::unique_ptr<google::protobuf::Message> request;
  absl::Time deadline = absl::InfiniteFuture();  // beside the method's own timeout
};

// Of a request message, by what its method is called.
template <typename Request>
StepCall MakeCall(absl::string_view service, absl::string_view method, Request request,
                  absl::Time deadline = absl::InfiniteFuture()) {
  return {std::string(service), std::string(method), std::make_unique<Request>(std::move(request)),
          deadline};
}

struct Step {
  std::string name;  // `create-opportunity`
  // A call without a request: there is nothing to do.
  std::function<StepCall(const StepContext&)> call;
  // Takes over into `data` what the reply says. May be null.
  std::function<void(const google::protobuf::Message& reply, google::protobuf::Message* data)> take;
  // The record that the reply says it made: to undo the step is to withdraw it. May be null.
  std::function<std::string(const google::protobuf::Message& reply)> made;
  // How else the step is undone, under the gateway's own right, by what `take` has learnt. A call
  // without a request: nothing is to be undone. May be null.
  std::function<StepCall(const StepContext&)> undo;
  // Whether another batch follows, by what `take` has learnt: the step is called again. May be
  // null.
  std::function<bool(const google::protobuf::Message& data)> more;
  // Where its record stays because others have used it, what it rests on stays with it: the steps
  // before it are not undone.
  bool keeps_earlier = false;
  // What is called of such a step before it, under the gateway's own right. May be null: nothing.
  std::function<StepCall(const StepContext&)> keep;
};

struct Definition {
  std::string kind;  // `convert-lead`
  std::vector<Step> steps;
  // Raised by one whenever the steps' list changes, so that a replica of an older release does not
  // end by its own list what a newer one has begun.
  int revision = 1;
  std::unique_ptr<google::protobuf::Message> (*make_data)() = nullptr;
  // What was done stays, and a refusal stands still instead (STUCK). It can be stopped.
  bool goes_by_batches = false;
  // Nobody waits for it: a refusal stands still (STUCK), so that somebody sees it, instead of
  // undoing what was done.
  bool is_unattended = false;
  // How many records it has done. May be null.
  std::function<int64_t(const google::protobuf::Message& data)> done;
  // The operation's response.
  std::function<std::unique_ptr<google::protobuf::Message>(const StepContext&)> result;
};

// The message that `any` holds; null where its type is not known or it does not parse.
std::unique_ptr<google::protobuf::Message> UnpackAny(const google::protobuf::Any& any);

// The id of a request of a step, the same whenever it is sent: 16 bytes as text. `verb`: `do` (of a
// later batch `do-1` …), `undo`, `void`.
std::string StepRequestId(absl::string_view workflow, absl::string_view step,
                          absl::string_view verb);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_DEFINITION_H_
