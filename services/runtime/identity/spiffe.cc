#include "services/runtime/identity/spiffe.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/runtime/status/errors.h"

namespace comity::identity {
namespace {

constexpr absl::string_view kPrefix = "spiffe://comity.local/";
constexpr size_t kLongestPath = 128;

bool IsSegment(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  });
}

bool IsPath(absl::string_view text) {
  if (text.size() > kLongestPath) return false;
  const std::vector<absl::string_view> segments = absl::StrSplit(text, '/');
  return std::all_of(segments.begin(), segments.end(), IsSegment);
}

absl::Status Unknown(absl::string_view why) {
  return Unauthenticated("WORKLOAD_UNKNOWN",
                         absl::StrCat("the client certificate ", why,
                                      "; it must carry exactly one URI name ", kPrefix, "…"));
}

}  // namespace

std::string SpiffeId(absl::string_view path) { return absl::StrCat(kPrefix, path); }

absl::StatusOr<std::string> WorkloadOf(const std::vector<std::string>& uri_names) {
  if (uri_names.empty()) return Unknown("carries no URI name");
  if (uri_names.size() > 1) return Unknown("carries more than one URI name");
  absl::string_view path = uri_names[0];
  if (!absl::ConsumePrefix(&path, kPrefix)) return Unknown("is of another trust domain");
  if (!IsPath(path)) return Unknown("carries a malformed SPIFFE id");
  return std::string(path);
}

bool IsWorkloadPattern(absl::string_view text) {
  absl::string_view stem = text;
  if (absl::ConsumeSuffix(&stem, "/*")) return IsPath(stem);
  return IsPath(text);
}

bool WorkloadMatches(absl::string_view workload, absl::string_view pattern) {
  if (!absl::ConsumeSuffix(&pattern, "*")) return workload == pattern;
  return absl::ConsumePrefix(&workload, pattern) && IsSegment(workload);
}

}  // namespace comity::identity
