#include "services/runtime/workflow/participant_service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::workflow {
namespace {

// The method `package.Service/Method`. INVALID_ARGUMENT reason UNKNOWN_METHOD.
absl::StatusOr<const google::protobuf::MethodDescriptor*> MethodOf(const std::string& name) {
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      absl::StrReplaceAll(name, {{"/", "."}}));
  if (method != nullptr) return method;
  return InvalidField("UNKNOWN_METHOD", "method", "`package.Service/Method` of this service");
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
        COMITY_ASSIGN_OR_RETURN(const bool withdrawn,
                                Withdraw(tx, call, *kind, request.name(), request.workflow()));
        response.set_withdrawn(withdrawn);
        return response;
      });
}

}  // namespace comity::workflow
