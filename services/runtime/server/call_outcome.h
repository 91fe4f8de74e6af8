// What the log and the caller get to know of a call's end.
#ifndef COMITY_RUNTIME_SERVER_CALL_OUTCOME_H_
#define COMITY_RUNTIME_SERVER_CALL_OUTCOME_H_

#include "absl/status/status.h"
#include "services/runtime/server/call.h"
#include "services/runtime/server/request_log.h"

namespace comity::server {

// The call's line, complete, and the status as its caller may see it.
struct CallOutcome {
  RequestLine line;
  absl::Status status;
};

// Replaces an internal error by a generic text and an id, under which the line keeps what it was.
CallOutcome OutcomeOf(const Call& call, const absl::Status& status);

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_CALL_OUTCOME_H_
