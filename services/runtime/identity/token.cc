#include "services/runtime/identity/token.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::identity {
namespace {

using Json = nlohmann::json;

constexpr size_t kLongestKeyId = 64;
constexpr int kDeepest = 4;
constexpr int64_t kLastSecond = 253402300799;  // 9999-12-31T23:59:59Z

absl::Status Malformed(absl::string_view why) {
  return Unauthenticated("TOKEN_MALFORMED", absl::StrCat("the token ", why, "; get a new one"));
}

// base64url without padding, with no bit to spare: one text per value.
absl::StatusOr<std::string> Decode(absl::string_view text) {
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_';
  });
  std::string bytes;
  if (!clean || !absl::WebSafeBase64Unescape(text, &bytes) ||
      absl::WebSafeBase64Escape(bytes) != text) {
    return Malformed("is not base64url");
  }
  return bytes;
}

// An object without a member twice, at any depth: two readers must not see two tokens.
absl::StatusOr<Json> ParseObject(const std::string& text) {
  std::vector<std::set<std::string>> open;
  bool sound = true;
  auto check = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kDeepest) sound = false;
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end && !open.empty()) open.pop_back();
    if (event == Json::parse_event_t::key && !open.empty()) {
      sound = sound && open.back().insert(parsed.get<std::string>()).second;
    }
    return true;
  };
  Json object = Json::parse(text, check, /*allow_exceptions=*/false);
  if (object.is_discarded() || !object.is_object() || !sound) {
    return Malformed("holds no sound JSON object");
  }
  return object;
}

absl::StatusOr<std::string> Text(const Json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_string()) {
    return Malformed(absl::StrCat("has no text `", member, "`"));
  }
  return found->get<std::string>();
}

absl::StatusOr<absl::Time> Time(const Json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_number_integer()) {
    return Malformed(absl::StrCat("has no whole number `", member, "`"));
  }
  const int64_t seconds = found->get<int64_t>();
  if (seconds < 0 || seconds > kLastSecond) {
    return Malformed(absl::StrCat("has an impossible `", member, "`"));
  }
  return absl::FromUnixSeconds(seconds);
}

absl::StatusOr<std::vector<std::string>> Audiences(const Json& object) {
  const auto found = object.find("aud");
  if (found == object.end()) return Malformed("has no `aud`");
  if (found->is_string()) return std::vector<std::string>{found->get<std::string>()};
  std::vector<std::string> audiences;
  for (const Json& item : *found) {
    if (!item.is_string()) return Malformed("has an `aud` that is no text");
    audiences.push_back(item.get<std::string>());
  }
  if (!found->is_array() || audiences.empty()) return Malformed("has no `aud`");
  return audiences;
}

bool IsKeyId(absl::string_view text) {
  return !text.empty() && text.size() <= kLongestKeyId &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.' || c == ':';
         });
}

// jku, x5u, jwk, x5c and all else in the header are not looked at.
absl::Status ReadHeader(const Json& header, Token* token) {
  if (header.contains("crit")) return Malformed("demands an extension by `crit`");
  if (header.contains("b64")) return Malformed("has an unencoded payload");
  COMITY_ASSIGN_OR_RETURN(token->algorithm, Text(header, "alg"));
  COMITY_ASSIGN_OR_RETURN(token->key_id, Text(header, "kid"));
  if (!IsKeyId(token->key_id)) return Malformed("has a malformed `kid`");
  return absl::OkStatus();
}

absl::Status ReadClaims(const Json& claims, Token* token) {
  COMITY_ASSIGN_OR_RETURN(token->issuer, Text(claims, "iss"));
  COMITY_ASSIGN_OR_RETURN(token->audiences, Audiences(claims));
  COMITY_ASSIGN_OR_RETURN(token->person, Text(claims, "sub"));
  COMITY_ASSIGN_OR_RETURN(token->department, Text(claims, "dept"));
  if (!resource::IsNameIn(token->person, "persons")) return Malformed("has a malformed `sub`");
  if (!resource::IsNameIn(token->department, "departments")) {
    return Malformed("has a malformed `dept`");
  }
  COMITY_ASSIGN_OR_RETURN(token->issued, Time(claims, "iat"));
  COMITY_ASSIGN_OR_RETURN(token->expires, Time(claims, "exp"));
  if (claims.contains("nbf")) {
    COMITY_ASSIGN_OR_RETURN(token->not_before, Time(claims, "nbf"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Token> ParseToken(absl::string_view text) {
  if (text.size() > kLargestToken) {
    return Unauthenticated("TOKEN_TOO_LARGE", "a token has at most 6 KiB");
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  if (parts.size() != 3) return Malformed("is no signed token of three parts");
  Token token;
  COMITY_ASSIGN_OR_RETURN(const std::string header_text, Decode(parts[0]));
  COMITY_ASSIGN_OR_RETURN(const std::string claims_text, Decode(parts[1]));
  COMITY_ASSIGN_OR_RETURN(token.signature, Decode(parts[2]));
  COMITY_ASSIGN_OR_RETURN(const Json header, ParseObject(header_text));
  COMITY_RETURN_IF_ERROR(ReadHeader(header, &token));
  COMITY_ASSIGN_OR_RETURN(const Json claims, ParseObject(claims_text));
  COMITY_RETURN_IF_ERROR(ReadClaims(claims, &token));
  token.signed_part = std::string(text.substr(0, parts[0].size() + 1 + parts[1].size()));
  return token;
}

absl::Status CheckTimes(const Token& token, absl::Time now) {
  if (now >= token.expires + kSkew) {
    return Unauthenticated("TOKEN_EXPIRED", "the token has expired; get a new one");
  }
  if (token.issued > now + kSkew || token.not_before > now + kSkew) {
    return Unauthenticated("TOKEN_NOT_YET_VALID",
                           "the token is not valid yet; check the clocks of issuer and server");
  }
  const absl::Duration lifetime = token.expires - token.issued;
  if (lifetime <= absl::ZeroDuration() || lifetime > kLongestLifetime) {
    return Unauthenticated("TOKEN_LIFETIME", "a token lives at most one hour");
  }
  return absl::OkStatus();
}

}  // namespace comity::identity
