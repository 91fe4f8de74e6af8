#include "services/client/profile.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

std::string Get(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string Located(const std::string& folder, const std::string& path) {
  const std::filesystem::path given(path);
  if (path.empty() || given.is_absolute() || folder.empty()) return path;
  return (std::filesystem::path(folder) / given).string();
}

absl::Status Unreadable(absl::string_view problem) {
  return MakeError(absl::StatusCode::kInvalidArgument, "PROFILE_UNREADABLE", problem);
}

absl::Status CheckComplete(const Profile& profile) {
  if (profile.addresses.empty()) return Unreadable("the profile names no addresses");
  if (profile.tls_ca.empty() || profile.tls_cert.empty() || profile.tls_key.empty()) {
    return Unreadable("the profile must name tls_ca, tls_cert and tls_key");
  }
  if (profile.issuer.private_key.empty() || profile.issuer.iss.empty()) {
    return Unreadable("the profile's issuer must name iss, aud, kid and private_key");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Usage(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, "USAGE", message);
}

bool Identity::operator<(const Identity& other) const {
  return std::tie(person, department) < std::tie(other.person, other.department);
}

std::string Identity::ToText() const {
  return absl::StrCat(absl::StripPrefix(person, "persons/"), "@",
                      absl::StripPrefix(department, "departments/"));
}

absl::StatusOr<Identity> ParseIdentity(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '@');
  if (parts.size() != 2 || parts[0].empty() || parts[1].empty()) {
    return Usage(absl::StrCat("`", text, "` is not of the form person@department, e.g. ana@sales"));
  }
  return Identity{absl::StrCat("persons/", absl::StripPrefix(parts[0], "persons/")),
                  absl::StrCat("departments/", absl::StripPrefix(parts[1], "departments/"))};
}

std::string StewardKeyPath(const Profile& profile, const Identity& as) {
  const std::string person(absl::StripPrefix(as.person, "persons/"));
  return (std::filesystem::path(profile.keys) / absl::StrCat(person, ".pem")).string();
}

std::string ProfilePath(const std::string& flag) {
  if (!flag.empty()) return flag;
  const char* variable = std::getenv("COMITY_PROFILE");
  return variable != nullptr && *variable != '\0' ? variable : ".comity/profile.json";
}

absl::StatusOr<Profile> ReadProfile(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return Unreadable(absl::StrCat("no profile at `", path,
                                   "`: start a suite by scripts/run, or name one with --profile or "
                                   "COMITY_PROFILE"));
  }
  std::stringstream text;
  text << file.rdbuf();
  return ParseProfile(text.str(), std::filesystem::path(path).parent_path().string());
}

absl::StatusOr<Profile> ParseProfile(const std::string& json, const std::string& folder) {
  const nlohmann::json document = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return Unreadable("the profile is not a JSON object");
  Profile profile;
  if (const auto found = document.find("addresses"); found != document.end()) {
    for (const auto& [service, address] : found->items()) {
      if (address.is_string()) profile.addresses[service] = address.get<std::string>();
    }
  }
  profile.http = Get(document, "http");
  profile.tls_ca = Located(folder, Get(document, "tls_ca"));
  profile.tls_cert = Located(folder, Get(document, "tls_cert"));
  profile.tls_key = Located(folder, Get(document, "tls_key"));
  const std::string keys = Get(document, "keys");
  profile.keys = Located(folder, keys.empty() ? "keys" : keys);
  if (const auto found = document.find("issuer"); found != document.end()) {
    profile.issuer = {Get(*found, "iss"), Get(*found, "aud"), Get(*found, "kid"),
                      Located(folder, Get(*found, "private_key"))};
  }
  COMITY_RETURN_IF_ERROR(CheckComplete(profile));
  const std::string as = Get(document, "as");
  if (!as.empty()) {
    COMITY_ASSIGN_OR_RETURN(profile.as, ParseIdentity(as));
  }
  return profile;
}

}  // namespace comity::client
