// Person tokens: compact JWS (RFC 7515) with the claims iss, aud, sub, dept, iat, nbf, exp. Parsing
// and rules only; keys stand in token_issuers.h. Pure.
#ifndef COMITY_RUNTIME_IDENTITY_TOKEN_H_
#define COMITY_RUNTIME_IDENTITY_TOKEN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace comity::identity {

// Bytes: with a trace and gRPC's own headers it fits the 8 KiB that metadata, or the headers of an
// HTTP request, may have in all.
inline constexpr size_t kLargestToken = size_t{6} * 1024;
inline constexpr absl::Duration kSkew = absl::Seconds(60);
inline constexpr absl::Duration kLongestLifetime = absl::Hours(1);

// What a token says. Nothing of it is to be believed before its signature is verified.
struct Token {
  std::string algorithm;  // as the header names it
  std::string key_id;
  std::string issuer;
  std::vector<std::string> audiences;
  std::string person;      // `persons/ana`, claim `sub`
  std::string department;  // `departments/sales`, claim `dept`
  absl::Time issued;
  absl::Time not_before = absl::InfinitePast();
  absl::Time expires;
  std::string signed_part;  // header.payload, as signed
  std::string signature;
};

// Errors: UNAUTHENTICATED, reasons TOKEN_TOO_LARGE, TOKEN_MALFORMED (also: a member twice, a header
// with `crit`, a kid that is none).
absl::StatusOr<Token> ParseToken(absl::string_view text);

// exp, nbf, iat and the lifetime. Errors: UNAUTHENTICATED, reasons TOKEN_EXPIRED,
// TOKEN_NOT_YET_VALID, TOKEN_LIFETIME.
absl::Status CheckTimes(const Token& token, absl::Time now);

}  // namespace comity::identity

#endif  // COMITY_RUNTIME_IDENTITY_TOKEN_H_
