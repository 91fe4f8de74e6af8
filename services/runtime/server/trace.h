// W3C trace context.
#ifndef COMITY_RUNTIME_SERVER_TRACE_H_
#define COMITY_RUNTIME_SERVER_TRACE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace comity::server {

struct Trace {
  std::string id;           // 32 hex digits
  std::string traceparent;  // to be passed on: the same trace, a span of our own
};

// Goes on with the trace of a received `traceparent`, or starts one when it is none.
Trace ContinueTrace(absl::string_view traceparent);

// 16 random hex digits.
std::string RandomHex16();

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_TRACE_H_
