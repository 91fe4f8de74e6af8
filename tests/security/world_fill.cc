// Sound messages of any type, for the world that the tests of security ask about.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "comity/charter/v1/revision.pb.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "comity/reporting/v1/report.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/signing_test_keys.h"
#include "tests/integration/proposals.h"
#include "tests/integration/suite.h"
#include "tests/security/fields.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

using integration::NewRequestId;

// What lists and reads may say and need not.
constexpr const char* kEmpty[] = {"lens", "page_token", "filter", "order_by", "etag", "question"};

// Of the proposal that there is.
const std::string& ProposalBody(const World& world) {
  static const auto* const body =
      new std::string(integration::GetProposal(world.NameIn("charterProposals")).body());
  return *body;
}

charter::TestKeys& DelegateKeys() {
  static auto* const keys = new charter::TestKeys;
  return *keys;
}

std::string Unique(absl::string_view what) { return absl::StrCat(what, "-", NewRequestId()); }

}  // namespace

void World::Fill(Message* message, const Caller& as, const std::string& about) const {
  if (FillKnown(message, as, about)) return;
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    FillField(message, message->GetDescriptor()->field(i), as, about);
  }
}

// Types whose parts hang together.
bool World::FillKnown(Message* message, const Caller& as, const std::string& about) const {
  if (auto* money = dynamic_cast<google::type::Money*>(message)) {
    money->set_currency_code("EUR");
    money->set_units(1000);
  } else if (auto* date = dynamic_cast<google::type::Date*>(message)) {
    date->set_year(2026);
    date->set_month(1);
    date->set_day(2);
  } else if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(message)) {
    time->set_seconds(
        absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(2026, 1, 2), absl::UTCTimeZone())));
  } else if (auto* fact = dynamic_cast<fact::v1::Fact*>(message)) {
    fact->set_kind(fact::v1::FACT_KIND_NOTE);
    fact->set_summary("They called back.");
  } else if (auto* judgement = dynamic_cast<judgement::v1::Judgement*>(message)) {
    const type::v1::Question* question = QuestionFor(as.department, about);
    judgement->set_subject(NameIn(about));
    if (question == nullptr) return true;
    judgement->set_question(question->name());
    for (const auto& answer : question->answers()) {
      if (answer.decided_by_fact().empty()) judgement->set_answer(answer.id());
    }
  } else if (auto* membership = dynamic_cast<gateway::v1::Membership*>(message)) {
    membership->set_department(kHome);
    membership->set_person("persons/ana");
    membership->add_roles(type::v1::ROLE_MEMBER);
  } else if (auto* charter = dynamic_cast<type::v1::Charter*>(message)) {
    *charter = charter_;
    charter->mutable_questions(0)->mutable_answers(0)->set_criteria(Unique("otherwise"));
  } else if (auto* signature = dynamic_cast<charter::v1::Signature*>(message)) {
    *signature = SignatureBy(as);
  } else if (auto* delegation = dynamic_cast<charter::v1::SignedDelegation*>(message)) {
    *delegation = NewDelegation();
  } else if (auto* evidence = dynamic_cast<gateway::v1::DisputeEvidence*>(message)) {
    evidence->set_service("lead");  // its first entry
    evidence->set_words("They called.");
  } else if (auto* outcome = dynamic_cast<gateway::v1::DisputeOutcome*>(message)) {
    outcome->set_verdict(gateway::v1::DISPUTE_VERDICT_DISMISSED);
    outcome->set_reason("criteria");
    outcome->set_note("As the criteria say.");
  } else if (auto* offer = dynamic_cast<gateway::v1::OfferHandoverRequest*>(message)) {
    FillOffer(offer);
  } else if (auto* query = dynamic_cast<reporting::v1::ReportQuery*>(message)) {
    if (about == "opportunities") query->add_lenses(as.department);  // rows are those of one lens
  } else {
    return dynamic_cast<google::protobuf::FieldMask*>(message) != nullptr;
  }
  return true;
}

// All that the agreement asks is answered.
void World::FillOffer(gateway::v1::OfferHandoverRequest* offer) const {
  offer->set_agreement(kAgreement);
  offer->set_note("They asked for you.");
  offer->set_request_id(NewRequestId());
  for (const auto& agreement : charter_.handovers()) {
    if (agreement.name() != kAgreement) continue;
    for (const std::string& item : agreement.checklist()) {
      auto& answer = *offer->add_checklist();
      answer.set_item(item);
      answer.set_answer("As they told us.");
    }
  }
}

// Stewards sign with their keys; all others try what one of them has signed.
charter::v1::Signature World::SignatureBy(const Caller& as) const {
  return integration::SignatureOf(as.has(type::v1::ROLE_STEWARD) ? as.as : "sam@sales",
                                  ProposalBody(*this));
}

charter::v1::SignedDelegation World::NewDelegation() const {
  const std::string person = absl::StrCat("persons/", std::string(kDelegate).substr(0, 3));
  return integration::DelegationOf(kSteward, person, DelegateKeys().PublicOf(kDelegate),
                                   absl::Now(), absl::Hours(24));
}

charter::v1::Signature World::SignatureAsDelegate() const {
  return DelegateKeys().SignBy(delegation_, kDelegate, ProposalBody(*this), absl::Now());
}

void World::FillField(Message* message, const FieldDescriptor* field, const Caller& as,
                      const std::string& about) const {
  const auto* reflection = message->GetReflection();
  if (Behaves(field, google::api::OUTPUT_ONLY) || Contains(kLeftOut, field->name())) return;
  // Of a time before there was anything there is nothing to read.
  if (field->name() == "as_of" && field->message_type() != nullptr) return;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field->is_map()) {
        Message* entry = reflection->AddMessage(message, field);
        SetText(entry, "key", "color");
        SetText(entry, "value", "green");
        return;
      }
      return Fill(field->is_repeated() ? reflection->AddMessage(message, field)
                                       : reflection->MutableMessage(message, field),
                  as, about);
    case FieldDescriptor::CPPTYPE_STRING:
      if (!field->is_repeated()) FillText(message, field, as, about);
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      if (!field->is_repeated()) {
        reflection->SetEnumValue(message, field, field->enum_type()->value(1)->number());
      }
      return;
    case FieldDescriptor::CPPTYPE_INT32:
      if (field->name() == "quantity") reflection->SetInt32(message, field, 1);
      return;
    default:
      return;
  }
}

void World::FillText(Message* message, const FieldDescriptor* field, const Caller& as,
                     const std::string& about) const {
  const std::string& name = field->name();
  if (Contains(kNames, name) || Contains(kEmpty, name)) return;
  std::string value = "Text";
  if (!RefersTo(field).empty()) {
    const std::string& collection = RefersTo(field).Get(0);
    const auto found = records_.find(collection);
    value = found == records_.end() ? "" : found->second;
    if (collection == "persons") value = "persons/sam";
    if (name == "responsible_department") value = as.department;
  } else if (name == "request_id") {
    value = NewRequestId();
  } else if (name == "email_address") {
    value = "ada@example.org";
  } else if (name == "domain") {
    value = "example.org";
  } else if (field->full_name() == "comity.gateway.v1.ReturnHandoverRequest.reason") {
    value = "no-need";
  } else if (name == "metric") {
    value = "metrics/win-rate";
  } else if (name == "display_name" || name == "id") {
    value = Unique(about);
  } else if (absl::EndsWith(name, "_id")) {
    value = Unique("a");
  }
  message->GetReflection()->SetString(message, field, value);
}

const type::v1::Question* World::QuestionFor(const std::string& department,
                                             const std::string& collection) const {
  const type::v1::Question* first = nullptr;
  for (const auto& question : charter_.questions()) {
    if (question.collection() != collection) continue;
    if (Contains(question.voices(), department)) return &question;
    if (first == nullptr) first = &question;
  }
  EXPECT_NE(first, nullptr) << "no question about " << collection;
  return first;
}

}  // namespace comity::security
