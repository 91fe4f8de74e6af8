// For tests: keys of departments' stewards, and what they sign.
#ifndef COMITY_RUNTIME_CHARTER_SIGNING_TEST_KEYS_H_
#define COMITY_RUNTIME_CHARTER_SIGNING_TEST_KEYS_H_

#include <map>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/runtime/charter/signed_revision.h"
#include "services/runtime/identity/signature.h"
#include "services/runtime/resource/columns.h"

namespace comity::charter {

// Keys by `sam@sales`, made when they are first asked for.
class TestKeys {
 public:
  const identity::PrivateKey& Of(const std::string& who) {
    const auto found = keys_.find(who);
    if (found != keys_.end()) return found->second;
    return keys_.emplace(who, *identity::PrivateKey::GenerateEd25519()).first->second;
  }
  std::string PublicOf(const std::string& who) {
    return absl::Base64Escape(*Of(who).RawPublicKey());
  }
  // Registers the key in a charter.
  void Register(const std::string& who, type::v1::Charter* charter) {
    type::v1::StewardKey& key = *charter->add_keys();
    const std::pair<std::string, std::string> parts = absl::StrSplit(who, '@');
    key.set_person(absl::StrCat("persons/", parts.first));
    key.set_department(absl::StrCat("departments/", parts.second));
    key.set_public_key(PublicOf(who));
  }
  v1::Signature Sign(const std::string& who, absl::string_view body,
                     v1::Verdict verdict = v1::VERDICT_SIGN) {
    v1::Signature signature;
    const std::pair<std::string, std::string> parts = absl::StrSplit(who, '@');
    signature.set_person(absl::StrCat("persons/", parts.first));
    signature.set_department(absl::StrCat("departments/", parts.second));
    signature.set_public_key(PublicOf(who));
    signature.set_verdict(verdict);
    signature.set_signature(*Of(who).Sign(SigningText(body, signature)));
    return signature;
  }
  // What `steward` signs to let `delegate` sign from `issued` until `expires`, both e.g.
  // `sam@sales`.
  v1::SignedDelegation Delegate(const std::string& steward, const std::string& delegate,
                                absl::Time issued, absl::Time expires) {
    v1::DelegationBody body;
    const std::pair<std::string, std::string> parts = absl::StrSplit(steward, '@');
    body.set_department(absl::StrCat("departments/", parts.second));
    body.set_steward(absl::StrCat("persons/", parts.first));
    body.set_steward_key(PublicOf(steward));
    body.set_delegate(absl::StrCat("persons/", delegate.substr(0, delegate.find('@'))));
    body.set_delegate_key(PublicOf(delegate));
    *body.mutable_issue_time() = resource::FromTime(issued);
    *body.mutable_expire_time() = resource::FromTime(expires);
    return SignDelegation(steward, body);
  }
  v1::SignedDelegation SignDelegation(const std::string& steward, const v1::DelegationBody& body) {
    v1::SignedDelegation delegation;
    delegation.set_body(body.SerializeAsString());
    delegation.set_signature(*Of(steward).Sign(DelegationText(delegation.body())));
    return delegation;
  }
  // The same, by which `delegate` says at `stated` that he agrees.
  v1::Signature SignBy(const v1::SignedDelegation& delegation, const std::string& delegate,
                       absl::string_view body, absl::Time stated,
                       v1::Verdict verdict = v1::VERDICT_SIGN) {
    v1::Signature signature = Sign(delegate, body, verdict);
    *signature.mutable_delegation() = delegation;
    *signature.mutable_statement_time() = resource::FromTime(stated);
    signature.set_signature(*Of(delegate).Sign(SigningText(body, signature)));
    return signature;
  }

 private:
  std::map<std::string, identity::PrivateKey> keys_;
};

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_SIGNING_TEST_KEYS_H_
