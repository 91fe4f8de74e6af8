#include "services/support/case_service.h"

#include "services/runtime/resource/standard_methods.h"
#include "services/support/case_rules.h"
#include "services/support/case_store.h"

namespace comity::support {
namespace {

// A case begins with the fact that it was opened; the record then says what the facts say.
resource::AfterInsert RecordOpened(Call& call) {
  return [&call](storage::Transaction& tx, google::protobuf::Message* record) -> absl::Status {
    auto* made = static_cast<v1::Case*>(record);
    COMITY_RETURN_IF_ERROR(
        fact::Record(tx, call, CaseFacts(), made->name(), OpenedFact(*made)).status());
    return resource::GetRecord(tx, CaseResource(), made->name(), made).status();
  };
}

}  // namespace

absl::StatusOr<v1::Case> CaseService::CreateCase(Call& call, const v1::CreateCaseRequest& request) {
  return resource::Create<v1::Case>(call, CaseResource(), request, RecordOpened(call));
}

absl::StatusOr<v1::BatchCreateCasesResponse> CaseService::BatchCreateCases(
    Call& call, const v1::BatchCreateCasesRequest& request) {
  return resource::BatchCreate<v1::BatchCreateCasesResponse>(call, CaseResource(), request,
                                                             RecordOpened(call));
}

absl::StatusOr<v1::Case> CaseService::GetCase(Call& call, const v1::GetCaseRequest& request) {
  return resource::Get<v1::Case>(call, CaseResource(), request);
}

absl::StatusOr<v1::ListCasesResponse> CaseService::ListCases(Call& call,
                                                             const v1::ListCasesRequest& request) {
  return resource::List<v1::ListCasesResponse>(call, CaseResource(), request);
}

absl::StatusOr<v1::Case> CaseService::UpdateCase(Call& call, const v1::UpdateCaseRequest& request) {
  return resource::Update<v1::Case>(call, CaseResource(), request);
}

}  // namespace comity::support
