// W3C trace context.
#ifndef COMITY_RUNTIME_SERVER_TRACE_H_
#define COMITY_RUNTIME_SERVER_TRACE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace comity::server {

struct Trace {
  std::string id;           // 32 hex digits
  std::string traceparent;  // to be passed on: the same trace, a span of our own
  std::string tracestate;   // to be passed on as it came; empty where it is none
};

// Goes on with the trace of a received `traceparent`, or starts one when it is none.
Trace ContinueTrace(absl::string_view traceparent, absl::string_view tracestate = "");

// Whether `text` is a traceparent of version 00.
bool IsTraceparent(absl::string_view text);
// Whether `text` is a tracestate that is passed on: one to 32 members `key=value` of printable
// ASCII, at most 512 bytes in all.
bool IsTracestate(absl::string_view text);

// 16 random hex digits.
std::string RandomHex16();

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_TRACE_H_
