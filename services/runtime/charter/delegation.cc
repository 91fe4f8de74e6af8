#include "services/runtime/charter/delegation.h"

#include <algorithm>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/charter/signed_revision.h"
#include "services/runtime/identity/signature.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::charter {
namespace {

constexpr size_t kMostDelegationBytes = 2 << 10;

absl::Status InvalidDelegation(absl::string_view department, absl::string_view problem) {
  return PreconditionFailed("DELEGATION_INVALID", department,
                            absl::StrCat("the delegation ", problem));
}

absl::Status RefusedDelegate(absl::string_view reason, const v1::Signature& signature,
                             absl::string_view problem) {
  return PreconditionFailed(reason, signature.department(),
                            absl::StrCat("the signature of ", signature.person(), " for ",
                                         signature.department(), ", by a delegation: ", problem));
}

absl::StatusOr<identity::PublicKey> KeyFrom(const std::string& base64) {
  std::string raw;
  if (!absl::Base64Unescape(base64, &raw) || absl::Base64Escape(raw) != base64) raw.clear();
  return identity::PublicKey::FromRawEd25519(raw);
}

bool IsUnderstood(v1::DelegationBody body, const std::string& bytes) {
  body.DiscardUnknownFields();
  return body.SerializeAsString() == bytes;
}

// Whether it is a time between 1970 and 9999.
bool IsTime(const google::protobuf::Timestamp& time) {
  return time.seconds() > 0 && time.seconds() <= 253402300799 && time.nanos() >= 0 &&
         time.nanos() < 1'000'000'000;
}

absl::Status CheckTimes(const v1::DelegationBody& body) {
  if (!IsTime(body.issue_time()) || !IsTime(body.expire_time())) {
    return InvalidDelegation(body.department(), "does not say from when to when it stands");
  }
  const absl::Time issued = resource::ToTime(body.issue_time());
  const absl::Time expires = resource::ToTime(body.expire_time());
  if (expires <= issued) return InvalidDelegation(body.department(), "ends before it begins");
  if (expires - issued <= kLongestDelegation) return absl::OkStatus();
  return InvalidDelegation(body.department(), "is for more than 92 days");
}

// Its department's keys, as a set: their order says nothing.
std::set<std::string> KeySetOf(const type::v1::Charter& document, absl::string_view department) {
  std::set<std::string> keys;
  for (const type::v1::StewardKey& key : document.keys()) {
    if (key.department() == department) keys.insert(key.SerializeAsString());
  }
  return keys;
}

}  // namespace

std::string DelegationText(absl::string_view body) {
  return absl::StrCat("comity charter delegation v1\n", absl::BytesToHexString(DigestOf(body)),
                      "\n");
}

absl::StatusOr<v1::DelegationBody> ReadDelegation(const v1::SignedDelegation& delegation) {
  v1::DelegationBody body;
  if (delegation.body().size() > kMostDelegationBytes || !body.ParseFromString(delegation.body()) ||
      !IsUnderstood(body, delegation.body())) {
    return InvalidDelegation(body.department(), "is not understood here");
  }
  if (body.department().empty() || body.steward().empty() || body.delegate().empty() ||
      body.steward() == body.delegate() || body.steward_key() == body.delegate_key()) {
    return InvalidDelegation(body.department(), "is not from one person to another");
  }
  if (!KeyFrom(body.steward_key()).ok() || !KeyFrom(body.delegate_key()).ok()) {
    return InvalidDelegation(body.department(), "names keys that are no Ed25519 keys in base64");
  }
  COMITY_RETURN_IF_ERROR(CheckTimes(body));
  return body;
}

absl::StatusOr<v1::DelegationBody> CheckDelegation(const type::v1::Charter& document,
                                                   const v1::SignedDelegation& delegation) {
  COMITY_ASSIGN_OR_RETURN(v1::DelegationBody body, ReadDelegation(delegation));
  const auto& keys = document.keys();
  const bool is_registered = std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
    return key.department() == body.department() && key.person() == body.steward() &&
           key.public_key() == body.steward_key();
  });
  if (!is_registered) {
    return InvalidDelegation(body.department(), "is by nobody who has a key in the charter");
  }
  COMITY_ASSIGN_OR_RETURN(const identity::PublicKey key, KeyFrom(body.steward_key()));
  if (key.Verify(DelegationText(delegation.body()), delegation.signature())) return body;
  return InvalidDelegation(body.department(), absl::StrCat("is not signed by ", body.steward()));
}

absl::Status CheckDelegate(const type::v1::Charter& before, const v1::RevisionBody& body,
                           const v1::Signature& signature) {
  if (signature.verdict() != v1::VERDICT_SIGN) {
    return RefusedDelegate("DELEGATE_DECIDES", signature, "it is the arbiter's own to decide");
  }
  COMITY_ASSIGN_OR_RETURN(const v1::DelegationBody by,
                          CheckDelegation(before, signature.delegation()));
  if (by.department() != signature.department() || by.delegate() != signature.person() ||
      by.delegate_key() != signature.public_key()) {
    return InvalidDelegation(by.department(), "is another person's, key's or department's");
  }
  const bool is_dated = IsTime(signature.statement_time());
  const absl::Time stated =
      is_dated ? resource::ToTime(signature.statement_time()) : absl::InfinitePast();
  if (stated < resource::ToTime(by.issue_time())) {
    return InvalidDelegation(by.department(), "is younger than the signature says it is");
  }
  if (stated > resource::ToTime(by.expire_time())) {
    return RefusedDelegate("DELEGATION_EXPIRED", signature, "it was too late");
  }
  const std::set<std::string> keys = KeySetOf(before, by.department());
  const bool is_own_text = body.author_department() == by.department();
  if (is_own_text &&
      (body.author() == by.delegate() || (body.author() == by.steward() && keys.size() > 1))) {
    return RefusedDelegate("AUTHOR_SIGNS", signature,
                           "its author leaves that to another steward of the department");
  }
  if (keys == KeySetOf(body.document(), by.department())) return absl::OkStatus();
  return RefusedDelegate("DELEGATE_CHANGES_KEYS", signature,
                         "who signs for the department is its stewards' own to say");
}

absl::Status CheckDelegateUse(const v1::Signature& signature, const DelegateUse& use) {
  if (use.earliest == absl::InfiniteFuture()) {
    if (use.is_revoked) {
      return RefusedDelegate("DELEGATION_REVOKED", signature, "that was revoked before");
    }
    return RefusedDelegate("DELEGATION_NOT_SEEN", signature,
                           "this service has not yet read of it in the gateway's journal");
  }
  COMITY_ASSIGN_OR_RETURN(const v1::DelegationBody by, ReadDelegation(signature.delegation()));
  if (use.earliest <= resource::ToTime(by.expire_time())) return absl::OkStatus();
  return RefusedDelegate("DELEGATION_EXPIRED", signature,
                         "it was not there yet when the delegation's time was over");
}

}  // namespace comity::charter
