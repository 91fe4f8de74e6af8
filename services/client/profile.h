// Where the services are and who asks: what `scripts/run` writes and every command reads.
#ifndef COMITY_CLIENT_PROFILE_H_
#define COMITY_CLIENT_PROFILE_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace comity::client {

// Who acts, and for which department.
struct Identity {
  std::string person;      // `persons/ana`
  std::string department;  // `departments/sales`
  bool operator<(const Identity& other) const;
  bool operator==(const Identity& other) const = default;
  std::string ToText() const;  // `ana@sales`
};

// Of `ana@sales`, or `persons/ana@departments/sales`. INVALID_ARGUMENT reason USAGE.
absl::StatusOr<Identity> ParseIdentity(absl::string_view text);

// The development issuer: in production an OIDC provider takes its place.
struct Issuer {
  std::string iss;
  std::string aud;
  std::string kid;
  std::string private_key;  // path of a PEM file
};

struct Profile {
  std::map<std::string, std::string> addresses;  // service → `host:port`
  std::string http;                              // base of the HTTP door
  std::string tls_ca;
  std::string tls_cert;
  std::string tls_key;
  std::string keys;  // folder of the keys with which stewards sign
  Issuer issuer;
  Identity as;
};

// Where the steward's key is unless he says otherwise: `PERSON.pem` in that folder.
std::string StewardKeyPath(const Profile& profile, const Identity& as);

// The first of: `flag` (--profile), the environment's COMITY_PROFILE, `.comity/profile.json`.
std::string ProfilePath(const std::string& flag);
// Relative paths of files count from the profile's folder; `keys` is there unless it says
// otherwise. INVALID_ARGUMENT reason PROFILE_UNREADABLE.
absl::StatusOr<Profile> ReadProfile(const std::string& path);
absl::StatusOr<Profile> ParseProfile(const std::string& json, const std::string& folder);

// A mistake in how a command was called. INVALID_ARGUMENT reason USAGE: the command exits with 2.
absl::Status Usage(absl::string_view message);

}  // namespace comity::client

#endif  // COMITY_CLIENT_PROFILE_H_
