#include "services/client/charter/steward_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/charter/signed_revision.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = 0600;

absl::Status Unwritable(const std::string& path, absl::string_view problem) {
  return InvalidField("FILE_UNWRITABLE", path, problem);
}

absl::Status MakeFolder(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  std::error_code failed;
  if (folder.empty() || !fs::create_directories(folder, failed)) {
    return failed ? Unwritable(path, failed.message()) : absl::OkStatus();
  }
  fs::permissions(folder, fs::perms::owner_all, failed);
  return failed ? Unwritable(path, failed.message()) : absl::OkStatus();
}

// A file of that name is an error, even one that comes to be at the same moment.
absl::Status WriteNew(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
  if (file < 0 && errno == EEXIST) {
    return AlreadyExists("KEY_EXISTS", path,
                         absl::StrCat(path, " is there already, and stays: --out names another"));
  }
  if (file < 0) return Unwritable(path, std::strerror(errno));
  const bool is_written =
      write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      fsync(file) == 0;
  const int error = errno;
  if (close(file) == 0 && is_written) return absl::OkStatus();
  unlink(path.c_str());
  return Unwritable(path, std::strerror(error));
}

}  // namespace

absl::StatusOr<identity::PrivateKey> MakeStewardKey(const std::string& path) {
  COMITY_ASSIGN_OR_RETURN(identity::PrivateKey key, identity::PrivateKey::GenerateEd25519());
  COMITY_ASSIGN_OR_RETURN(const std::string pem, key.ToPem());
  COMITY_RETURN_IF_ERROR(MakeFolder(path));
  COMITY_RETURN_IF_ERROR(WriteNew(path, pem));
  return key;
}

absl::StatusOr<identity::PrivateKey> ReadStewardKey(const std::string& path, const Identity& as) {
  struct stat status {};
  std::ifstream file(path);
  if (!file || stat(path.c_str(), &status) != 0) {
    return MakeError(absl::StatusCode::kNotFound, "KEY_MISSING",
                     absl::StrCat("no key at ", path, ": --key names another file; `comity keys ",
                                  "new --as ", as.ToText(),
                                  "` makes one, and its entry comes into the charter by a "
                                  "proposal that is signed with the keys it has"));
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return PreconditionFailed("KEY_EXPOSED", path,
                              absl::StrCat("others may read ", path,
                                           ": chmod 600 it, and if they "
                                           "may have done so, make another key"));
  }
  std::stringstream pem;
  pem << file.rdbuf();
  absl::StatusOr<identity::PrivateKey> key = identity::PrivateKey::FromPem(pem.str());
  if (key.ok() && key->algorithm() == identity::Algorithm::kEdDsa) return key;
  return InvalidField("KEY_INVALID", path, "is no Ed25519 private key in PEM");
}

absl::StatusOr<type::v1::StewardKey> KeyEntry(const identity::PrivateKey& key, const Identity& as) {
  type::v1::StewardKey entry;
  entry.set_person(as.person);
  entry.set_department(as.department);
  COMITY_ASSIGN_OR_RETURN(const std::string raw, key.RawPublicKey());
  entry.set_public_key(absl::Base64Escape(raw));
  return entry;
}

absl::StatusOr<charter::v1::Signature> SignBody(const identity::PrivateKey& key, const Identity& as,
                                                absl::string_view body,
                                                charter::v1::Verdict verdict) {
  COMITY_ASSIGN_OR_RETURN(const type::v1::StewardKey entry, KeyEntry(key, as));
  charter::v1::Signature signature;
  signature.set_department(entry.department());
  signature.set_person(entry.person());
  signature.set_public_key(entry.public_key());
  signature.set_verdict(verdict);
  COMITY_ASSIGN_OR_RETURN(*signature.mutable_signature(),
                          key.Sign(charter::SigningText(body, signature)));
  return signature;
}

absl::StatusOr<charter::v1::SignedDelegation> SignDelegation(const identity::PrivateKey& key,
                                                             const Identity& as,
                                                             const std::string& delegate,
                                                             const std::string& delegate_key,
                                                             absl::Time now, absl::Time until) {
  COMITY_ASSIGN_OR_RETURN(const type::v1::StewardKey entry, KeyEntry(key, as));
  charter::v1::DelegationBody body;
  body.set_department(entry.department());
  body.set_steward(entry.person());
  body.set_steward_key(entry.public_key());
  body.set_delegate(delegate);
  body.set_delegate_key(delegate_key);
  *body.mutable_issue_time() = resource::FromTime(now);
  *body.mutable_expire_time() = resource::FromTime(until);
  charter::v1::SignedDelegation delegation;
  delegation.set_body(body.SerializeAsString());
  COMITY_RETURN_IF_ERROR(charter::ReadDelegation(delegation).status());
  COMITY_ASSIGN_OR_RETURN(*delegation.mutable_signature(),
                          key.Sign(charter::DelegationText(delegation.body())));
  return delegation;
}

absl::StatusOr<charter::v1::Signature> SignBodyBy(const charter::v1::SignedDelegation& delegation,
                                                  const identity::PrivateKey& key,
                                                  const Identity& as, absl::string_view body,
                                                  absl::Time now) {
  COMITY_ASSIGN_OR_RETURN(const charter::v1::DelegationBody by,
                          charter::ReadDelegation(delegation));
  COMITY_ASSIGN_OR_RETURN(charter::v1::Signature signature,
                          SignBody(key, as, body, charter::v1::VERDICT_SIGN));
  *signature.mutable_delegation() = delegation;
  // The clock of whoever delegated may be a little ahead of this one.
  *signature.mutable_statement_time() =
      resource::FromTime(std::max(now, resource::ToTime(by.issue_time())));
  COMITY_ASSIGN_OR_RETURN(*signature.mutable_signature(),
                          key.Sign(charter::SigningText(body, signature)));
  return signature;
}

}  // namespace comity::client
