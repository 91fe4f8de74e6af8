#include "services/support/case_service.h"

#include "services/runtime/judgement/along.h"
#include "services/runtime/resource/standard_methods.h"
#include "services/support/case_rules.h"
#include "services/support/case_store.h"

namespace comity::support {
namespace {

// A case begins with the fact that it was opened; the record then says what the facts say.
fact::v1::Fact Opened(const google::protobuf::Message& record) {
  return OpenedFact(static_cast<const v1::Case&>(record));
}

}  // namespace

absl::StatusOr<v1::Case> CaseService::CreateCase(Call& call, const v1::CreateCaseRequest& request) {
  return resource::Create<v1::Case>(call, CaseResource(), request,
                                    judgement::RecordAlong(call, CaseFacts(), Opened));
}

absl::StatusOr<v1::BatchCreateCasesResponse> CaseService::BatchCreateCases(
    Call& call, const v1::BatchCreateCasesRequest& request) {
  return resource::BatchCreate<v1::BatchCreateCasesResponse>(
      call, CaseResource(), request, judgement::RecordAlong(call, CaseFacts(), Opened));
}

absl::StatusOr<v1::Case> CaseService::GetCase(Call& call, const v1::GetCaseRequest& request) {
  return resource::Get<v1::Case>(call, CaseResource(), request);
}

absl::StatusOr<v1::ListCasesResponse> CaseService::ListCases(Call& call,
                                                             const v1::ListCasesRequest& request) {
  return resource::List<v1::ListCasesResponse>(call, CaseResource(), request);
}

absl::StatusOr<v1::Case> CaseService::UpdateCase(Call& call, const v1::UpdateCaseRequest& request) {
  return resource::Update<v1::Case>(call, CaseResource(), request, /*check=*/{},
                                    judgement::RecordAlongUpdate(call, CaseFacts()));
}

absl::StatusOr<v1::BatchUpdateCasesResponse> CaseService::BatchUpdateCases(
    Call& call, const v1::BatchUpdateCasesRequest& request) {
  return resource::BatchUpdate<v1::BatchUpdateCasesResponse>(
      call, CaseResource(), request, /*check=*/{}, judgement::RecordAlongUpdate(call, CaseFacts()));
}

}  // namespace comity::support
