// One line of JSON per call on stderr, without personal data.
#ifndef COMITY_RUNTIME_SERVER_REQUEST_LOG_H_
#define COMITY_RUNTIME_SERVER_REQUEST_LOG_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace comity::server {

struct RequestLine {
  absl::Time time;
  std::string service;
  std::string method;
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string reason;
  absl::Duration duration;
  std::string workload;
  std::string department;
  std::string person;  // the id, `persons/ana`: no name, no address
  std::string trace_id;
  std::string error_id;  // of an INTERNAL error, as the caller got it
  std::string detail;    // of an INTERNAL error, for the log only
};

// The line without its newline. Pure. Whatever the texts hold, it is one line and sound JSON.
std::string FormatLine(const RequestLine& line);
// Writes the line in one piece.
void WriteLine(const RequestLine& line);
// A line about the process itself: `{"time":…,"service":…,"message":…}`.
void LogMessage(absl::string_view service, absl::string_view message);

// `UNAVAILABLE` …, as gRPC writes it.
absl::string_view CodeName(absl::StatusCode code);

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_REQUEST_LOG_H_
