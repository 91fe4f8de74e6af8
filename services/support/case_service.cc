#include "services/support/case_service.h"

#include "services/runtime/judgement/along.h"
#include "services/runtime/resource/standard_methods.h"
#include "services/runtime/status/macros.h"
#include "services/support/case_rules.h"
#include "services/support/case_store.h"

namespace comity::support {
namespace {

// A case begins with the fact that it was opened; the record then says what the facts say.
fact::v1::Fact Opened(const google::protobuf::Message& record) {
  return OpenedFact(static_cast<const v1::Case&>(record));
}

// Who may not read opportunities learns nothing of one by the case that it opened.
void HideWhatWasSigned(const Call& call, v1::Case* record) {
  const bool may_read = call.principal.HasRole(type::v1::ROLE_AUDITOR) ||
                        call.charter().MayRead(call.principal.department, "opportunities");
  if (may_read || !record->has_onboarding()) return;
  record->mutable_onboarding()->clear_lines();
  record->mutable_onboarding()->clear_notes();
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
  COMITY_ASSIGN_OR_RETURN(v1::Case record, resource::Get<v1::Case>(call, CaseResource(), request));
  HideWhatWasSigned(call, &record);
  return record;
}

absl::StatusOr<v1::ListCasesResponse> CaseService::ListCases(Call& call,
                                                             const v1::ListCasesRequest& request) {
  COMITY_ASSIGN_OR_RETURN(v1::ListCasesResponse page,
                          resource::List<v1::ListCasesResponse>(call, CaseResource(), request));
  for (v1::Case& record : *page.mutable_cases()) HideWhatWasSigned(call, &record);
  return page;
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

absl::StatusOr<v1::Case> CaseService::OpenOnboardingCase(
    Call& call, const v1::OpenOnboardingCaseRequest& request) {
  v1::CreateCaseRequest create;
  create.mutable_case_()->set_title(request.title());
  create.mutable_case_()->set_account(request.account());
  create.mutable_case_()->set_contact(request.contact());
  create.mutable_case_()->set_channel("onboarding");
  return storage::Transact<v1::Case>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Case> {
        v1::Case opened;
        COMITY_RETURN_IF_ERROR(resource::CreateIn(tx, call, CaseResource(), create,
                                                  judgement::RecordAlong(call, CaseFacts(), Opened),
                                                  &opened));
        // No request for a new record may set it.
        const auto tell = [&](google::protobuf::Message* record) {
          *static_cast<v1::Case*>(record)->mutable_onboarding() = request.onboarding();
          return absl::OkStatus();
        };
        COMITY_RETURN_IF_ERROR(resource::ChangeIn(tx, call, CaseResource(), opened.name(),
                                                  "onboarding-told", tell, &opened));
        return opened;
      });
}

}  // namespace comity::support
