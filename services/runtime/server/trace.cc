#include "services/runtime/server/trace.h"

#include <algorithm>
#include <cstdint>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

namespace comity::server {
namespace {

constexpr size_t kSize = 55;  // 00-{32}-{16}-{2}

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

bool IsTraceparent(absl::string_view text) {
  if (text.size() != kSize || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  return text.substr(0, 2) == "00" && IsHex(text.substr(3, 32)) && !IsZero(text.substr(3, 32)) &&
         IsHex(text.substr(36, 16)) && !IsZero(text.substr(36, 16)) && IsHex(text.substr(53, 2));
}

}  // namespace

std::string RandomHex16() {
  thread_local absl::BitGen bits;
  return absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(bits, 1, UINT64_MAX), absl::kZeroPad16));
}

Trace ContinueTrace(absl::string_view traceparent) {
  Trace trace;
  absl::string_view flags = "01";
  if (IsTraceparent(traceparent)) {
    trace.id = std::string(traceparent.substr(3, 32));
    flags = traceparent.substr(53, 2);
  } else {
    trace.id = absl::StrCat(RandomHex16(), RandomHex16());
  }
  trace.traceparent = absl::StrCat("00-", trace.id, "-", RandomHex16(), "-", flags);
  return trace;
}

}  // namespace comity::server
