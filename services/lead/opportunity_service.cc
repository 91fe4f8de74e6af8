#include "services/lead/opportunity_service.h"

#include "absl/strings/str_cat.h"
#include "services/lead/lead_facts.h"
#include "services/lead/opportunity_rules.h"
#include "services/lead/opportunity_store.h"
#include "services/runtime/judgement/along.h"
#include "services/runtime/resource/references.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::lead {
namespace {

// Its lead and products are this service's own; account and contact are not.
absl::Status CheckReferences(storage::Transaction& tx, const v1::Opportunity& opportunity) {
  COMITY_RETURN_IF_ERROR(resource::CheckReference(tx, "opportunity.lead", opportunity.lead()));
  for (int i = 0; i < opportunity.lines_size(); ++i) {
    COMITY_RETURN_IF_ERROR(resource::CheckReference(
        tx, absl::StrCat("opportunity.lines[", i, "].product"), opportunity.lines(i).product()));
  }
  return absl::OkStatus();
}

absl::Status CheckChange(storage::Transaction& tx, const google::protobuf::Message& /*before*/,
                         const google::protobuf::Message& record) {
  return CheckReferences(tx, static_cast<const v1::Opportunity&>(record));
}

fact::v1::Fact Created(const google::protobuf::Message& record) {
  return CreatedFact(static_cast<const v1::Opportunity&>(record));
}

// Records the fact with which it begins and what comes along, and takes over what follows from it.
resource::AfterInsert AfterInsert(Call& call) {
  resource::AfterInsert along = judgement::RecordAlong(call, OpportunityFacts(), Created);
  const auto act = [record_along = along.act](storage::Transaction& tx,
                                              const google::protobuf::Message& request,
                                              google::protobuf::Message* record) -> absl::Status {
    COMITY_RETURN_IF_ERROR(CheckReferences(tx, static_cast<const v1::Opportunity&>(*record)));
    return record_along(tx, request, record);
  };
  return {along.check, act};
}

}  // namespace

absl::StatusOr<v1::Opportunity> OpportunityService::CreateOpportunity(
    Call& call, const v1::CreateOpportunityRequest& request) {
  return resource::Create<v1::Opportunity>(call, OpportunityResource(), request, AfterInsert(call));
}

absl::StatusOr<v1::BatchCreateOpportunitiesResponse> OpportunityService::BatchCreateOpportunities(
    Call& call, const v1::BatchCreateOpportunitiesRequest& request) {
  return resource::BatchCreate<v1::BatchCreateOpportunitiesResponse>(call, OpportunityResource(),
                                                                     request, AfterInsert(call));
}

absl::StatusOr<v1::Opportunity> OpportunityService::GetOpportunity(
    Call& call, const v1::GetOpportunityRequest& request) {
  return resource::Get<v1::Opportunity>(call, OpportunityResource(), request);
}

absl::StatusOr<v1::ListOpportunitiesResponse> OpportunityService::ListOpportunities(
    Call& call, const v1::ListOpportunitiesRequest& request) {
  return resource::List<v1::ListOpportunitiesResponse>(call, OpportunityResource(), request);
}

absl::StatusOr<v1::Opportunity> OpportunityService::UpdateOpportunity(
    Call& call, const v1::UpdateOpportunityRequest& request) {
  return resource::Update<v1::Opportunity>(call, OpportunityResource(), request, CheckChange,
                                           judgement::RecordAlongUpdate(call, OpportunityFacts()));
}

absl::StatusOr<v1::BatchUpdateOpportunitiesResponse> OpportunityService::BatchUpdateOpportunities(
    Call& call, const v1::BatchUpdateOpportunitiesRequest& request) {
  return resource::BatchUpdate<v1::BatchUpdateOpportunitiesResponse>(
      call, OpportunityResource(), request, CheckChange,
      judgement::RecordAlongUpdate(call, OpportunityFacts()));
}

}  // namespace comity::lead
