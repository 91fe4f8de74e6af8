#include "services/account/relationship_service.h"

#include "absl/strings/str_cat.h"
#include "comity/account/v1/account.pb.h"
#include "services/account/account_store.h"
#include "services/account/holds.h"
#include "services/account/relationship_store.h"
#include "services/runtime/resource/record_store.h"
#include "services/runtime/resource/references.h"
#include "services/runtime/resource/standard_methods.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/workflow/withdraw.h"

namespace comity::account {
namespace {

using google::protobuf::Message;

absl::Status CheckParties(storage::Transaction& tx, const Message& record) {
  const auto& relationship = static_cast<const v1::Relationship&>(record);
  COMITY_RETURN_IF_ERROR(
      resource::CheckReference(tx, "relationship.account", relationship.account()));
  COMITY_RETURN_IF_ERROR(
      resource::CheckReference(tx, "relationship.contact", relationship.contact()));
  return resource::CheckReference(tx, "relationship.other_party", relationship.other_party());
}

absl::Status AfterInsert(storage::Transaction& tx, const Message& /*request*/, Message* record) {
  return CheckParties(tx, *record);
}

absl::Status OnUpdate(storage::Transaction& tx, const Message& /*before*/, const Message& record) {
  return CheckParties(tx, record);
}

// Of several who ask at once for one account all get the same: its row is their lock.
absl::Status LockAccount(storage::Transaction& tx, const std::string& name) {
  v1::Account account;
  const auto locked = resource::LockRecord(tx, AccountResource(), name, &account);
  if (locked.ok() && resource::CheckStands(account).ok()) return absl::OkStatus();
  if (!locked.ok() && !absl::IsNotFound(locked.status())) return locked.status();
  return InvalidField("REFERENCE_NOT_FOUND", "relationship.account",
                      absl::StrCat("there is no ", name));
}

absl::Status Make(storage::Transaction& tx, Call& call,
                  const v1::EnsureRelationshipRequest& request, v1::Relationship* relationship) {
  v1::CreateRelationshipRequest create;
  *create.mutable_relationship() = request.relationship();
  COMITY_RETURN_IF_ERROR(resource::CreateIn(tx, call, RelationshipResource(), create,
                                            resource::AfterInsert(AfterInsert), relationship));
  return Hold(tx, RelationshipResource(), relationship->name(), request.workflow(), /*made=*/true);
}

absl::Status Share(storage::Transaction& tx, const std::string& name, const std::string& workflow,
                   v1::Relationship* relationship) {
  COMITY_RETURN_IF_ERROR(
      resource::LockRecord(tx, RelationshipResource(), name, relationship).status());
  if (!resource::CheckStands(*relationship).ok()) {
    return ConcurrentChange("the relationship was withdrawn meanwhile");
  }
  return Hold(tx, RelationshipResource(), name, workflow, /*made=*/false);
}

}  // namespace

absl::StatusOr<v1::Relationship> RelationshipService::CreateRelationship(
    Call& call, const v1::CreateRelationshipRequest& request) {
  return resource::Create<v1::Relationship>(call, RelationshipResource(), request, AfterInsert);
}

absl::StatusOr<v1::BatchCreateRelationshipsResponse> RelationshipService::BatchCreateRelationships(
    Call& call, const v1::BatchCreateRelationshipsRequest& request) {
  return resource::BatchCreate<v1::BatchCreateRelationshipsResponse>(call, RelationshipResource(),
                                                                     request, AfterInsert);
}

absl::StatusOr<v1::Relationship> RelationshipService::GetRelationship(
    Call& call, const v1::GetRelationshipRequest& request) {
  return resource::Get<v1::Relationship>(call, RelationshipResource(), request);
}

absl::StatusOr<v1::ListRelationshipsResponse> RelationshipService::ListRelationships(
    Call& call, const v1::ListRelationshipsRequest& request) {
  return resource::List<v1::ListRelationshipsResponse>(call, RelationshipResource(), request);
}

absl::StatusOr<v1::Relationship> RelationshipService::UpdateRelationship(
    Call& call, const v1::UpdateRelationshipRequest& request) {
  return resource::Update<v1::Relationship>(call, RelationshipResource(), request, OnUpdate);
}

absl::StatusOr<v1::EnsureRelationshipResponse> RelationshipService::EnsureRelationship(
    Call& call, const v1::EnsureRelationshipRequest& request) {
  const v1::Relationship& wanted = request.relationship();
  return storage::Transact<v1::EnsureRelationshipResponse>(
      call, request,
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::EnsureRelationshipResponse> {
        v1::EnsureRelationshipResponse response;
        COMITY_RETURN_IF_ERROR(LockAccount(tx, wanted.account()));
        COMITY_ASSIGN_OR_RETURN(const std::string found,
                                FindLasting(tx, wanted.account(), wanted.kind()));
        response.set_made(found.empty());
        COMITY_RETURN_IF_ERROR(
            found.empty() ? Make(tx, call, request, response.mutable_relationship())
                          : Share(tx, found, request.workflow(), response.mutable_relationship()));
        return response;
      });
}

absl::StatusOr<v1::ReleaseRelationshipResponse> RelationshipService::ReleaseRelationship(
    Call& call, const v1::ReleaseRelationshipRequest& request) {
  static const auto* const kind = new workflow::Withdrawable(
      workflow::WithdrawableOf<v1::Relationship>(RelationshipResource()));
  return storage::Transact<v1::ReleaseRelationshipResponse>(
      call, request,
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::ReleaseRelationshipResponse> {
        v1::ReleaseRelationshipResponse response;
        v1::Relationship relationship;
        COMITY_RETURN_IF_ERROR(
            resource::LockRecord(tx, RelationshipResource(), request.name(), &relationship)
                .status());
        COMITY_ASSIGN_OR_RETURN(
            const bool is_free,
            ReleaseHold(tx, RelationshipResource(), request.name(), request.workflow()));
        if (!is_free) return response;
        COMITY_ASSIGN_OR_RETURN(const bool withdrawn,
                                workflow::Withdraw(tx, call, *kind, request.name()));
        response.set_withdrawn(withdrawn);
        return response;
      });
}

}  // namespace comity::account
