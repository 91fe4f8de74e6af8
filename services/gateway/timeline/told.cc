#include "services/gateway/timeline/told.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/gateway/v1/handover.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/runtime/resource/names.h"

namespace comity::gateway::timeline {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using journal::v1::Entry;

// What every edit moves, and what tells who works on it.
bool SaysNothing(const FieldDescriptor& field) {
  static const auto* const fields =
      new std::set<std::string>{"name", "etag", "create_time", "update_time", "lens_answers"};
  return fields->contains(field.name());
}

void AddChangedFields(const Entry& entry, const Entry* earlier, v1::TimelineEvent* event) {
  if (earlier == nullptr) return;
  const auto was = RecordOf(*earlier);
  const auto is = RecordOf(entry);
  if (was == nullptr || is == nullptr || was->GetDescriptor() != is->GetDescriptor()) return;
  google::protobuf::util::MessageDifferencer differencer;
  for (int i = 0; i < is->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* const field = is->GetDescriptor()->field(i);
    if (SaysNothing(*field)) continue;
    if (!differencer.CompareWithFields(*was, *is, {field}, {field})) {
      event->add_changed_fields(field->name());
    }
  }
}

bool IsOfPromises(fact::v1::FactKind kind) {
  return kind == fact::v1::FACT_KIND_PROMISED || kind == fact::v1::FACT_KIND_PROMISE_KEPT ||
         kind == fact::v1::FACT_KIND_PROMISE_BROKEN;
}

void TellFact(const fact::v1::Fact& fact, v1::TimelineEvent* event) {
  event->set_kind(IsOfPromises(fact.kind()) ? v1::TIMELINE_EVENT_KIND_PROMISE
                                            : v1::TIMELINE_EVENT_KIND_FACT);
  event->set_fact_kind(fact.kind());
  event->set_record(fact.name());
  event->set_supersedes(fact.voids().empty() ? fact.corrects() : fact.voids());
  event->set_reason(fact.reason());
  if (fact.has_amount()) *event->mutable_amount() = fact.amount();
  if (fact.has_due_time()) *event->mutable_due_time() = fact.due_time();
  event->set_team(fact.team());
  event->set_owner(fact.owner());
  event->set_promise(fact.promise());
}

void TellJudgement(const judgement::v1::Judgement& judgement, v1::TimelineEvent* event) {
  event->set_kind(v1::TIMELINE_EVENT_KIND_JUDGEMENT);
  event->set_record(judgement.name());
  event->set_question(judgement.question());
  event->set_answer(judgement.answer());
  event->set_reason(judgement.reason());
  event->set_supersedes(judgement.withdraws());
}

// A clock's notes are called by its side: `accept-breached`, `act-warned`.
bool IsOfAClock(const std::string& type) {
  return absl::StartsWith(type, "accept-") || absl::StartsWith(type, "act-");
}

void TellHandover(const v1::Handover& handover, v1::TimelineEvent* event) {
  event->set_kind(IsOfAClock(event->type()) ? v1::TIMELINE_EVENT_KIND_CLOCK
                                            : v1::TIMELINE_EVENT_KIND_HANDOVER);
  event->set_handover(handover.name());
  event->set_from(handover.from());
  event->set_to(handover.to());
  event->set_agreement(handover.agreement());
  event->set_owner(handover.owner());
  if (event->type() == "returned") event->set_reason(handover.return_reason());
}

void TellChange(const workflow::v1::ResponsibilityChange& change, v1::TimelineEvent* event) {
  event->set_kind(v1::TIMELINE_EVENT_KIND_RESPONSIBILITY);
  event->set_handover(change.handover());
  event->set_from(change.from());
  event->set_to(change.to());
  event->set_agreement(change.agreement());
}

void TellStatement(const v1::CreditStatement& statement, v1::TimelineEvent* event) {
  event->set_kind(v1::TIMELINE_EVENT_KIND_CREDIT);
  event->set_record(statement.name());
  event->set_supersedes(statement.reverses());
  event->set_reason(statement.reason());
}

}  // namespace

std::string TextOf(const Message& record, const char* name) {
  const FieldDescriptor* field = record.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
    return "";
  }
  return record.GetReflection()->GetString(record, field);
}

bool IsSet(const Message& record, const char* name) {
  const FieldDescriptor* field = record.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && !field->is_repeated() && field->has_presence() &&
         record.GetReflection()->HasField(record, field);
}

std::unique_ptr<Message> RecordOf(const Entry& entry) {
  const google::protobuf::Any& any = entry.has_record() ? entry.record() : entry.payload();
  const std::string type = any.type_url().substr(any.type_url().rfind('/') + 1);
  const auto* described =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  // A fact, judgement or change without its record; or a record of a newer release.
  if (described == nullptr || any.Is<fact::v1::Fact>() || any.Is<judgement::v1::Judgement>() ||
      any.Is<workflow::v1::ResponsibilityChange>()) {
    return nullptr;
  }
  std::unique_ptr<Message> record(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(described)->New());
  return any.UnpackTo(record.get()) ? std::move(record) : nullptr;
}

v1::TimelineEvent EventOf(const Told& told, const Entry* before) {
  const Entry& entry = told.entry();
  v1::TimelineEvent event;
  event.set_entry_id(entry.entry_id());
  event.set_service(told.service);
  event.set_position(told.positioned.position());
  event.set_subject(entry.subject());
  event.set_version(entry.version());
  *event.mutable_occur_time() = entry.occur_time();
  *event.mutable_record_time() = entry.record_time();
  event.set_department(entry.actor().department());
  event.set_person(entry.actor().person());
  event.set_type(entry.type());
  fact::v1::Fact fact;
  judgement::v1::Judgement judgement;
  v1::Handover handover;
  workflow::v1::ResponsibilityChange change;
  v1::CreditStatement statement;
  v1::Dispute dispute;
  if (entry.payload().UnpackTo(&fact)) {
    TellFact(fact, &event);
  } else if (entry.payload().UnpackTo(&judgement)) {
    TellJudgement(judgement, &event);
  } else if (entry.payload().UnpackTo(&handover)) {
    TellHandover(handover, &event);
  } else if (entry.payload().UnpackTo(&change)) {
    TellChange(change, &event);
  } else if (entry.payload().UnpackTo(&statement)) {
    TellStatement(statement, &event);
  } else if (entry.payload().UnpackTo(&dispute)) {
    TellDispute(entry, dispute, &event);
  } else {
    event.set_kind(v1::TIMELINE_EVENT_KIND_RECORD);
    AddChangedFields(entry, before, &event);
  }
  return event;
}

void LeaveNamesOut(const std::string& reader, v1::TimelineEvent* event) {
  if (event->person() != reader) event->clear_person();
  if (event->owner() != reader) event->clear_owner();
}

}  // namespace comity::gateway::timeline
