#include "services/gateway/dispute/dispute_service.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/gateway/dispute/dispute_effects.h"
#include "services/gateway/dispute/dispute_rules.h"
#include "services/gateway/dispute/dispute_store.h"
#include "services/gateway/dispute/dispute_turn.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/filter.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {
namespace {

constexpr int kMostPrecedents = 20;

bool MaySeeMoney(const Call& call) {
  return call.principal.HasRole(type::v1::ROLE_AUDITOR) ||
         call.charter().MayRead(call.principal.department, "opportunities");
}

v1::Dispute Shown(const Call& call, v1::Dispute dispute) {
  if (!MaySeeMoney(call)) LeaveMoneyOut(&dispute);
  return dispute;
}

template <typename Request>
absl::StatusOr<v1::Dispute> ChangeDispute(Call& call, const Request& request,
                                          const DisputeChange& change) {
  return storage::Transact<v1::Dispute>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Dispute> {
        COMITY_ASSIGN_OR_RETURN(v1::Dispute dispute,
                                ChangeDisputeIn(tx, call, request.name(), change));
        return Shown(call, std::move(dispute));
      });
}

absl::StatusOr<v1::Dispute> ReadOne(Call& call, const std::string& name) {
  v1::Dispute dispute;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(StoredDispute stored, gateway::GetDispute(reader, name));
    dispute = std::move(stored.dispute);
    return absl::OkStatus();
  }));
  return dispute;
}

// An arbiter belongs to no party, and neither does whoever decides for it.
absl::Status CheckBelongsToNoParty(const Call& call, const v1::Dispute& dispute) {
  const auto directory = call.runtime->directory->snapshot();
  for (const std::string& party : PartiesOf(dispute)) {
    if (directory->RolesOf(call.principal.person, party).empty()) continue;
    return PermissionDenied("BELONGS_TO_PARTY",
                            absl::StrCat(call.principal.person, " belongs to ", party));
  }
  return absl::OkStatus();
}

// By what each department that has to act has done so; those that have not are left out.
using Deeds = std::map<std::string, std::string>;

absl::Status CheckMayFulfil(const Call& call, const v1::Dispute& dispute) {
  if (!IsParty(dispute, call.principal.department)) {
    return PermissionDenied("NOT_A_PARTY",
                            absl::StrCat(call.principal.department, " is no party of it"));
  }
  if (HasEffect(dispute)) return absl::OkStatus();
  return PreconditionFailed("DISPUTE_NOT_ENDED", dispute.name(), "it has no outcome yet");
}

absl::StatusOr<Deeds> ReadDeeds(Call& call, const DisputeReader& reader,
                                const v1::Dispute& dispute) {
  Deeds deeds;
  for (const v1::DisputeRemedy& remedy : dispute.remedies()) {
    if (!remedy.done_by().empty()) continue;
    COMITY_ASSIGN_OR_RETURN(std::string deed, reader.ReadDeed(call, dispute, remedy.department()));
    if (!deed.empty()) deeds[remedy.department()] = std::move(deed);
  }
  return deeds;
}

// No event: all were noted before.
absl::StatusOr<DisputeEvents> NoteDeeds(const DisputeTurn& turn, const Deeds& deeds,
                                        v1::Dispute* dispute) {
  bool is_new = false;
  for (v1::DisputeRemedy& remedy : *dispute->mutable_remedies()) {
    const auto deed = deeds.find(remedy.department());
    if (deed == deeds.end() || !remedy.done_by().empty()) continue;
    remedy.set_done_by(deed->second);
    *remedy.mutable_noted_by() = turn.actor;
    *remedy.mutable_note_time() = resource::FromTime(turn.now);
    is_new = true;
  }
  if (is_new) return DisputeEvents{{"fulfilled", turn.now}};
  if (Awaits(*dispute).empty()) return DisputeEvents();
  return PreconditionFailed("DISPUTE_NOT_FULFILLED", dispute->name(),
                            "nothing that follows the outcome is recorded yet");
}

absl::StatusOr<int> DisputeStateOf(const std::string& text) {
  v1::DisputeState state;
  if (v1::DisputeState_Parse(text, &state) ||
      v1::DisputeState_Parse(absl::StrCat("DISPUTE_STATE_", text), &state)) {
    return static_cast<int>(state);
  }
  return InvalidField("FILTER_INVALID", "filter",
                      "a state is OPENED, SUBMITTED, DECIDED, WITHDRAWN, AGREED, FINAL, LAPSED or "
                      "OVERTAKEN");
}

absl::StatusOr<int> DisputeKindOf(const std::string& text) {
  v1::DisputeKind kind;
  if (v1::DisputeKind_Parse(text, &kind) ||
      v1::DisputeKind_Parse(absl::StrCat("DISPUTE_KIND_", text), &kind)) {
    return static_cast<int>(kind);
  }
  return InvalidField("FILTER_INVALID", "filter",
                      "a kind is JUDGEMENT, SETTLEMENT, FACT, CREDIT_STATEMENT or HANDOVER");
}

absl::StatusOr<bool> OpenOf(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  return InvalidField("FILTER_INVALID", "filter", "open is true or false");
}

absl::Status Restrict(const resource::Restriction& restriction, DisputeQuery* query) {
  const std::string& field = restriction.field;
  if (field == "state") {
    COMITY_ASSIGN_OR_RETURN(query->state, DisputeStateOf(restriction.value));
  } else if (field == "kind") {
    COMITY_ASSIGN_OR_RETURN(query->kind, DisputeKindOf(restriction.value));
  } else if (field == "open") {
    COMITY_ASSIGN_OR_RETURN(query->is_open, OpenOf(restriction.value));
  } else if (field == "department") {
    query->department = restriction.value;
  } else if (field == "subject") {
    query->subject = restriction.value;
  } else if (field == "question") {
    query->question = restriction.value;
  } else {
    query->awaits = restriction.value;
  }
  return absl::OkStatus();
}

absl::StatusOr<DisputeQuery> DisputeQueryOf(const std::string& filter) {
  static const auto* const fields = new std::vector<std::string>{
      "state", "open", "kind", "department", "subject", "question", "awaits"};
  COMITY_ASSIGN_OR_RETURN(const auto alternatives, resource::ParseFilter(filter, *fields));
  if (alternatives.size() != 1) {
    return InvalidField("FILTER_TOO_COMPLEX", "filter", "fields are combined by AND here");
  }
  DisputeQuery query;
  for (const resource::Restriction& restriction : alternatives.front()) {
    COMITY_RETURN_IF_ERROR(Restrict(restriction, &query));
  }
  return query;
}

}  // namespace

absl::StatusOr<v1::Dispute> DisputeService::OpenDispute(Call& call,
                                                        const v1::OpenDisputeRequest& request) {
  const auto object = reader_.Read(call, request.about(), request.question());
  const absl::Status found =
      object.ok() ? reader_.CheckEvidence(call, request.evidence()) : object.status();
  return storage::Transact<v1::Dispute>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Dispute> {
        // Here, since a repetition gets its first answer, whatever stands by now.
        COMITY_RETURN_IF_ERROR(found);
        const DisputeTurn turn{call.charter().document(), call.actor(), call.now};
        COMITY_ASSIGN_OR_RETURN(v1::Dispute dispute, BeginDispute(turn, *object, request));
        dispute.set_name(resource::MakeName(kDisputes, resource::NewId(call.now)));
        COMITY_RETURN_IF_ERROR(InsertDispute(tx, dispute));
        COMITY_RETURN_IF_ERROR(MarkDisputed(tx, dispute, call.now));
        return Shown(call, std::move(dispute));
      });
}

absl::StatusOr<v1::Dispute> DisputeService::AnswerDispute(Call& call,
                                                          const v1::AnswerDisputeRequest& request) {
  const absl::Status evidence = reader_.CheckEvidence(call, request.evidence());
  return ChangeDispute(
      call, request,
      [&](const DisputeTurn& turn, v1::Dispute* dispute) -> absl::StatusOr<DisputeEvents> {
        COMITY_ASSIGN_OR_RETURN(const auto events, Answer(turn, request, dispute));
        COMITY_RETURN_IF_ERROR(evidence);
        return events;
      });
}

absl::StatusOr<v1::Dispute> DisputeService::WithdrawDispute(
    Call& call, const v1::WithdrawDisputeRequest& request) {
  return ChangeDispute(call, request, Withdraw);
}

absl::StatusOr<v1::Dispute> DisputeService::ProposeAgreement(
    Call& call, const v1::ProposeAgreementRequest& request) {
  return ChangeDispute(call, request, [&](const DisputeTurn& turn, v1::Dispute* dispute) {
    return Propose(turn, request.outcome(), dispute);
  });
}

absl::StatusOr<v1::Dispute> DisputeService::AgreeDispute(Call& call,
                                                         const v1::AgreeDisputeRequest& request) {
  return ChangeDispute(call, request, [&](const DisputeTurn& turn, v1::Dispute* dispute) {
    return Agree(turn, request.number(), dispute);
  });
}

absl::StatusOr<v1::Dispute> DisputeService::DecideDispute(Call& call,
                                                          const v1::DecideDisputeRequest& request) {
  return ChangeDispute(
      call, request,
      [&](const DisputeTurn& turn, v1::Dispute* dispute) -> absl::StatusOr<DisputeEvents> {
        COMITY_ASSIGN_OR_RETURN(const auto events, Decide(turn, request.outcome(), dispute));
        COMITY_RETURN_IF_ERROR(CheckBelongsToNoParty(call, *dispute));
        return events;
      });
}

absl::StatusOr<v1::Dispute> DisputeService::AppealDispute(Call& call,
                                                          const v1::AppealDisputeRequest& request) {
  return ChangeDispute(call, request, [&](const DisputeTurn& turn, v1::Dispute* dispute) {
    return Appeal(turn, request, dispute);
  });
}

absl::StatusOr<v1::Dispute> DisputeService::FulfilDispute(Call& call,
                                                          const v1::FulfilDisputeRequest& request) {
  COMITY_ASSIGN_OR_RETURN(const v1::Dispute known, ReadOne(call, request.name()));
  COMITY_RETURN_IF_ERROR(CheckMayFulfil(call, known));
  // A repetition gets its first answer, whatever the services say by now.
  const absl::StatusOr<Deeds> deeds = ReadDeeds(call, reader_, known);
  return ChangeDispute(
      call, request,
      [&](const DisputeTurn& turn, v1::Dispute* dispute) -> absl::StatusOr<DisputeEvents> {
        COMITY_RETURN_IF_ERROR(deeds.status());
        return NoteDeeds(turn, *deeds, dispute);
      });
}

absl::StatusOr<v1::Dispute> DisputeService::GetDispute(Call& call,
                                                       const v1::GetDisputeRequest& request) {
  std::vector<v1::DisputePrecedent> precedents;
  COMITY_ASSIGN_OR_RETURN(v1::Dispute dispute, ReadOne(call, request.name()));
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(precedents, FindPrecedents(reader, dispute, kMostPrecedents));
    return absl::OkStatus();
  }));
  dispute.mutable_precedents()->Add(precedents.begin(), precedents.end());
  if (!MaySeeMoney(call)) return Shown(call, std::move(dispute));
  // Where its service is away, or he may not read the record, what it was says enough.
  const auto money = reader_.ReadMoney(call, dispute);
  if (money.ok()) *dispute.mutable_current_amount() = *money;
  return dispute;
}

absl::StatusOr<v1::ListDisputesResponse> DisputeService::ListDisputes(
    Call& call, const v1::ListDisputesRequest& request) {
  COMITY_ASSIGN_OR_RETURN(DisputeQuery query, DisputeQueryOf(request.filter()));
  COMITY_ASSIGN_OR_RETURN(const int size, resource::ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(query.before, resource::ReadPageToken(call, request));
  query.limit = size + 1;
  v1::ListDisputesResponse response;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    response.Clear();
    COMITY_ASSIGN_OR_RETURN(auto disputes, gateway::ListDisputes(reader, query));
    resource::PageRoom room(size);
    for (v1::Dispute& dispute : disputes) {
      if (!room.Take(dispute)) {
        const std::string& last = response.disputes(response.disputes_size() - 1).name();
        response.set_next_page_token(resource::MakePageToken(call, request, last));
        break;
      }
      *response.add_disputes() = Shown(call, std::move(dispute));
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace comity::gateway
