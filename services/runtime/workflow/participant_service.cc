#include "services/runtime/workflow/participant_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/workflow/move_owned.h"
#include "services/runtime/workflow/responsibility.h"

namespace comity::workflow {
namespace {

// The method `package.Service/Method`. INVALID_ARGUMENT reason UNKNOWN_METHOD.
absl::StatusOr<const google::protobuf::MethodDescriptor*> MethodOf(const std::string& name) {
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      absl::StrReplaceAll(name, {{"/", "."}}));
  if (method != nullptr) return method;
  return InvalidField("UNKNOWN_METHOD", "method", "`package.Service/Method` of this service");
}

// Tells whoever works on a record that stays that what it was made for does not stand any more. Not
// of what workflows share, which they release by methods of its service: there the note would be
// what keeps it for ever.
absl::Status NoteThatItStays(storage::Transaction& tx, Call& call,
                             const std::vector<fact::SubjectFacts>& subjects,
                             const v1::WithdrawRecordRequest& request) {
  const std::string collection = resource::CollectionOf(request.name());
  const auto kind = std::find_if(subjects.begin(), subjects.end(), [&](const auto& other) {
    return other.resource->collection == collection;
  });
  if (kind == subjects.end()) return absl::OkStatus();
  fact::v1::Fact note;
  note.set_kind(fact::v1::FACT_KIND_NOTE);
  note.set_reason(request.reason());
  note.set_summary(absl::StrCat(
      "What this was made for was taken back", request.reason().empty() ? "" : ": ",
      request.reason(), ". It stays, since others have worked on it; ", request.workflow()));
  const absl::Status noted =
      fact::Record(tx, call, *kind, request.name(), std::move(note)).status();
  // Where no note can follow, that is no reason to leave the workflow half undone.
  return absl::IsFailedPrecondition(noted) ? absl::OkStatus() : noted;
}

absl::Status CheckSuccessors(const Call& call, const v1::MoveOwnedRequest& request) {
  const auto directory = call.runtime->directory->snapshot();
  for (const std::string& successor : request.successors()) {
    if (!directory->KnowsPerson(successor)) {
      return InvalidField("UNKNOWN_PERSON", "successors",
                          absl::StrCat("the directory knows no ", successor));
    }
    if (!directory->RolesOf(successor, request.department()).empty()) continue;
    return InvalidField("SUCCESSOR_INVALID", "successors",
                        absl::StrCat(successor, " is no member of ", request.department()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::VoidRequestResponse> ParticipantService::VoidRequest(
    Call& call, const v1::VoidRequestRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const auto* method, MethodOf(request.method()));
  const std::string actor = request.person().empty() ? call.principal.workload : request.person();
  v1::VoidRequestResponse response;
  COMITY_ASSIGN_OR_RETURN(storage::TransactOptions options, storage::OptionsOf(request));
  // Repeating it is harmless, and it must be able to tell what happened: it keeps no reply itself.
  options.request_id.clear();
  COMITY_RETURN_IF_ERROR(storage::TransactInto(
      call, options,
      [&](storage::Transaction& tx) -> absl::Status {
        response.Clear();
        COMITY_ASSIGN_OR_RETURN(
            const bool voided, tx.VoidRequest(actor, request.method(), request.voided_request_id(),
                                              call.now, response.mutable_reply()->mutable_value()));
        response.set_happened(!voided);
        if (voided) response.clear_reply();
        return absl::OkStatus();
      },
      &response));
  if (response.happened()) {
    response.mutable_reply()->set_type_url(
        absl::StrCat("type.googleapis.com/", method->output_type()->full_name()));
  }
  return response;
}

absl::StatusOr<v1::WithdrawRecordResponse> ParticipantService::WithdrawRecord(
    Call& call, const v1::WithdrawRecordRequest& request) {
  const std::string collection = resource::CollectionOf(request.name());
  const auto kind = std::find_if(kinds_.begin(), kinds_.end(), [&](const Withdrawable& other) {
    return other.resource->collection == collection;
  });
  if (kind == kinds_.end()) {
    return InvalidField("NOT_WITHDRAWABLE", "name",
                        absl::StrCat("workflows make no ", collection, " here"));
  }
  return storage::Transact<v1::WithdrawRecordResponse>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::WithdrawRecordResponse> {
        v1::WithdrawRecordResponse response;
        COMITY_ASSIGN_OR_RETURN(const bool withdrawn, Withdraw(tx, call, *kind, request.name()));
        response.set_withdrawn(withdrawn);
        if (!withdrawn) COMITY_RETURN_IF_ERROR(NoteThatItStays(tx, call, subjects_, request));
        return response;
      });
}

absl::StatusOr<v1::MoveOwnedResponse> ParticipantService::MoveOwned(
    Call& call, const v1::MoveOwnedRequest& request) {
  if (request.department() != call.principal.department) {
    return PermissionDenied("DEPARTMENT_NOT_OWN", "a steward moves what his department works on");
  }
  if (request.successors().empty()) {
    return InvalidField("FIELD_REQUIRED", "successors", "name at least one");
  }
  if (request.limit() < 1 || request.limit() > kMostMovedAtOnce) {
    return InvalidField("BATCH_TOO_LARGE", "limit", absl::StrCat("is 1 to ", kMostMovedAtOnce));
  }
  return storage::Transact<v1::MoveOwnedResponse>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::MoveOwnedResponse> {
        // Here, since a repetition gets its first answer, whoever has left by now.
        COMITY_RETURN_IF_ERROR(CheckSuccessors(call, request));
        return workflow::MoveOwned(tx, call, subjects_, request);
      });
}

absl::StatusOr<const fact::SubjectFacts*> ParticipantService::KindOf(
    const std::string& name) const {
  const std::string collection = resource::CollectionOf(name);
  const auto kind = std::find_if(subjects_.begin(), subjects_.end(), [&](const auto& other) {
    return other.resource->collection == collection;
  });
  if (kind != subjects_.end()) return &*kind;
  return InvalidField("NOT_HANDED_OVER", "name",
                      absl::StrCat("nobody is responsible for ", collection, " here"));
}

absl::StatusOr<v1::Responsibility> ParticipantService::GetResponsibility(
    Call& call, const v1::GetResponsibilityRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const fact::SubjectFacts* kind, KindOf(request.name()));
  v1::Responsibility said;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(said, ReadResponsibility(reader, *kind, request));
    return absl::OkStatus();
  }));
  return said;
}

absl::StatusOr<v1::Responsibility> ParticipantService::TransferResponsibility(
    Call& call, const v1::TransferResponsibilityRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const fact::SubjectFacts* kind, KindOf(request.name()));
  COMITY_RETURN_IF_ERROR(CheckTransfer(call, request));
  return storage::Transact<v1::Responsibility>(
      call, request, [&](storage::Transaction& tx) { return Transfer(tx, call, *kind, request); });
}

absl::StatusOr<v1::RestoreResponsibilityResponse> ParticipantService::RestoreResponsibility(
    Call& call, const v1::RestoreResponsibilityRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const fact::SubjectFacts* kind, KindOf(request.name()));
  return storage::Transact<v1::RestoreResponsibilityResponse>(
      call, request,
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::RestoreResponsibilityResponse> {
        v1::RestoreResponsibilityResponse response;
        COMITY_ASSIGN_OR_RETURN(const bool restored, Restore(tx, call, *kind, request));
        response.set_withdrawn(restored);
        return response;
      });
}

}  // namespace comity::workflow
