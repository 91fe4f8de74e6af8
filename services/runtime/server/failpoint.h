// Where tests of faults stop a process. Only in the test build, which defines COMITY_FAILPOINTS.
#ifndef COMITY_RUNTIME_SERVER_FAILPOINT_H_
#define COMITY_RUNTIME_SERVER_FAILPOINT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace comity::server {

#ifdef COMITY_FAILPOINTS
// Reads the file $COMITY_FAILPOINTS/SERVICE, where there is that variable and file: its line
// `POINT kill` (or `stop`) sends this process SIGKILL (SIGSTOP) at that point, once: the file is
// renamed to SERVICE.hit first. Points are `comity.lead.v1.LeadService/CreateLead/before-answer` of
// every method, and those of gateway/workflow/course.h.
void Failpoint(const std::string& service, absl::string_view point);
#else
inline void Failpoint(const std::string& /*service*/, absl::string_view /*point*/) {}
#endif

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_FAILPOINT_H_
