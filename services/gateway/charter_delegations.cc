// The handlers of CharterService about delegations.
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/gateway/charter_completion.h"
#include "services/gateway/charter_delegation_rules.h"
#include "services/gateway/charter_delegation_store.h"
#include "services/gateway/charter_proposal_change.h"
#include "services/gateway/charter_service.h"
#include "services/gateway/enact_charter.h"
#include "services/runtime/charter/revision_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/filter.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

v1::CharterDelegation ShownDelegation(const Call& call, const StoredDelegation& stored) {
  v1::CharterDelegation delegation = stored.delegation;
  delegation.set_state(StateOf(delegation, call.now));
  delegation.set_etag(absl::StrCat(stored.version));
  return delegation;
}

void Journal(storage::Transaction& tx, const StoredDelegation& stored, const char* type) {
  journal::v1::Entry entry;
  entry.set_subject(stored.delegation.name());
  entry.set_version(stored.version);
  entry.set_type(type);
  entry.mutable_payload()->PackFrom(stored.delegation);
  tx.Append(std::move(entry));
}

// Writes what `stored` says now, and journals it.
absl::Status SaveDelegation(storage::Transaction& tx, const char* type, StoredDelegation* stored) {
  COMITY_RETURN_IF_ERROR(UpdateDelegation(tx, *stored));
  ++stored->version;
  Journal(tx, *stored, type);
  return absl::OkStatus();
}

bool IsIn(const Call& call, const std::string& person, const std::string& department,
          const std::vector<type::v1::Role>& roles) {
  for (const type::v1::Role role :
       call.runtime->directory->snapshot()->RolesOf(person, department)) {
    for (const type::v1::Role wanted : roles) {
      if (role == wanted) return true;
    }
  }
  return false;
}

absl::Status CheckDelegateIsMember(const Call& call, const v1::CharterDelegation& delegation) {
  if (IsIn(call, delegation.delegate(), delegation.department(),
           {type::v1::ROLE_MEMBER, type::v1::ROLE_STEWARD})) {
    return absl::OkStatus();
  }
  return PreconditionFailed(
      "DELEGATE_NOT_MEMBER", delegation.delegate(),
      absl::StrCat(delegation.delegate(), " is no member of ", delegation.department()));
}

// Who is no steward any more has nobody sign in his place.
absl::Status CheckStewardIsOne(const Call& call, const v1::CharterDelegation& delegation) {
  if (IsIn(call, delegation.steward(), delegation.department(), {type::v1::ROLE_STEWARD})) {
    return absl::OkStatus();
  }
  return PreconditionFailed("DELEGATION_LAPSED", delegation.name(),
                            absl::StrCat(delegation.steward(), " is no steward of ",
                                         delegation.department(), " any more"));
}

// Notes the use in the delegation's row, which whoever revokes it locks as well: one of them comes
// first, in its history and so in the journal that every service reads.
absl::Status UseDelegation(storage::Transaction& tx, const Call& call,
                           const charter::v1::Signature& signature,
                           const v1::CharterProposal& proposal) {
  const std::string digest = charter::DigestOf(signature.delegation().body());
  const std::string statement = charter::StatementOf(proposal.body(), signature);
  COMITY_ASSIGN_OR_RETURN(StoredDelegation stored, LockDelegationOf(tx, digest));
  COMITY_RETURN_IF_ERROR(
      AddUse(proposal.name(), signature, statement, call.now, &stored.delegation));
  COMITY_RETURN_IF_ERROR(CheckStewardIsOne(call, stored.delegation));
  COMITY_RETURN_IF_ERROR(SaveDelegation(tx, "used", &stored));
  return charter::InsertDelegateUse(tx, digest, statement, call.now);
}

// The department of a filter; empty: any.
absl::StatusOr<std::string> DepartmentFilter(const std::string& filter) {
  static const auto* const fields = new std::vector<std::string>{"department"};
  COMITY_ASSIGN_OR_RETURN(const auto alternatives, resource::ParseFilter(filter, *fields));
  if (alternatives.size() != 1 || alternatives.front().size() > 1) {
    return InvalidField("FILTER_TOO_COMPLEX", "filter", "one department");
  }
  return alternatives.front().empty() ? "" : alternatives.front().front().value;
}

}  // namespace

absl::StatusOr<v1::CharterDelegation> CharterService::DelegateSignature(
    Call& call, const v1::DelegateSignatureRequest& request) {
  return storage::Transact<v1::CharterDelegation>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::CharterDelegation> {
        StoredDelegation stored{{}, 1};
        COMITY_ASSIGN_OR_RETURN(stored.delegation,
                                MakeDelegation(call.charter().document(), call.actor(), call.now,
                                               request.signed_delegation()));
        COMITY_RETURN_IF_ERROR(CheckDelegateIsMember(call, stored.delegation));
        stored.delegation.set_name(
            resource::MakeName(kCharterDelegations, resource::NewId(call.now)));
        COMITY_RETURN_IF_ERROR(InsertDelegation(tx, stored.delegation));
        Journal(tx, stored, "delegated");
        return ShownDelegation(call, stored);
      });
}

absl::StatusOr<v1::CharterDelegation> CharterService::GetDelegation(
    Call& call, const v1::GetDelegationRequest& request) {
  v1::CharterDelegation delegation;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(const StoredDelegation stored,
                            gateway::GetDelegation(reader, request.name()));
    delegation = ShownDelegation(call, stored);
    return absl::OkStatus();
  }));
  return delegation;
}

absl::StatusOr<v1::ListDelegationsResponse> CharterService::ListDelegations(
    Call& call, const v1::ListDelegationsRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const std::string department, DepartmentFilter(request.filter()));
  COMITY_ASSIGN_OR_RETURN(const int size, resource::ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(const std::string before, resource::ReadPageToken(call, request));
  v1::ListDelegationsResponse response;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    response.Clear();
    resource::PageRoom room(size);
    std::string last = before;
    // One more than fits: it tells whether there is another page.
    COMITY_ASSIGN_OR_RETURN(auto some,
                            gateway::ListDelegations(reader, department, last, size + 1));
    for (v1::CharterDelegation& delegation : some) {
      delegation.set_state(StateOf(delegation, call.now));
      if (!room.Take(delegation)) {
        response.set_next_page_token(resource::MakePageToken(call, request, last));
        return absl::OkStatus();
      }
      last = delegation.name();
      *response.add_delegations() = std::move(delegation);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::CharterDelegation> CharterService::RevokeDelegation(
    Call& call, const v1::RevokeDelegationRequest& request) {
  return storage::Transact<v1::CharterDelegation>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::CharterDelegation> {
        COMITY_ASSIGN_OR_RETURN(StoredDelegation stored, LockDelegation(tx, request.name()));
        if (stored.delegation.department() != call.principal.department) {
          return PermissionDenied(
              "NOT_OWN_DEPARTMENT",
              absl::StrCat("it is a delegation of ", stored.delegation.department()));
        }
        COMITY_RETURN_IF_ERROR(Revoke(call.actor(), call.now, &stored.delegation));
        COMITY_RETURN_IF_ERROR(SaveDelegation(tx, "revoked", &stored));
        return ShownDelegation(call, stored);
      });
}

absl::StatusOr<v1::CharterProposal> CharterService::SignAsDelegate(
    Call& call, const v1::SignAsDelegateRequest& request) {
  const Definition* enact = runner_->Find(kEnactCharter);
  if (enact == nullptr) return Internal("no workflow enact-charter");
  const charter::v1::Signature& signature = request.signature();
  COMITY_RETURN_IF_ERROR(CheckOwn(signature, call.actor()));
  auto proposal =
      ChangeOpen(call, request, "signed",
                 [&](storage::Transaction& tx, StoredProposal* stored) -> absl::Status {
                   if (!signature.has_delegation()) {
                     return InvalidField("DELEGATION_REQUIRED", "signature.delegation",
                                         "by which you sign; a steward signs by SignProposal");
                   }
                   COMITY_ASSIGN_OR_RETURN(const charter::Base base, BaseOf(call));
                   COMITY_RETURN_IF_ERROR(
                       AddSignature(base, call.actor(), call.now, signature, &stored->proposal));
                   COMITY_RETURN_IF_ERROR(UseDelegation(tx, call, signature, stored->proposal));
                   return CompleteIfSigned(tx, call, *enact, &stored->proposal);
                 });
  if (proposal.ok()) runner_->LookNow();
  return proposal;
}

}  // namespace comity::gateway
