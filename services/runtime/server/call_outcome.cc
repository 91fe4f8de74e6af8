#include "services/runtime/server/call_outcome.h"

#include <utility>

#include "absl/time/clock.h"
#include "services/runtime/server/hide.h"
#include "services/runtime/status/errors.h"

namespace comity::server {

CallOutcome OutcomeOf(const Call& call, const absl::Status& status) {
  CallOutcome outcome;
  RequestLine& line = outcome.line;
  line.time = call.now;
  line.service = call.runtime->service;
  line.method = call.method;
  line.workload = call.principal.workload;
  line.department = call.principal.department;
  line.person = call.principal.person;
  line.trace_id = call.traceparent.substr(3, 32);
  Shown shown = HideInternal(status);
  line.error_id = std::move(shown.error_id);
  line.detail = std::move(shown.detail);
  outcome.status = std::move(shown.status);
  line.code = outcome.status.code();
  line.reason = Reason(outcome.status);
  line.duration = absl::Now() - call.now;
  return outcome;
}

}  // namespace comity::server
