#include "services/gateway/handover/handover_service.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/gateway/handover/accept_handover.h"
#include "services/gateway/handover/agreement_of.h"
#include "services/gateway/handover/answer_time.h"
#include "services/gateway/handover/handover_rules.h"
#include "services/gateway/handover/handover_store.h"
#include "services/gateway/handover/offer.h"
#include "services/gateway/handover/responsibility_reader.h"
#include "services/gateway/workflow/operation.h"
#include "services/gateway/workflow/workflow_service.h"
#include "services/gateway/workflow/workflow_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/filter.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/server/hide.h"
#include "services/runtime/server/validate.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

using google::longrunning::Operation;

// What a handler does with a handover beside what its clocks note: the event that it makes; an
// empty one where nothing changes.
using Change = std::function<absl::StatusOr<std::string>(v1::Handover*)>;

absl::StatusOr<v1::Handover> ChangeIn(storage::Transaction& tx, const Call& call,
                                      const std::string& name, const Waits& waits, absl::Time at,
                                      const Change& change) {
  COMITY_ASSIGN_OR_RETURN(StoredHandover stored, LockHandover(tx, name));
  v1::Handover& handover = stored.handover;
  if (!waits.ok()) {  // what is refused anyway is refused for its own reason
    v1::Handover tried = handover;
    COMITY_RETURN_IF_ERROR(change(&tried).status());
  }
  COMITY_ASSIGN_OR_RETURN(std::vector<HandoverEvent> events,
                          NoteAnswerTime(call, waits, at, &handover));
  COMITY_ASSIGN_OR_RETURN(std::string type, change(&handover));
  if (type.empty()) return handover;
  events.push_back({std::move(type), at});
  *handover.mutable_update_time() = resource::FromTime(call.now);
  COMITY_RETURN_IF_ERROR(SaveHandover(tx, stored, events, NextLook(handover, call.now)));
  return handover;
}

// `at`: when it was said, by which the clocks go.
template <typename Request>
absl::StatusOr<v1::Handover> ChangeHandover(Call& call, StepCaller* caller, const Request& request,
                                            absl::Time at, const Change& change) {
  const Waits waits = ReadWaits(call, caller, request.name());
  return storage::Transact<v1::Handover>(call, request, [&](storage::Transaction& tx) {
    return ChangeIn(tx, call, request.name(), waits, at, change);
  });
}
template <typename Request>
absl::StatusOr<v1::Handover> ChangeHandover(Call& call, StepCaller* caller, const Request& request,
                                            const Change& change) {
  return ChangeHandover(call, caller, request, call.now, change);
}

// Whoever accepts, or a member whom he names.
absl::StatusOr<std::string> OwnerOf(const Call& call, const std::string& named,
                                    const v1::Handover& handover) {
  if (named.empty()) return call.principal.person;
  if (!call.runtime->directory->snapshot()->RolesOf(named, handover.to()).empty()) return named;
  return InvalidField("OWNER_INVALID", "owner",
                      absl::StrCat(named, " is no member of ", handover.to()));
}

absl::Status CheckResponsible(const absl::StatusOr<workflow::v1::Responsibility>& responsible,
                              const Principal& principal) {
  COMITY_RETURN_IF_ERROR(responsible.status());
  if (responsible->department() == principal.department) return absl::OkStatus();
  return PreconditionFailed(
      "NOT_RESPONSIBLE", responsible->name(),
      absl::StrCat(responsible->department(), " is responsible for it, and alone offers it"));
}

// Of an item of a batch nobody has asked that before.
absl::Status CheckMayRead(const Call& call, const std::string& subject) {
  const std::string collection = resource::CollectionOf(subject);
  if (call.charter().MayRead(call.principal.department, collection)) return absl::OkStatus();
  return PermissionDenied("RIGHT_REQUIRED",
                          absl::StrCat("the charter gives ", call.principal.department,
                                       " no right to read ", collection));
}

// Whether the charter has the agreement, and the offer fits it.
absl::Status CheckFits(const Call& call, const v1::OfferHandoverRequest& request) {
  const auto* agreement = FindAgreement(call.charter().document(), request.agreement());
  if (agreement == nullptr) return NotFound(request.agreement());
  return CheckOffer(*agreement, call.principal.department, request);
}

// Does each item of a batch by itself; `response` has one result each then.
template <typename Request, typename Response, typename Prepare>
void RunBatch(Call& call, const Request& request, const Prepare& prepare, Response* response) {
  std::vector<storage::BatchItem> items(static_cast<size_t>(request.requests_size()));
  for (int i = 0; i < request.requests_size(); ++i) {
    auto* const result = response->add_results();
    storage::BatchItem& item = items[static_cast<size_t>(i)];
    item.status = server::Validate(request.requests(i));
    if (item.status.ok()) item.status = prepare(request.requests(i), result, &item);
  }
  storage::TransactEach(call, absl::MakeSpan(items));
  for (int i = 0; i < request.requests_size(); ++i) {
    *response->mutable_results(i)->mutable_status() =
        server::ItemStatusOf(call, items[static_cast<size_t>(i)].status);
  }
}

// `OFFERED` of HANDOVER_STATE_OFFERED, or the whole name.
absl::StatusOr<int> StateOf(const std::string& text) {
  v1::HandoverState state;
  if (v1::HandoverState_Parse(text, &state) ||
      v1::HandoverState_Parse(absl::StrCat("HANDOVER_STATE_", text), &state)) {
    return static_cast<int>(state);
  }
  return InvalidField("FILTER_INVALID", "filter",
                      "a state is OFFERED, ACCEPTING, ACCEPTED, RETURNED or WITHDRAWN");
}

absl::StatusOr<HandoverQuery> QueryOf(const std::string& filter) {
  static const auto* const fields =
      new std::vector<std::string>{"state", "from", "to", "subject", "awaits", "escalated_to"};
  COMITY_ASSIGN_OR_RETURN(const auto alternatives, resource::ParseFilter(filter, *fields));
  if (alternatives.size() != 1) {
    return InvalidField("FILTER_TOO_COMPLEX", "filter", "fields are combined by AND here");
  }
  HandoverQuery query;
  for (const resource::Restriction& restriction : alternatives.front()) {
    if (restriction.field == "from") query.from = restriction.value;
    if (restriction.field == "to") query.to = restriction.value;
    if (restriction.field == "subject") query.subject = restriction.value;
    if (restriction.field == "awaits") query.awaits = restriction.value;
    if (restriction.field == "escalated_to") query.escalated_to = restriction.value;
    if (restriction.field == "state") {
      COMITY_ASSIGN_OR_RETURN(query.state, StateOf(restriction.value));
    }
  }
  return query;
}

}  // namespace

absl::Status HandoverService::Prepare(Call& call, const v1::OfferHandoverRequest& request,
                                      ResponsibilityReader* reader, v1::Handover* reply,
                                      storage::BatchItem* item) {
  absl::Status fits = CheckFits(call, request);
  if (const absl::Status right = CheckMayRead(call, request.subject()); !right.ok()) {
    return fits.ok() ? right : fits;
  }
  COMITY_ASSIGN_OR_RETURN(item->options, storage::OptionsOf(request));
  if (fits.ok()) fits = CheckResponsible(reader->Read(call, request.subject()), call.principal);
  absl::StatusOr<lead::v1::PromiseSet> promises = lead::v1::PromiseSet();
  if (fits.ok()) promises = reader->ReadPromises(call, request.subject());
  item->reply = reply;
  item->body = [&call, &request, reply, fits, promises](storage::Transaction& tx) -> absl::Status {
    // Here, since a repetition gets its first answer, whatever the charter says, whoever is
    // responsible and whatever was promised by now.
    COMITY_RETURN_IF_ERROR(fits);
    COMITY_RETURN_IF_ERROR(promises.status());
    const type::v1::Charter& charter = call.charter().document();
    COMITY_ASSIGN_OR_RETURN(
        *reply,
        BeginHandover(charter, *FindAgreement(charter, request.agreement()), request, call.now));
    TakePromises(*promises, reply);
    return InsertOffer(tx, call, reply);
  };
  return absl::OkStatus();
}

absl::Status HandoverService::Prepare(Call& call, const v1::AcceptHandoverRequest& request,
                                      Operation* reply, storage::BatchItem* item) const {
  const Definition* accept = runner_->Find(kAcceptHandover);
  if (accept == nullptr) return Internal("no workflow accept-handover");
  COMITY_ASSIGN_OR_RETURN(item->options, storage::OptionsOf(request));
  item->reply = reply;
  item->body = [&call, &request, accept, reply](storage::Transaction& tx) -> absl::Status {
    // What is not so now is refused at once; what is, the workflow's claim decides.
    // Its row is held, so that the clocks see the workflow, or this what they have noted.
    COMITY_ASSIGN_OR_RETURN(const StoredHandover stored, LockHandover(tx, request.name()));
    COMITY_RETURN_IF_ERROR(CheckMayAnswer(stored.handover, call.principal.department));
    COMITY_RETURN_IF_ERROR(OwnerOf(call, request.owner(), stored.handover).status());
    COMITY_ASSIGN_OR_RETURN(const std::string name,
                            StartWorkflow(tx, call.now, *accept,
                                          {stored.handover.subject(), call.actor(), request, {}}));
    COMITY_ASSIGN_OR_RETURN(const StoredWorkflow started, GetWorkflow(tx, name));
    *reply = OperationOf(started.record, accept);
    return absl::OkStatus();
  };
  return absl::OkStatus();
}

absl::StatusOr<v1::Handover> HandoverService::OfferHandover(
    Call& call, const v1::OfferHandoverRequest& request) {
  v1::Handover reply;
  storage::BatchItem item;
  ResponsibilityReader reader(caller_, absl::InfiniteDuration());
  COMITY_RETURN_IF_ERROR(Prepare(call, request, &reader, &reply, &item));
  COMITY_RETURN_IF_ERROR(storage::TransactInto(call, item.options, item.body, &reply));
  return reply;
}

absl::StatusOr<v1::BatchOfferHandoversResponse> HandoverService::BatchOfferHandovers(
    Call& call, const v1::BatchOfferHandoversRequest& request) {
  v1::BatchOfferHandoversResponse response;
  ResponsibilityReader reader(caller_, absl::InfiniteDuration());
  const auto prepare = [&](const auto& one, auto* result, storage::BatchItem* item) {
    return Prepare(call, one, &reader, result->mutable_handover(), item);
  };
  RunBatch(call, request, prepare, &response);
  for (auto& result : *response.mutable_results()) {
    if (result.status().status().code() != 0) result.clear_handover();
  }
  return response;
}

absl::StatusOr<Operation> HandoverService::AcceptHandover(
    Call& call, const v1::AcceptHandoverRequest& request) {
  Operation reply;
  storage::BatchItem item;
  COMITY_RETURN_IF_ERROR(Prepare(call, request, &reply, &item));
  COMITY_RETURN_IF_ERROR(storage::TransactInto(call, item.options, item.body, &reply));
  runner_->LookNow();
  return reply;
}

absl::StatusOr<v1::BatchAcceptHandoversResponse> HandoverService::BatchAcceptHandovers(
    Call& call, const v1::BatchAcceptHandoversRequest& request) {
  v1::BatchAcceptHandoversResponse response;
  const auto prepare = [&](const auto& one, auto* result, storage::BatchItem* item) {
    return Prepare(call, one, result->mutable_operation(), item);
  };
  RunBatch(call, request, prepare, &response);
  for (auto& result : *response.mutable_results()) {
    if (result.status().status().code() != 0) result.clear_operation();
  }
  runner_->LookNow();
  return response;
}

absl::StatusOr<v1::Handover> HandoverService::ReturnHandover(
    Call& call, const v1::ReturnHandoverRequest& request) {
  const auto change = [&](v1::Handover* handover) -> absl::StatusOr<std::string> {
    COMITY_RETURN_IF_ERROR(CheckMayAnswer(*handover, call.principal.department));
    COMITY_ASSIGN_OR_RETURN(const OfferedBy by, AgreementOf(call, *handover));
    COMITY_RETURN_IF_ERROR(CheckReturnReason(*by.agreement, request.reason()));
    Answer(v1::HANDOVER_STATE_RETURNED, call.actor(), call.now, handover);
    handover->set_return_reason(request.reason());
    handover->set_return_note(request.note());
    return "returned";
  };
  return ChangeHandover(call, caller_, request, change);
}

absl::StatusOr<v1::Handover> HandoverService::WithdrawHandover(
    Call& call, const v1::WithdrawHandoverRequest& request) {
  const auto change = [&](v1::Handover* handover) -> absl::StatusOr<std::string> {
    COMITY_RETURN_IF_ERROR(CheckMayWithdraw(*handover, call.principal.department));
    Answer(v1::HANDOVER_STATE_WITHDRAWN, call.actor(), call.now, handover);
    return "withdrawn";
  };
  return ChangeHandover(call, caller_, request, change);
}

absl::StatusOr<v1::Handover> HandoverService::GetHandover(Call& call,
                                                          const v1::GetHandoverRequest& request) {
  v1::Handover handover;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(StoredHandover stored, gateway::GetHandover(reader, request.name()));
    handover = std::move(stored.handover);
    return absl::OkStatus();
  }));
  return handover;
}

absl::StatusOr<v1::ListHandoversResponse> HandoverService::ListHandovers(
    Call& call, const v1::ListHandoversRequest& request) {
  COMITY_ASSIGN_OR_RETURN(HandoverQuery query, QueryOf(request.filter()));
  COMITY_ASSIGN_OR_RETURN(const int size, resource::ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(query.before, resource::ReadPageToken(call, request));
  query.limit = size + 1;
  v1::ListHandoversResponse response;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    response.Clear();
    COMITY_ASSIGN_OR_RETURN(auto handovers, gateway::ListHandovers(reader, query));
    resource::PageRoom room(size);
    for (v1::Handover& handover : handovers) {
      if (!room.Take(handover)) {
        const std::string& last = response.handovers(response.handovers_size() - 1).name();
        response.set_next_page_token(resource::MakePageToken(call, request, last));
        break;
      }
      *response.add_handovers() = std::move(handover);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Handover> HandoverService::BeginAcceptance(
    Call& call, const v1::BeginAcceptanceRequest& request) {
  const absl::Time accepted = request.has_accept_time()
                                  ? std::min(resource::ToTime(request.accept_time()), call.now)
                                  : call.now;
  const auto claim = [&](v1::Handover* handover) -> absl::StatusOr<std::string> {
    if (IsHeldBy(*handover, request.workflow())) return "";
    COMITY_RETURN_IF_ERROR(CheckMayAnswer(*handover, call.principal.department));
    COMITY_ASSIGN_OR_RETURN(const std::string owner, OwnerOf(call, request.owner(), *handover));
    Answer(v1::HANDOVER_STATE_ACCEPTING, call.actor(), accepted, handover);
    handover->set_owner(owner);
    handover->set_workflow(request.workflow());
    return "acceptance-begun";
  };
  return ChangeHandover(call, caller_, request, accepted, claim);
}

absl::StatusOr<v1::Handover> HandoverService::CompleteAcceptance(
    Call& call, const v1::CompleteAcceptanceRequest& request) {
  const auto change = [&](v1::Handover* handover) -> absl::StatusOr<std::string> {
    if (!IsHeldBy(*handover, request.workflow())) {
      return PreconditionFailed("ACCEPTANCE_NOT_HELD", request.name(),
                                "another workflow, or none, accepts it");
    }
    COMITY_ASSIGN_OR_RETURN(const OfferedBy by, AgreementOf(call, *handover));
    COMITY_RETURN_IF_ERROR(gateway::CompleteAcceptance(
        *by.charter, *by.agreement, request.subject_version(), call.now, handover));
    return "accepted";
  };
  return ChangeHandover(call, caller_, request, change);
}

absl::StatusOr<v1::Handover> HandoverService::ReleaseAcceptance(
    Call& call, const v1::ReleaseAcceptanceRequest& request) {
  const auto change = [&](v1::Handover* handover) -> absl::StatusOr<std::string> {
    if (!IsHeldBy(*handover, request.workflow())) return "";
    Reopen(handover);
    return "acceptance-undone";
  };
  return ChangeHandover(call, caller_, request, change);
}

}  // namespace comity::gateway
