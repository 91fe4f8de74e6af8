#include "services/runtime/server/request_log.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace comity::server {
namespace {

constexpr size_t kLongestText = 2000;  // bytes of one text in a line

// Printable ASCII stands as it is; all else is escaped byte by byte, so that no text can end the
// line, the string or the terminal's patience.
void AppendText(absl::string_view text, std::string* out) {
  out->push_back('"');
  for (char c : text.substr(0, kLongestText)) {
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (c >= 0x20 && c < 0x7F) {
      out->push_back(c);
    } else {
      absl::StrAppendFormat(out, "\\u%04x", static_cast<unsigned char>(c));
    }
  }
  out->push_back('"');
}

void AppendMember(absl::string_view name, absl::string_view text, std::string* out) {
  if (text.empty()) return;
  absl::StrAppend(out, ",\"", name, "\":");
  AppendText(text, out);
}

std::string Begin(absl::Time time, absl::string_view service) {
  std::string out = "{\"time\":\"";
  absl::StrAppend(&out, absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone()), "\"");
  AppendMember("service", service, &out);
  return out;
}

void Write(std::string line) {
  line.push_back('\n');
  std::fwrite(line.data(), 1, line.size(), stderr);  // locked and unbuffered: one piece
}

}  // namespace

absl::string_view CodeName(absl::StatusCode code) {
  static constexpr absl::string_view kNames[] = {"OK",
                                                 "CANCELLED",
                                                 "UNKNOWN",
                                                 "INVALID_ARGUMENT",
                                                 "DEADLINE_EXCEEDED",
                                                 "NOT_FOUND",
                                                 "ALREADY_EXISTS",
                                                 "PERMISSION_DENIED",
                                                 "RESOURCE_EXHAUSTED",
                                                 "FAILED_PRECONDITION",
                                                 "ABORTED",
                                                 "OUT_OF_RANGE",
                                                 "UNIMPLEMENTED",
                                                 "INTERNAL",
                                                 "UNAVAILABLE",
                                                 "DATA_LOSS",
                                                 "UNAUTHENTICATED"};
  const auto number = static_cast<size_t>(code);
  return number < std::size(kNames) ? kNames[number] : "UNKNOWN";
}

std::string FormatLine(const RequestLine& line) {
  std::string out = Begin(line.time, line.service);
  AppendMember("method", line.method, &out);
  AppendMember("code", CodeName(line.code), &out);
  AppendMember("reason", line.reason, &out);
  absl::StrAppendFormat(&out, ",\"ms\":%.3f", absl::ToDoubleMilliseconds(line.duration));
  AppendMember("workload", line.workload, &out);
  AppendMember("department", line.department, &out);
  AppendMember("person", line.person, &out);
  AppendMember("trace_id", line.trace_id, &out);
  AppendMember("error_id", line.error_id, &out);
  AppendMember("detail", line.detail, &out);
  out.push_back('}');
  return out;
}

void WriteLine(const RequestLine& line) { Write(FormatLine(line)); }

void LogMessage(absl::string_view service, absl::string_view message) {
  std::string out = Begin(absl::Now(), service);
  AppendMember("message", message, &out);
  out.push_back('}');
  Write(std::move(out));
}

}  // namespace comity::server
