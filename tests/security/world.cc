#include "tests/security/world.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "comity/gateway/v1/move_owner_service.pb.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/suite.h"
#include "tests/security/access.h"
#include "tests/security/fields.h"
#include "tests/security/kinds.h"

namespace comity::security {
namespace {

using google::protobuf::Descriptor;
using integration::NewRequestId;

const Descriptor& ItemType(const Endpoint& endpoint) {
  const FieldDescriptor* requests = endpoint.method->input_type()->FindFieldByName("requests");
  return requests == nullptr ? *endpoint.method->input_type() : *requests->message_type();
}

bool IsShared(const Endpoint& endpoint) {
  return !absl::StrContains(endpoint.path(), absl::StrCat(".", endpoint.service, "."));
}

bool OfPackage(const Endpoint& endpoint, absl::string_view package) {
  return absl::StartsWith(endpoint.path(), absl::StrCat("comity.", package, "."));
}

bool IsUpdatable(const FieldDescriptor* field) {
  return field->name() != "name" && field->name() != "etag" &&
         !Behaves(field, google::api::OUTPUT_ONLY) && !Behaves(field, google::api::IMMUTABLE) &&
         !Contains(kLeftOut, field->name());
}

// The mask of an update: every field that it may change.
void NameUpdatable(Message* request) {
  const FieldDescriptor* mask = request->GetDescriptor()->FindFieldByName("update_mask");
  const FieldDescriptor* record = RecordField(*request->GetDescriptor());
  if (mask == nullptr || record == nullptr) return;
  auto* paths = static_cast<google::protobuf::FieldMask*>(
      request->GetReflection()->MutableMessage(request, mask));
  for (int i = 0; i < record->message_type()->field_count(); ++i) {
    const FieldDescriptor* field = record->message_type()->field(i);
    if (IsUpdatable(field)) paths->add_paths(field->name());
  }
}

void OnlyTry(Message* item) {
  const FieldDescriptor* field = item->GetDescriptor()->FindFieldByName("validate_only");
  if (field != nullptr) item->GetReflection()->SetBool(item, field, true);
}

// The item of a batch, or the request itself.
Message* ItemOf(Message* request) {
  const FieldDescriptor* requests = request->GetDescriptor()->FindFieldByName("requests");
  if (requests == nullptr) return request;
  const auto* reflection = request->GetReflection();
  if (reflection->FieldSize(*request, requests) > 0) {
    return reflection->MutableRepeatedMessage(request, requests, 0);
  }
  return reflection->AddMessage(request, requests);
}

}  // namespace

gateway::v1::MoveOwnerRequest MoveOfSales() {
  gateway::v1::MoveOwnerRequest move;
  move.set_person("persons/ana");
  move.add_successors("persons/sam");
  return move;
}

World* World::Own() {
  static auto* const world = new World;
  return world;
}

void World::Renew() { Own()->MakeFactsAndJudgements(); }

void World::RenewHandovers() { Own()->MakeHandover(); }

void World::RenewDisputes() { Own()->MakeDisputes(); }

World::World() {
  const auto charter =
      CallAs(EndpointNamed("CharterService/GetCharter"), kSteward,
             *NewMessage(EndpointNamed("CharterService/GetCharter").method->input_type()));
  EXPECT_TRUE(charter.ok()) << charter.status();
  if (charter.ok()) charter_ = static_cast<const type::v1::Charter&>(**charter);
  ReadCallers();
  MakeRecords();
  MakeFactsAndJudgements();
}

void World::ReadCallers() {
  const Endpoint& list = EndpointNamed("DirectoryService/ListPersons");
  const auto answer = CallAs(list, kSteward, *NewMessage(list.method->input_type()));
  ASSERT_TRUE(answer.ok()) << answer.status();
  for (const auto& person :
       static_cast<const gateway::v1::ListPersonsResponse&>(**answer).persons()) {
    for (const auto& membership : person.memberships()) {
      const std::string as =
          absl::StrCat(absl::StripPrefix(person.name(), "persons/"), "@",
                       absl::StripPrefix(membership.department(), "departments/"));
      callers_.push_back(
          {as, membership.department(), {membership.roles().begin(), membership.roles().end()}});
    }
  }
  EXPECT_GE(callers_.size(), 9u);
  callers_.push_back({"nobody@sales", kHome, {}});
  callers_.push_back({"ana@marketing", "departments/marketing", {}});
  callers_.push_back({"", kHome, {}});
}

const Caller& World::caller(const std::string& as) const {
  for (const Caller& caller : callers_) {
    if (caller.as == as) return caller;
  }
  ADD_FAILURE() << "the directory has no " << as;
  return callers_.front();
}

std::vector<std::string> World::CollectionsOf(const std::string& service) const {
  std::vector<std::string> collections;
  for (const Kind& kind : Kinds()) {
    if (service.empty() || kind.service == service) collections.push_back(kind.collection);
  }
  if (service == "reporting" || service.empty()) collections.emplace_back("intakes");
  return collections;
}

const std::string& World::NameIn(const std::string& collection) const {
  static const std::string* const none = new std::string;
  const auto found = records_.find(collection);
  EXPECT_NE(found, records_.end()) << "no record in " << collection;
  return found == records_.end() ? *none : found->second;
}

std::vector<std::string> World::CollectionsFor(const Endpoint& endpoint) const {
  const std::vector<std::string> own = CollectionsOf(endpoint.service);
  const Descriptor& item = ItemType(endpoint);
  if (OfPackage(endpoint, "journal")) {
    return item.FindFieldByName("subject") == nullptr ? std::vector<std::string>{""} : own;
  }
  if (IsShared(endpoint)) {
    const auto& subjects =
        RefersTo(fact::v1::RecordFactRequest::descriptor()->FindFieldByName("parent"));
    std::vector<std::string> judged;
    for (const std::string& collection : own) {
      if (Contains(subjects, collection)) judged.push_back(collection);
    }
    return judged;
  }
  const FieldDescriptor* record = RecordField(item);
  std::string collection = endpoint.policy().collection();
  if (record != nullptr && !CollectionOfType(record->message_type()).empty()) {
    collection = CollectionOfType(record->message_type());
  }
  if (absl::StartsWith(item.full_name(), "google.longrunning.")) collection = "workflows";
  if (&item == gateway::v1::OfferHandoverRequest::descriptor()) return {"leads"};
  // It names a proposal; the right that it needs is that to read what comes with the answer.
  if (&item == gateway::v1::PreviewProposalRequest::descriptor()) return {"charterProposals"};
  const FieldDescriptor* name = item.FindFieldByName("name");
  if (collection.empty() && name != nullptr && !RefersTo(name).empty()) {
    return {RefersTo(name).begin(), RefersTo(name).end()};
  }
  return {collection};
}

std::vector<Probe> World::ProbesOf(const Endpoint& endpoint, const Caller& as) const {
  std::vector<Probe> probes;
  for (const std::string& collection : CollectionsFor(endpoint)) {
    probes.push_back(ProbeOf(endpoint, as, collection));
    if (ItemType(endpoint).FindFieldByName("judgements") == nullptr || !endpoint.writes()) continue;
    probes.push_back(WithFact(ProbeOf(endpoint, as, collection), as));
    probes.push_back(WithJudgement(ProbeOf(endpoint, as, collection), as));
  }
  EXPECT_FALSE(probes.empty()) << endpoint.text() << ": no request can be made of it";
  return probes;
}

Probe World::FirstProbeOf(const Endpoint& endpoint, const Caller& as) const {
  return std::move(ProbesOf(endpoint, as).front());
}

Probe World::ProbeOf(const Endpoint& endpoint, const Caller& as,
                     const std::string& collection) const {
  Probe probe;
  probe.collection = collection;
  probe.request = NewMessage(endpoint.method->input_type());
  Message* item = ItemOf(probe.request.get());
  Fill(item, as, collection);
  for (const char* field : kNames) {
    if (TextField(*item, field) == nullptr) continue;
    std::string name = NameIn(collection);
    const bool of_part = absl::StrCat(field) == "name" && IsShared(endpoint);
    if (of_part) name = (OfPackage(endpoint, "fact") ? facts_ : judgements_).at(collection);
    SetText(item, field, name);
  }
  NameUpdatable(item);
  if (item->GetDescriptor()->FindFieldByName("update_mask") != nullptr) {
    const FieldDescriptor* record = RecordField(*item->GetDescriptor());
    SetText(item->GetReflection()->MutableMessage(item, record), "name", NameIn(collection));
  }
  OnlyTry(item);
  Describe(*item, &probe);
  if (endpoint.method->name() == "Withdraw") probe.department = judged_by_.at(collection);
  if (endpoint.method->name() == "VoidFact") probe.kind = "note";
  if (endpoint.method->name() == "MoveOwner") {
    static_cast<gateway::v1::MoveOwnerRequest*>(item)->MergeFrom(MoveOfSales());
  }
  if (collection == "credit-statements") NameTouch(item);
  if (item->GetDescriptor() == gateway::v1::OfferHandoverRequest::descriptor()) {
    SetText(item, "subject", NameIn("to be offered"));
  }
  if (absl::StrContains(endpoint.path(), ".DisputeService/")) NameDispute(endpoint, item);
  if (item->GetDescriptor() == gateway::v1::SignAsDelegateRequest::descriptor()) {
    *static_cast<gateway::v1::SignAsDelegateRequest*>(item)->mutable_signature() =
        SignatureAsDelegate();
  }
  const std::string department = DepartmentOf(endpoint, as);
  if (!department.empty()) probe.department = department;
  return probe;
}

void World::NameTouch(Message* item) const {
  const FieldDescriptor* touches = item->GetDescriptor()->FindFieldByName("touches");
  if (touches == nullptr || touches->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return;
  item->GetReflection()->AddString(item, touches, NameIn("late touches"));
}

Probe World::WithFact(Probe probe, const Caller& as) const {
  Message* item = ItemOf(probe.request.get());
  const FieldDescriptor* field = item->GetDescriptor()->FindFieldByName("facts");
  Fill(item->GetReflection()->AddMessage(item, field), as, probe.collection);
  probe.kind = "note";
  return probe;
}

Probe World::WithJudgement(Probe probe, const Caller& as) const {
  Message* item = ItemOf(probe.request.get());
  const FieldDescriptor* field = item->GetDescriptor()->FindFieldByName("judgements");
  Message* judgement = item->GetReflection()->AddMessage(item, field);
  Fill(judgement, as, probe.collection);
  SetText(judgement, "subject", "");
  probe.question = GetText(*judgement, "question");
  return probe;
}

void World::Describe(const Message& item, Probe* probe) const {
  const FieldDescriptor* record = RecordField(*item.GetDescriptor());
  if (record == nullptr) return;
  const Message& inner = item.GetReflection()->GetMessage(item, record);
  if (record->message_type() == fact::v1::Fact::descriptor()) probe->kind = "note";
  if (record->message_type() == judgement::v1::Judgement::descriptor()) {
    probe->question = GetText(inner, "question");
  }
  const bool of_directory =
      Contains(std::vector<std::string>{"comity.gateway.v1.Team", "comity.gateway.v1.Person",
                                        "comity.gateway.v1.Membership"},
               record->message_type()->full_name());
  if (of_directory) probe->department = kHome;
}

std::unique_ptr<Message> World::Absent(const Probe& probe) const {
  std::unique_ptr<Message> copy(probe.request->New());
  copy->CopyFrom(*probe.request);
  Message* item = ItemOf(copy.get());
  if (item->GetDescriptor()->FindFieldByName("update_mask") != nullptr || !probe.question.empty()) {
    const FieldDescriptor* record = RecordField(*item->GetDescriptor());
    item = item->GetReflection()->MutableMessage(item, record);
  }
  for (const char* field : kNames) {
    const std::string name = GetText(*item, field);
    if (name.empty()) continue;
    const bool chosen = !resource::IdFromText(name.substr(name.rfind('/') + 1)).ok();
    const std::string id = chosen ? absl::StrCat("absent-", NewRequestId()) : NewRequestId();
    SetText(item, field, absl::StrCat(name.substr(0, name.rfind('/') + 1), id));
    return copy;
  }
  return nullptr;
}

}  // namespace comity::security
