#include "services/runtime/server/trace.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace comity::server {
namespace {

constexpr size_t kSize = 55;  // 00-{32}-{16}-{2}
constexpr size_t kLongestState = 512;
constexpr size_t kMostMembers = 32;

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

// `key=value` with a key of [a-z0-9_-*/@].
bool IsMember(absl::string_view text) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(absl::StripAsciiWhitespace(text), '=');
  if (parts.size() != 2 || parts[0].empty() || parts[1].empty()) return false;
  return std::all_of(parts[0].begin(), parts[0].end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_' || c == '-' || c == '*' ||
           c == '/' || c == '@';
  });
}

bool IsPrintable(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

}  // namespace

bool IsTraceparent(absl::string_view text) {
  if (text.size() != kSize || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  return text.substr(0, 2) == "00" && IsHex(text.substr(3, 32)) && !IsZero(text.substr(3, 32)) &&
         IsHex(text.substr(36, 16)) && !IsZero(text.substr(36, 16)) && IsHex(text.substr(53, 2));
}

bool IsTracestate(absl::string_view text) {
  if (text.size() > kLongestState || !IsPrintable(text)) return false;
  const std::vector<absl::string_view> members = absl::StrSplit(text, ',');
  return members.size() <= kMostMembers && std::all_of(members.begin(), members.end(), IsMember);
}

std::string RandomHex16() {
  thread_local absl::BitGen bits;
  return absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(bits, 1, UINT64_MAX), absl::kZeroPad16));
}

Trace ContinueTrace(absl::string_view traceparent, absl::string_view tracestate) {
  Trace trace;
  absl::string_view flags = "01";
  if (IsTraceparent(traceparent)) {
    trace.id = std::string(traceparent.substr(3, 32));
    flags = traceparent.substr(53, 2);
    if (IsTracestate(tracestate)) trace.tracestate = std::string(tracestate);
  } else {
    trace.id = absl::StrCat(RandomHex16(), RandomHex16());
  }
  trace.traceparent = absl::StrCat("00-", trace.id, "-", RandomHex16(), "-", flags);
  return trace;
}

}  // namespace comity::server
