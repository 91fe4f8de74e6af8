#include "services/runtime/charter/signed_revision.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/runtime/charter/affected.h"
#include "services/runtime/identity/signature.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::charter {
namespace {

// It is sent with its signatures, and a message has 1 MiB.
constexpr size_t kMostBytes = 512 << 10;

absl::Status Refused(absl::string_view reason, const v1::Signature& signature,
                     absl::string_view problem) {
  return PreconditionFailed(reason, signature.department(),
                            absl::StrCat("the signature of ", signature.person(), " for ",
                                         signature.department(), ": ", problem));
}

std::vector<const type::v1::StewardKey*> KeysOf(const type::v1::Charter& document,
                                                absl::string_view department) {
  std::vector<const type::v1::StewardKey*> keys;
  for (const type::v1::StewardKey& key : document.keys()) {
    if (key.department() == department) keys.push_back(&key);
  }
  return keys;
}

// With which keys a department signs: those of the base; only one that is new signs with the key
// that it is about to get, as all others sign that too. (Were it so for an old one without a key,
// whoever has the only key could make up all others.)
std::vector<const type::v1::StewardKey*> SigningKeys(const Base& base, const v1::RevisionBody& body,
                                                     absl::string_view department) {
  const auto& known = base.charter->document().departments();
  const bool is_new = std::find(known.begin(), known.end(), department) == known.end();
  return KeysOf(is_new ? body.document() : base.charter->document(), department);
}

absl::Status Invalid(absl::string_view problem) {
  return InvalidField("REVISION_INVALID", "signed_revision.body", problem);
}

bool Has(const v1::SignedRevision& signed_revision, v1::Verdict verdict) {
  const auto& signatures = signed_revision.signatures();
  return std::any_of(signatures.begin(), signatures.end(),
                     [&](const auto& signature) { return signature.verdict() == verdict; });
}

// The departments of which nobody has said anything that counts.
template <typename Counts>
std::vector<std::string> Without(const std::vector<std::string>& departments,
                                 const Signatures& signatures, Counts counts) {
  std::vector<std::string> without;
  for (const std::string& department : departments) {
    const bool has_said =
        std::any_of(signatures.begin(), signatures.end(), [&](const v1::Signature& signature) {
          return signature.department() == department && counts(signature.verdict());
        });
    if (!has_said) without.push_back(department);
  }
  return without;
}

// Whether the key is registered for who signs, and he leaves his own text to another.
absl::Status CheckSteward(const Base& base, const v1::RevisionBody& body,
                          const v1::Signature& signature) {
  const auto keys = SigningKeys(base, body, signature.department());
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto* registered) {
    return registered->person() == signature.person() &&
           registered->public_key() == signature.public_key();
  });
  if (key == keys.end()) {
    return Refused("SIGNATURE_INVALID", signature, "the charter has no such key of theirs");
  }
  const bool is_author =
      signature.person() == body.author() && signature.department() == body.author_department();
  if (is_author && signature.verdict() == v1::VERDICT_SIGN && keys.size() > 1) {
    return Refused("AUTHOR_SIGNS", signature,
                   "its author leaves that to another steward of the department");
  }
  return absl::OkStatus();
}

// Who stands behind a signature: by name and by key.
std::set<std::string> Behind(const v1::Signature& signature) {
  std::set<std::string> behind = {signature.person(), signature.public_key()};
  v1::DelegationBody by;
  if (signature.has_delegation() && by.ParseFromString(signature.delegation().body())) {
    behind.insert({by.steward(), by.steward_key()});
  }
  return behind;
}

bool Meet(const std::set<std::string>& one, const std::set<std::string>& other) {
  return std::any_of(one.begin(), one.end(),
                     [&](const std::string& each) { return other.contains(each); });
}

}  // namespace

std::string DigestOf(absl::string_view bytes) { return storage::Sha256(bytes); }

std::string SigningText(absl::string_view body, const v1::Signature& signature) {
  const char* verdict = signature.verdict() == v1::VERDICT_DECIDE ? "decide" : "sign";
  const bool is_delegates = signature.has_delegation();
  const char* title = is_delegates ? "comity charter signature by delegation v1\n"
                                   : "comity charter signature v1\n";
  std::string text = absl::StrCat(title, absl::BytesToHexString(DigestOf(body)), "\n", verdict,
                                  "\n", signature.department(), "\n", signature.person(), "\n");
  if (!is_delegates) return text;
  const auto& stated = signature.statement_time();
  return absl::StrCat(text, absl::BytesToHexString(DigestOf(signature.delegation().body())), "\n",
                      stated.seconds(), " ", stated.nanos(), "\n");
}

std::string StatementOf(absl::string_view body, const v1::Signature& signature) {
  return DigestOf(SigningText(body, signature));
}

absl::StatusOr<Proposed> ReadProposed(const Base& base, absl::string_view body) {
  Proposed proposed;
  if (body.size() > kMostBytes) return Invalid("it has more than 512 KiB");
  if (!proposed.body.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return Invalid("it does not parse");
  }
  const type::v1::Charter& document = proposed.body.document();
  if (proposed.body.base_revision() != base.charter->revision() ||
      proposed.body.base_digest() != base.digest) {
    return PreconditionFailed("BASE_NOT_KNOWN", proposed.body.proposal(),
                              absl::StrCat("it follows on another charter than revision ",
                                           base.charter->revision(), ", which is in force here"));
  }
  if (document.revision() != base.charter->revision() + 1) {
    return Invalid(absl::StrCat("revision ", base.charter->revision() + 1, " comes next"));
  }
  if (document.provisional()) return Invalid("what is signed is not provisional");
  for (const std::string& department : document.departments()) {
    if (KeysOf(document, department).empty()) {
      return Invalid(absl::StrCat(department, " has no key: it could sign nothing any more"));
    }
  }
  COMITY_RETURN_IF_ERROR(Charter::Make(document).status());
  proposed.affected = AffectedDepartments(base.charter->document(), document);
  if (proposed.affected.empty()) return Invalid("it touches nobody: nobody could sign it");
  return proposed;
}

absl::Status CheckSignature(const Base& base, const v1::RevisionBody& body, absl::string_view bytes,
                            const v1::Signature& signature) {
  const std::string& department = signature.department();
  // What a later release may let a signature say is no agreement here.
  if (signature.verdict() != v1::VERDICT_SIGN && signature.verdict() != v1::VERDICT_DECIDE) {
    return Refused("SIGNATURE_INVALID", signature, "it says nothing that is known here");
  }
  if (signature.verdict() == v1::VERDICT_DECIDE &&
      base.charter->document().arbiter() != department) {
    return Refused("NOT_ARBITER", signature, "the charter names another arbiter, or none");
  }
  COMITY_RETURN_IF_ERROR(signature.has_delegation()
                             ? CheckDelegate(base.charter->document(), body, signature)
                             : CheckSteward(base, body, signature));
  std::string raw;
  if (!absl::Base64Unescape(signature.public_key(), &raw)) raw.clear();
  const auto public_key = identity::PublicKey::FromRawEd25519(raw);
  if (!public_key.ok() ||
      !public_key->Verify(SigningText(bytes, signature), signature.signature())) {
    return Refused("SIGNATURE_INVALID", signature, "it does not cover this proposal");
  }
  return absl::OkStatus();
}

absl::Status CheckDistinct(const v1::SignedRevision& signed_revision) {
  std::set<std::string> seen;  // department and verdict
  for (const v1::Signature& signature : signed_revision.signatures()) {
    const bool is_new =
        seen.insert(signature.department() + "/" + v1::Verdict_Name(signature.verdict())).second;
    if (!is_new) return Refused("SIGNATURE_INVALID", signature, "the department signs twice");
  }
  for (const v1::Signature& one : signed_revision.signatures()) {
    for (const v1::Signature& other : signed_revision.signatures()) {
      if (one.department() == other.department()) continue;
      if (Meet(Behind(one), Behind(other))) {
        return Refused("SIGNATURE_INVALID", one,
                       absl::StrCat("nobody signs for ", other.department(), " as well"));
      }
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> MissingSignatures(const std::vector<std::string>& affected,
                                           const Signatures& signatures) {
  return Without(affected, signatures, [](v1::Verdict said) { return said == v1::VERDICT_SIGN; });
}

std::vector<std::string> Overruled(const std::vector<std::string>& affected,
                                   const Signatures& signatures) {
  return Without(affected, signatures, [](v1::Verdict) { return true; });
}

absl::Status CheckRevision(const Base& base, const v1::SignedRevision& signed_revision,
                           bool term_is_over, const DelegateUses& uses) {
  const std::string& bytes = signed_revision.body();
  COMITY_ASSIGN_OR_RETURN(const Proposed proposed, ReadProposed(base, bytes));
  for (const v1::Signature& signature : signed_revision.signatures()) {
    COMITY_RETURN_IF_ERROR(CheckSignature(base, proposed.body, bytes, signature));
    if (!signature.has_delegation()) continue;
    const auto use = uses.find(StatementOf(bytes, signature));
    COMITY_RETURN_IF_ERROR(
        CheckDelegateUse(signature, use == uses.end() ? DelegateUse() : use->second));
  }
  COMITY_RETURN_IF_ERROR(CheckDistinct(signed_revision));
  const std::vector<std::string> missing =
      MissingSignatures(proposed.affected, signed_revision.signatures());
  if (missing.empty()) return absl::OkStatus();
  if (!Has(signed_revision, v1::VERDICT_DECIDE)) {
    return PreconditionFailed(
        "SIGNATURE_MISSING", proposed.body.proposal(),
        absl::StrCat("these have not signed: ", absl::StrJoin(missing, ", ")));
  }
  if (term_is_over) return absl::OkStatus();
  return PreconditionFailed("TERM_NOT_OVER", proposed.body.proposal(),
                            "the arbiter decides after the term that the charter gives");
}

}  // namespace comity::charter
