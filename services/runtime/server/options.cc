#include "services/runtime/server/options.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::server {
namespace {

constexpr size_t kLeastKey = 32;
constexpr size_t kMostKey = 64;

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ParsePeers(absl::string_view text) {
  std::map<std::string, std::string> peers;
  for (absl::string_view item : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    const std::pair<absl::string_view, absl::string_view> peer =
        absl::StrSplit(absl::StripAsciiWhitespace(item), absl::MaxSplits('=', 1));
    if (peer.first.empty() || peer.second.find(':') == absl::string_view::npos) {
      return MakeError(absl::StatusCode::kInvalidArgument, "FLAG_INVALID",
                       absl::StrCat("--peers: `", item, "` is not service=host:port"));
    }
    peers[std::string(peer.first)] = std::string(peer.second);
  }
  return peers;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  if (path.empty() || !file) {
    return MakeError(absl::StatusCode::kInvalidArgument, "FILE_UNREADABLE",
                     absl::StrCat("cannot read the file `", path, "`"));
  }
  return content.str();
}

absl::StatusOr<std::string> ReadHexKey(const std::string& path) {
  COMITY_ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
  const std::string text(absl::StripAsciiWhitespace(content));
  const bool is_hex = std::all_of(text.begin(), text.end(),
                                  [](unsigned char c) { return absl::ascii_isxdigit(c); });
  if (!is_hex || text.size() % 2 != 0 || text.size() / 2 < kLeastKey ||
      text.size() / 2 > kMostKey) {
    return MakeError(absl::StatusCode::kInvalidArgument, "KEY_INVALID",
                     absl::StrCat(path, " must hold 32 to 64 bytes in hex"));
  }
  return absl::HexStringToBytes(text);
}

}  // namespace comity::server
