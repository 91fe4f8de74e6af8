#include "services/lead/opportunity_service.h"

#include <deque>

#include "absl/strings/str_cat.h"
#include "services/lead/lead_facts.h"
#include "services/lead/opportunity_rules.h"
#include "services/lead/opportunity_store.h"
#include "services/lead/product_store.h"
#include "services/lead/promise_rules.h"
#include "services/lead/promise_store.h"
#include "services/lead/touch_set.h"
#include "services/lead/touch_store.h"
#include "services/runtime/fact/fact_store.h"
#include "services/runtime/judgement/along.h"
#include "services/runtime/resource/references.h"
#include "services/runtime/resource/standard_methods.h"
#include "services/runtime/status/errors.h"

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

// Checks a change, and notes what it names from now on.
absl::Status CheckChange(storage::Transaction& tx, const google::protobuf::Message& /*before*/,
                         const google::protobuf::Message& record) {
  const auto& opportunity = static_cast<const v1::Opportunity&>(record);
  COMITY_RETURN_IF_ERROR(CheckReferences(tx, opportunity));
  return NoteContact(tx, opportunity);
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
    const auto& opportunity = static_cast<const v1::Opportunity&>(*record);
    COMITY_RETURN_IF_ERROR(CheckReferences(tx, opportunity));
    COMITY_RETURN_IF_ERROR(NoteContact(tx, opportunity));
    return record_along(tx, request, record);
  };
  return {along.check, act};
}

constexpr int kMostNotes = 50;
constexpr size_t kMostPromiseFacts = 250;  // what they say at most fits into a message
constexpr int kFactsPage = 500;

// The notes that stand, the latest kMostNotes, in the order of recording.
absl::Status ReadNotes(storage::Reader& reader, const std::string& opportunity,
                       v1::SignedBrief* brief) {
  std::deque<fact::v1::Fact> notes;
  for (int64_t after = 0;;) {
    COMITY_ASSIGN_OR_RETURN(auto page, fact::ListFacts(reader, opportunity, after, kFactsPage));
    for (fact::StoredFact& stored : page) {
      after = stored.version;
      const bool stands = stored.fact.superseded_by().empty();
      if (stored.fact.kind() != fact::v1::FACT_KIND_NOTE || !stands) continue;
      notes.push_back(std::move(stored.fact));
      if (notes.size() > kMostNotes) notes.pop_front();
    }
    if (page.size() < kFactsPage) break;
  }
  for (fact::v1::Fact& note : notes) *brief->add_notes() = std::move(note);
  return absl::OkStatus();
}

absl::StatusOr<v1::BuyerKind> ReadBuyer(storage::Reader& reader,
                                        const v1::Opportunity& opportunity) {
  std::vector<v1::BuyerKind> kinds;
  for (const v1::OpportunityLine& line : opportunity.lines()) {
    if (line.product().empty()) continue;
    v1::Product product;
    COMITY_RETURN_IF_ERROR(
        resource::GetRecord(reader, ProductResource(), line.product(), &product).status());
    kinds.push_back(product.buyer_becomes());
  }
  return BuyerOf(kinds);
}

// Touches of leads are told only to who may read leads; a split without them would be a wrong one.
absl::Status CheckMayReadLeads(const Call& call) {
  const bool may = call.principal.HasRole(type::v1::ROLE_AUDITOR) ||
                   call.charter().MayRead(call.principal.department, "leads");
  if (may) return absl::OkStatus();
  return PermissionDenied("RIGHT_REQUIRED",
                          absl::StrCat("the charter gives ", call.principal.department,
                                       " no right to read leads, whose touches count"));
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

absl::StatusOr<v1::SignedBrief> OpportunityService::GetSignedBrief(
    Call& call, const v1::GetSignedBriefRequest& request) {
  v1::SignedBrief brief;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    brief.Clear();
    COMITY_RETURN_IF_ERROR(resource::GetRecord(reader, OpportunityResource(), request.name(),
                                               brief.mutable_opportunity())
                               .status());
    COMITY_ASSIGN_OR_RETURN(const v1::BuyerKind buyer, ReadBuyer(reader, brief.opportunity()));
    brief.set_buyer_becomes(buyer);
    return ReadNotes(reader, request.name(), &brief);
  }));
  return brief;
}

absl::StatusOr<v1::TouchSet> OpportunityService::GetTouches(Call& call,
                                                            const v1::GetTouchesRequest& request) {
  COMITY_RETURN_IF_ERROR(CheckMayReadLeads(call));
  v1::TouchSet set;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(set, ReadTouchSet(reader, request.name()));
    return absl::OkStatus();
  }));
  return set;
}

absl::StatusOr<v1::PromiseSet> OpportunityService::GetPromises(
    Call& call, const v1::GetPromisesRequest& request) {
  std::vector<fact::v1::Fact> facts;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(facts, ListPromiseFacts(reader, request.name(), kMostPromiseFacts + 1));
    return absl::OkStatus();
  }));
  v1::PromiseSet set;
  set.set_name(request.name());
  set.set_more(facts.size() > kMostPromiseFacts);
  if (set.more()) facts.resize(kMostPromiseFacts);
  for (v1::Promise& promise : PromisesOf(facts, call.now)) *set.add_promises() = std::move(promise);
  return set;
}

}  // namespace comity::lead
