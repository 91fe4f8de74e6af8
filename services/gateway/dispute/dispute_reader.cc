#include "services/gateway/dispute/dispute_reader.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "services/gateway/credit/credit_store.h"
#include "services/gateway/handover/handover_rules.h"
#include "services/gateway/handover/handover_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr const char* kJournals[] = {"lead", "account", "support", "reporting", "gateway"};
constexpr int kMostHandovers = 100;  // of a record, looked at
constexpr int kPartForTheRest = 4;   // of the call's time

// A part of the call's time is left for what is done with the answer.
absl::Time AnswerBy(const Call& call) {
  const absl::Duration left = call.deadline - absl::Now();
  return call.deadline - std::max(left / kPartForTheRest, absl::ZeroDuration());
}

absl::Status CheckMayReadLocal(const Call& call, const std::string& collection) {
  if (call.charter().MayRead(call.principal.department, collection)) return absl::OkStatus();
  return PermissionDenied("RIGHT_REQUIRED",
                          absl::StrCat("the charter gives ", call.principal.department,
                                       " no right to read ", collection));
}

bool IsJournal(const std::string& service) {
  for (const char* known : kJournals) {
    if (service == known) return true;
  }
  return false;
}

absl::Status EvidenceUnknown(int index, const std::string& problem) {
  return InvalidField("EVIDENCE_UNKNOWN", absl::StrCat("evidence[", index, "]"), problem);
}

absl::StatusOr<v1::CreditStatement> ReadStatementAbout(Call& call, const std::string& name) {
  COMITY_RETURN_IF_ERROR(CheckMayReadLocal(call, credit::kStatements));
  v1::CreditStatement statement;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(credit::StoredStatement stored, credit::ReadStatement(reader, name));
    statement = std::move(stored.statement);
    return absl::OkStatus();
  }));
  return statement;
}

absl::StatusOr<v1::Handover> ReadHandoverAbout(Call& call, const std::string& name) {
  COMITY_RETURN_IF_ERROR(CheckMayReadLocal(call, kHandovers));
  v1::Handover handover;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(StoredHandover stored, GetHandover(reader, name));
    handover = std::move(stored.handover);
    return absl::OkStatus();
  }));
  return handover;
}

// The one by which the department has accepted what it had returned.
absl::StatusOr<std::string> AcceptedSince(Call& call, const v1::Dispute& dispute) {
  COMITY_ASSIGN_OR_RETURN(const v1::Handover returned, ReadHandoverAbout(call, dispute.about()));
  std::vector<v1::Handover> all;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    HandoverQuery query;
    query.subject = dispute.subject();
    query.limit = kMostHandovers;
    COMITY_ASSIGN_OR_RETURN(all, ListHandovers(reader, query));
    return absl::OkStatus();
  }));
  for (const v1::Handover& each : all) {
    const bool is_later =
        resource::ToTime(each.create_time()) > resource::ToTime(returned.create_time());
    const bool is_accepted = each.state() == v1::HANDOVER_STATE_ACCEPTED;
    if (is_later && is_accepted && each.agreement() == returned.agreement()) return each.name();
  }
  return std::string();
}

}  // namespace

absl::StatusOr<judgement::v1::GetStandingResponse> DisputeReader::ReadStanding(
    const Call& call, const std::string& subject, const std::string& question) const {
  judgement::v1::GetStandingRequest request;
  request.set_subject(subject);
  request.set_question(question);
  request.set_lens("settled");
  COMITY_ASSIGN_OR_RETURN(
      const auto reply,
      forwarder_->Forward(call, MakeCall(ServiceOfSubject(subject),
                                         "comity.judgement.v1.JudgementService/GetStanding",
                                         request, AnswerBy(call))));
  return static_cast<const judgement::v1::GetStandingResponse&>(*reply);
}

absl::StatusOr<fact::v1::Fact> DisputeReader::ReadFact(const Call& call,
                                                       const std::string& name) const {
  fact::v1::GetFactRequest request;
  request.set_name(name);
  COMITY_ASSIGN_OR_RETURN(const auto reply,
                          forwarder_->Forward(call, MakeCall(ServiceOfSubject(name),
                                                             "comity.fact.v1.FactService/GetFact",
                                                             request, AnswerBy(call))));
  return static_cast<const fact::v1::Fact&>(*reply);
}

absl::StatusOr<google::type::Money> DisputeReader::ReadAmount(
    const Call& call, const std::string& opportunity) const {
  lead::v1::GetOpportunityRequest request;
  request.set_name(opportunity);
  COMITY_ASSIGN_OR_RETURN(
      const auto reply,
      forwarder_->Forward(call, MakeCall("lead", "comity.lead.v1.OpportunityService/GetOpportunity",
                                         request, AnswerBy(call))));
  const auto& record = static_cast<const lead::v1::Opportunity&>(*reply);
  if (!record.has_amount()) return NotFound(opportunity);
  return record.amount();
}

absl::StatusOr<int64_t> DisputeReader::SizeOfJournal(const Call& call,
                                                     const std::string& service) const {
  journal::v1::ReadJournalRequest request;
  request.set_page_size(1);
  COMITY_ASSIGN_OR_RETURN(
      const auto reply,
      caller_->Call(MakeCall(service, "comity.journal.v1.JournalService/ReadJournal", request,
                             AnswerBy(call)),
                    /*actor=*/{}));
  return static_cast<const journal::v1::ReadJournalResponse&>(*reply).size();
}

absl::Status DisputeReader::ReadRemote(const Call& call, DisputeObject* object) const {
  if (object->kind == v1::DISPUTE_KIND_FACT) {
    COMITY_ASSIGN_OR_RETURN(const fact::v1::Fact fact, ReadFact(call, object->about));
    COMITY_RETURN_IF_ERROR(TakeFact(fact, object));
  } else {
    COMITY_ASSIGN_OR_RETURN(const auto standing,
                            ReadStanding(call, object->subject, object->question));
    COMITY_RETURN_IF_ERROR(object->kind == v1::DISPUTE_KIND_JUDGEMENT
                               ? TakeJudgement(standing, object)
                               : TakeSettlement(standing, object));
  }
  if (resource::CollectionOf(object->subject) != "opportunities") return absl::OkStatus();
  const auto amount = ReadAmount(call, object->subject);
  if (amount.ok()) object->amount = *amount;
  // Without an amount it is about none.
  return absl::IsNotFound(amount.status()) ? absl::OkStatus() : amount.status();
}

absl::StatusOr<DisputeObject> DisputeReader::Read(Call& call, const std::string& about,
                                                  const std::string& question) const {
  COMITY_ASSIGN_OR_RETURN(DisputeObject object, ParseAbout(about, question));
  if (object.kind == v1::DISPUTE_KIND_CREDIT_STATEMENT) {
    COMITY_ASSIGN_OR_RETURN(const v1::CreditStatement statement, ReadStatementAbout(call, about));
    TakeStatement(statement, &object);
    return object;
  }
  if (object.kind == v1::DISPUTE_KIND_HANDOVER) {
    COMITY_ASSIGN_OR_RETURN(const v1::Handover handover, ReadHandoverAbout(call, about));
    COMITY_RETURN_IF_ERROR(TakeHandover(handover, &object));
    return object;
  }
  COMITY_RETURN_IF_ERROR(ReadRemote(call, &object));
  return object;
}

absl::Status DisputeReader::CheckEvidence(
    const Call& call,
    const google::protobuf::RepeatedPtrField<v1::DisputeEvidence>& evidence) const {
  std::map<std::string, int64_t> sizes;
  for (int i = 0; i < evidence.size(); ++i) {
    const v1::DisputeEvidence& each = evidence.Get(i);
    if (!IsJournal(each.service())) {
      return EvidenceUnknown(i, absl::StrCat("a service is ", absl::StrJoin(kJournals, ", ")));
    }
    if (!sizes.contains(each.service())) {
      COMITY_ASSIGN_OR_RETURN(sizes[each.service()], SizeOfJournal(call, each.service()));
    }
    if (each.position() < 0 || each.position() >= sizes[each.service()]) {
      return EvidenceUnknown(
          i, absl::StrCat("the journal of ", each.service(), " has no entry at ", each.position()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<google::type::Money> DisputeReader::ReadMoney(Call& call,
                                                             const v1::Dispute& dispute) const {
  if (resource::CollectionOf(dispute.subject()) == "opportunities") {
    return ReadAmount(call, dispute.subject());
  }
  return NotFound(dispute.subject());
}

absl::StatusOr<std::string> DisputeReader::ReadDeed(Call& call, const v1::Dispute& dispute,
                                                    const std::string& department) const {
  switch (dispute.kind()) {
    case v1::DISPUTE_KIND_FACT: {
      COMITY_ASSIGN_OR_RETURN(const fact::v1::Fact fact, ReadFact(call, dispute.about()));
      return DoneByFact(fact);
    }
    case v1::DISPUTE_KIND_HANDOVER:
      return AcceptedSince(call, dispute);
    default: {
      COMITY_ASSIGN_OR_RETURN(const auto standing,
                              ReadStanding(call, dispute.subject(), dispute.question()));
      return DoneByJudgement(dispute, department, standing);
    }
  }
}

}  // namespace comity::gateway
