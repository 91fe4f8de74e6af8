#include "services/gateway/charter_delegation_rules.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/charter/delegation.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

// By how much the clocks of whoever signs and of the gateway may differ.
constexpr absl::Duration kMostClockDifference = absl::Minutes(5);

bool IsNow(const google::protobuf::Timestamp& time, absl::Time now) {
  const absl::Duration difference = resource::ToTime(time) - now;
  return absl::AbsDuration(difference) <= kMostClockDifference;
}

absl::Status Over(const char* reason, const v1::CharterDelegation& delegation,
                  absl::string_view problem) {
  return PreconditionFailed(reason, delegation.name(),
                            absl::StrCat("the delegation of ", delegation.steward(), " to ",
                                         delegation.delegate(), " ", problem));
}

}  // namespace

absl::StatusOr<v1::CharterDelegation> MakeDelegation(
    const type::v1::Charter& document, const type::v1::Actor& actor, absl::Time now,
    const charter::v1::SignedDelegation& signed_delegation) {
  COMITY_ASSIGN_OR_RETURN(const charter::v1::DelegationBody body,
                          charter::ReadDelegation(signed_delegation));
  if (body.department() != actor.department()) {
    return PermissionDenied("NOT_OWN_DEPARTMENT",
                            absl::StrCat("it is a delegation of ", body.department()));
  }
  if (body.steward() != actor.person()) {
    return InvalidField("DELEGATION_OF_ANOTHER", "signed_delegation",
                        "you delegate as who you are");
  }
  COMITY_RETURN_IF_ERROR(charter::CheckDelegation(document, signed_delegation).status());
  v1::CharterDelegation delegation;
  delegation.set_department(body.department());
  delegation.set_steward(body.steward());
  delegation.set_delegate(body.delegate());
  *delegation.mutable_signed_delegation() = signed_delegation;
  *delegation.mutable_issue_time() = body.issue_time();
  *delegation.mutable_expire_time() = body.expire_time();
  *delegation.mutable_create_time() = resource::FromTime(now);
  if (!IsNow(body.issue_time(), now)) {
    return Over("DELEGATION_INVALID", delegation, "was not signed just now: is the clock right?");
  }
  COMITY_RETURN_IF_ERROR(CheckStands(delegation, now + charter::kDelegationMargin));
  return delegation;
}

v1::CharterDelegationState StateOf(const v1::CharterDelegation& delegation, absl::Time now) {
  if (delegation.has_revoke_time()) return v1::CHARTER_DELEGATION_STATE_REVOKED;
  return now < resource::ToTime(delegation.expire_time()) ? v1::CHARTER_DELEGATION_STATE_STANDING
                                                          : v1::CHARTER_DELEGATION_STATE_EXPIRED;
}

absl::Status CheckStands(const v1::CharterDelegation& delegation, absl::Time now) {
  switch (StateOf(delegation, now)) {
    case v1::CHARTER_DELEGATION_STATE_STANDING:
      return absl::OkStatus();
    case v1::CHARTER_DELEGATION_STATE_REVOKED:
      return Over("DELEGATION_REVOKED", delegation,
                  absl::StrCat("was revoked by ", delegation.revoker().person()));
    default:
      return Over("DELEGATION_EXPIRED", delegation, "has no time left");
  }
}

absl::Status Revoke(const type::v1::Actor& actor, absl::Time now,
                    v1::CharterDelegation* delegation) {
  COMITY_RETURN_IF_ERROR(CheckStands(*delegation, now));
  *delegation->mutable_revoke_time() = resource::FromTime(now);
  *delegation->mutable_revoker() = actor;
  return absl::OkStatus();
}

absl::Status AddUse(const std::string& proposal, const charter::v1::Signature& signature,
                    const std::string& statement, absl::Time now,
                    v1::CharterDelegation* delegation) {
  COMITY_RETURN_IF_ERROR(CheckStands(*delegation, now + charter::kDelegationMargin));
  if (!IsNow(signature.statement_time(), now)) {
    return Over("STATEMENT_TIME_INVALID", *delegation,
                "is used by a signature that was not given just now: is the clock right?");
  }
  delegation->set_use_count(delegation->use_count() + 1);
  v1::DelegationUse& use = *delegation->mutable_last_use();
  use.set_proposal(proposal);
  use.set_statement(statement);
  *use.mutable_use_time() = resource::FromTime(now);
  return absl::OkStatus();
}

}  // namespace comity::gateway
