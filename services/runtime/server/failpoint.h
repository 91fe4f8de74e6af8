// Where tests of faults stop a process. Only in the test build, which defines COMITY_FAILPOINTS.
#ifndef COMITY_RUNTIME_SERVER_FAILPOINT_H_
#define COMITY_RUNTIME_SERVER_FAILPOINT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace comity::server {

#ifdef COMITY_FAILPOINTS
// Reads the files $COMITY_FAILPOINTS/SERVICE and SERVICE.also, where there is that variable and
// file: a line `POINT kill` (or `stop`) sends this process SIGKILL (SIGSTOP) at that point, once:
// the file is renamed to SERVICE.hit (SERVICE.also.hit) first. Any other word is returned, and
// means what the point says. Points:
//   METHOD/before-answer  of every method, e.g. comity.lead.v1.LeadService/CreateLead; `lose`: the
//                         caller gets an error instead, `cut`: the call's stream ends without any
//   SERVICE/METHOD/send   at the gateway, of every call for a step; `twice`: it is sent twice,
//                         `refuse`: it is not sent, and taken for refused; `late`: the same, and it
//                         is sent once the test says `METHOD/arrive now`
//   and those of gateway/workflow/course.h.
std::string Failpoint(const std::string& service, absl::string_view point);
// Writes $COMITY_FAILPOINTS/SERVICE.told, for the test to read.
void TellTest(const std::string& service, absl::string_view text);
// Whether the tests want to see that they find this defect ($COMITY_PLANT is `DEFECT` or
// `DEFECT:WHERE`).
bool Planted(absl::string_view defect, absl::string_view where = "");
#else
inline std::string Failpoint(const std::string& /*service*/, absl::string_view /*point*/) {
  return "";
}
inline bool Planted(absl::string_view /*defect*/, absl::string_view /*where*/ = "") {
  return false;
}
#endif

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_FAILPOINT_H_
